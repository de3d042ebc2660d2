import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { mustBe, replyWith } from '../../platform/http/staff-change.ts'
import { AddCodes, CodeParams, CodeQuery, CodeView, toCodeView } from './code-contract.ts'
import { pageOfCodes } from './code-queries.ts'
import { addCodes, removeCode } from './codes.ts'
import { mustFindPromotion } from './commit.ts'
import { CreatePromotion, PromotionParams, PromotionView, toPromotionView, UpdatePromotion } from './contract.ts'
import { createPromotion, deletePromotion, editPromotion } from './edit.ts'
import { findPromotion, listPromotions, type StaffPromotion } from './queries.ts'

const reply = replyWith('/v1/admin/promotions', toPromotionView)
const replyCodes = (promotion: StaffPromotion) => ({
  ...reply(promotion, 201),
  headers: { Location: `/v1/admin/promotions/${promotion.id}/codes` },
})

export const promotionAdminRoutes = [
  route(
    {
      id: 'createPromotion',
      method: 'post',
      path: '/v1/admin/promotions',
      summary: 'Create a promotion, automatic or by code',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      body: CreatePromotion,
      returns: PromotionView,
      statuses: [201],
      problems: ['code_taken'],
      replay: async (context, id) => reply(await mustFindPromotion(context, id), 201),
    },
    async (context, { body }) => reply(await createPromotion(context, body), 201),
  ),
  route(
    {
      id: 'listPromotions',
      method: 'get',
      path: '/v1/admin/promotions',
      summary: 'Promotions, newest first, with how often they were used',
      access: { staff: 'promotions:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(PromotionView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/promotions', query.cursor, ['text'])
      const [rows] = await db.read(listPromotions(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/promotions', ({ id }) => [id])
      return { body: { data: page.rows.map(toPromotionView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getPromotion',
      method: 'get',
      path: '/v1/admin/promotions/:promotion',
      summary: 'A promotion',
      access: { staff: 'promotions:read' },
      limit: 'staff',
      params: PromotionParams,
      returns: PromotionView,
      problems: ['promotion_not_found'],
    },
    async (context, { params }) => reply(await mustFindPromotion(context, params.promotion)),
  ),
  route(
    {
      id: 'updatePromotion',
      method: 'patch',
      path: '/v1/admin/promotions/:promotion',
      summary: 'Change a promotion; open carts are priced by it from the next look on',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      params: PromotionParams,
      body: UpdatePromotion,
      returns: PromotionView,
      problems: ['promotion_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editPromotion(context, params.promotion, body, ifMatch)),
  ),
  route(
    {
      id: 'deletePromotion',
      method: 'delete',
      path: '/v1/admin/promotions/:promotion',
      summary: 'Remove a promotion that no order has used, with its codes; archive the others',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      params: PromotionParams,
      returns: null,
      statuses: [204],
      problems: ['promotion_not_found', 'version_mismatch', 'promotion_in_use'],
    },
    async (context, { params, ifMatch }) => {
      await deletePromotion(context, params.promotion, ifMatch)
      return { body: null }
    },
  ),
  route(
    {
      id: 'addPromotionCodes',
      method: 'post',
      path: '/v1/admin/promotions/:promotion/codes',
      summary: 'Add codes to a promotion: your own, or up to 10,000 random ones',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      params: PromotionParams,
      body: AddCodes,
      returns: PromotionView,
      statuses: [201],
      problems: ['promotion_not_found', 'version_mismatch', 'code_taken'],
      replay: async (context, id) => replyCodes(await mustFindPromotion(context, id)),
    },
    async (context, { params, body, ifMatch }) => replyCodes(await addCodes(context, params.promotion, body, ifMatch)),
  ),
  route(
    {
      id: 'listPromotionCodes',
      method: 'get',
      path: '/v1/admin/promotions/:promotion/codes',
      summary: 'The codes of a promotion in the order of their letters, with how often each was used',
      access: { staff: 'promotions:read' },
      limit: 'staff',
      params: PromotionParams,
      query: CodeQuery,
      returns: shape(() => listOf(CodeView())),
      problems: ['promotion_not_found', 'invalid_cursor'],
    },
    async ({ db }, { params: { promotion }, query }) => {
      const list = `admin/promotions/${promotion}/codes?used=${query.used ?? ''}`
      const position = await openCursor(list, query.cursor, ['text'])
      const used = query.used === undefined ? null : query.used === 'true'
      const filter = { used, after: position?.[0] ?? null }
      const [[found], rows] = await db.read(findPromotion(promotion), pageOfCodes(promotion, filter, query.limit + 1))
      mustBe(found, 'promotion_not_found')
      const page = await cutPage(rows, query.limit, list, ({ code }) => [code])
      return { body: { data: page.rows.map(toCodeView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'deletePromotionCode',
      method: 'delete',
      path: '/v1/admin/promotions/:promotion/codes/:code',
      summary: 'Remove a code that no order has used',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      params: CodeParams,
      returns: null,
      statuses: [204],
      problems: ['promotion_not_found', 'code_not_found', 'version_mismatch', 'code_in_use'],
    },
    async (context, { params, ifMatch }) => {
      await removeCode(context, params.promotion, params.code, ifMatch)
      return { body: null }
    },
  ),
]
