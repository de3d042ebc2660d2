import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { CreateTaxZone, TaxZoneParams, TaxZoneView, toTaxZoneView, UpdateTaxZone } from './contract.ts'
import { createTaxZone, deleteTaxZone, editTaxZone, mustFindTaxZone } from './edit.ts'
import { pageOfTaxZones, toTaxZones } from './queries.ts'

const reply = replyWith('/v1/admin/tax-zones', toTaxZoneView)
// A thousand areas and a hundred rates.
const MAX_BYTES = 256 * 1024

export const taxAdminRoutes = [
  route(
    {
      id: 'createTaxZone',
      method: 'post',
      path: '/v1/admin/tax-zones',
      summary: 'Create a tax zone with its areas and rates',
      access: { staff: 'taxes:write' },
      limit: 'staff',
      body: CreateTaxZone,
      maxBytes: MAX_BYTES,
      returns: TaxZoneView,
      statuses: [201],
      problems: ['area_taken'],
      replay: async (context, id) => reply(await mustFindTaxZone(context, id), 201),
    },
    async (context, { body }) => reply(await createTaxZone(context, body), 201),
  ),
  route(
    {
      id: 'listTaxZones',
      method: 'get',
      path: '/v1/admin/tax-zones',
      summary: 'Tax zones in their order',
      access: { staff: 'taxes:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(TaxZoneView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/tax-zones', query.cursor, ['integer', 'text'])
      const zones = toTaxZones(await db.read(...pageOfTaxZones(position, query.limit + 1)))
      const page = await cutPage(zones, query.limit, 'admin/tax-zones', (zone) => [zone.position, zone.id])
      return { body: { data: page.rows.map(toTaxZoneView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getTaxZone',
      method: 'get',
      path: '/v1/admin/tax-zones/:zone',
      summary: 'A tax zone',
      access: { staff: 'taxes:read' },
      limit: 'staff',
      params: TaxZoneParams,
      returns: TaxZoneView,
      problems: ['tax_zone_not_found'],
    },
    async (context, { params }) => reply(await mustFindTaxZone(context, params.zone)),
  ),
  route(
    {
      id: 'updateTaxZone',
      method: 'patch',
      path: '/v1/admin/tax-zones/:zone',
      summary: 'Change a tax zone; carts show it at once, orders keep what they were placed with',
      access: { staff: 'taxes:write' },
      limit: 'staff',
      params: TaxZoneParams,
      body: UpdateTaxZone,
      maxBytes: MAX_BYTES,
      returns: TaxZoneView,
      problems: ['tax_zone_not_found', 'version_mismatch', 'area_taken'],
    },
    async (context, { params, body, ifMatch }) => reply(await editTaxZone(context, params.zone, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteTaxZone',
      method: 'delete',
      path: '/v1/admin/tax-zones/:zone',
      summary: 'End a tax zone with its rates',
      access: { staff: 'taxes:write' },
      limit: 'staff',
      params: TaxZoneParams,
      returns: null,
      statuses: [204],
      problems: ['tax_zone_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deleteTaxZone(context, params.zone, ifMatch)
      return { body: null }
    },
  ),
]
