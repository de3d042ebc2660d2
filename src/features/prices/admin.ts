import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { mustBe, replyWith } from '../../platform/http/staff-change.ts'
import { changePrices } from './change-prices.ts'
import {
  AdminPriceListView,
  ChangePrices,
  CreatePriceList,
  ListPriceView,
  PriceListParams,
  ReducePrices,
  toAdminPriceListView,
  toListPriceView,
  UpdatePriceList,
} from './contract.ts'
import { createPriceList, editPriceList, mustFindPriceList } from './edit.ts'
import { findPriceList, listPriceLists, listPricesOf } from './list-queries.ts'
import { reducePrices } from './reduce.ts'

const reply = replyWith('/v1/admin/price-lists', toAdminPriceListView)

export const priceAdminRoutes = [
  route(
    {
      id: 'createPriceList',
      method: 'post',
      path: '/v1/admin/price-lists',
      summary: 'Create a price list: a sale, prices of a customer group, or prices of a market',
      access: { staff: 'prices:write' },
      limit: 'staff',
      body: CreatePriceList,
      returns: AdminPriceListView,
      statuses: [201],
      problems: [],
      replay: async (context, id) => reply(await mustFindPriceList(context, id), 201),
    },
    async (context, { body }) => reply(await createPriceList(context, body), 201),
  ),
  route(
    {
      id: 'listPriceLists',
      method: 'get',
      path: '/v1/admin/price-lists',
      summary: 'Price lists, newest first',
      access: { staff: 'prices:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(AdminPriceListView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/price-lists', query.cursor, ['text'])
      const [rows] = await db.read(listPriceLists(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/price-lists', ({ id }) => [id])
      return { body: { data: page.rows.map(toAdminPriceListView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getPriceList',
      method: 'get',
      path: '/v1/admin/price-lists/:price_list',
      summary: 'A price list',
      access: { staff: 'prices:read' },
      limit: 'staff',
      params: PriceListParams,
      returns: AdminPriceListView,
      problems: ['price_list_not_found'],
    },
    async (context, { params }) => reply(await mustFindPriceList(context, params.price_list)),
  ),
  route(
    {
      id: 'updatePriceList',
      method: 'patch',
      path: '/v1/admin/price-lists/:price_list',
      summary: 'Rename, pause, schedule or archive a price list; it switches on and off by itself',
      access: { staff: 'prices:write' },
      limit: 'staff',
      params: PriceListParams,
      body: UpdatePriceList,
      returns: AdminPriceListView,
      problems: ['price_list_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editPriceList(context, params.price_list, body, ifMatch)),
  ),
  route(
    {
      id: 'listPriceListPrices',
      method: 'get',
      path: '/v1/admin/price-lists/:price_list/prices',
      summary: 'The prices of a price list, by variant, currency and quantity',
      access: { staff: 'prices:read' },
      limit: 'staff',
      params: PriceListParams,
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(ListPriceView())),
      versioned: true,
      problems: ['price_list_not_found', 'invalid_cursor'],
    },
    async ({ db }, { params, query }) => {
      const { price_list: id } = params
      const list = `admin/price-lists/${id}/prices`
      const position = await openCursor(list, query.cursor, ['text', 'text', 'integer'])
      const [[found], rows] = await db.read(findPriceList(id), listPricesOf(id, position, query.limit + 1))
      const { version } = mustBe(found, 'price_list_not_found')
      const page = await cutPage(rows, query.limit, list, (price) => [
        price.variantId,
        price.currency,
        price.minQuantity,
      ])
      return { body: { data: page.rows.map(toListPriceView), next_cursor: page.nextCursor }, version }
    },
  ),
  route(
    {
      id: 'changePriceListPrices',
      method: 'patch',
      path: '/v1/admin/price-lists/:price_list/prices',
      summary: 'Set and remove prices of a price list, all of them or none',
      access: { staff: 'prices:write' },
      limit: 'staff',
      params: PriceListParams,
      body: ChangePrices,
      maxBytes: 256 * 1024,
      returns: AdminPriceListView,
      problems: ['price_list_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await changePrices(context, params.price_list, body, ifMatch)),
  ),
  route(
    {
      id: 'reducePrices',
      method: 'post',
      path: '/v1/admin/price-lists/:price_list/reductions',
      summary: 'Write prices into a price list that are so many percent below the regular ones',
      access: { staff: 'prices:write' },
      limit: 'staff',
      params: PriceListParams,
      body: ReducePrices,
      returns: AdminPriceListView,
      problems: ['price_list_not_found', 'version_mismatch'],
      replay: async (context, id) => reply(await mustFindPriceList(context, id)),
    },
    async (context, { params, body, ifMatch }) => reply(await reducePrices(context, params.price_list, body, ifMatch)),
  ),
]
