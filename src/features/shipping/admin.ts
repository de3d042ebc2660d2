import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import {
  CreateShippingZone,
  ShippingZoneParams,
  ShippingZoneView,
  toShippingZoneView,
  UpdateShippingZone,
} from './contract.ts'
import { createZone, deleteZone, editZone, mustFindZone } from './edit.ts'
import { pickupAdminRoutes } from './pickup-admin.ts'
import { pageOfZones, toZones } from './queries.ts'

const reply = replyWith('/v1/admin/shipping-zones', toShippingZoneView)
// A thousand areas and fifty rates with their steps.
const MAX_BYTES = 512 * 1024

export const shippingAdminRoutes = [
  route(
    {
      id: 'createShippingZone',
      method: 'post',
      path: '/v1/admin/shipping-zones',
      summary: 'Create a shipping zone with its areas and rates',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      body: CreateShippingZone,
      maxBytes: MAX_BYTES,
      returns: ShippingZoneView,
      statuses: [201],
      problems: ['area_taken'],
      replay: async (context, id) => reply(await mustFindZone(context, id), 201),
    },
    async (context, { body }) => reply(await createZone(context, body), 201),
  ),
  route(
    {
      id: 'listShippingZones',
      method: 'get',
      path: '/v1/admin/shipping-zones',
      summary: 'Shipping zones in their order',
      access: { staff: 'shipping:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(ShippingZoneView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/shipping-zones', query.cursor, ['integer', 'text'])
      const zones = toZones(await db.read(...pageOfZones(position, query.limit + 1)))
      const page = await cutPage(zones, query.limit, 'admin/shipping-zones', (zone) => [zone.position, zone.id])
      return { body: { data: page.rows.map(toShippingZoneView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getShippingZone',
      method: 'get',
      path: '/v1/admin/shipping-zones/:zone',
      summary: 'A shipping zone',
      access: { staff: 'shipping:read' },
      limit: 'staff',
      params: ShippingZoneParams,
      returns: ShippingZoneView,
      problems: ['shipping_zone_not_found'],
    },
    async (context, { params }) => reply(await mustFindZone(context, params.zone)),
  ),
  route(
    {
      id: 'updateShippingZone',
      method: 'patch',
      path: '/v1/admin/shipping-zones/:zone',
      summary: 'Change a shipping zone; rates that are named by their id keep it',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      params: ShippingZoneParams,
      body: UpdateShippingZone,
      maxBytes: MAX_BYTES,
      returns: ShippingZoneView,
      problems: ['shipping_zone_not_found', 'version_mismatch', 'area_taken'],
    },
    async (context, { params, body, ifMatch }) => reply(await editZone(context, params.zone, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteShippingZone',
      method: 'delete',
      path: '/v1/admin/shipping-zones/:zone',
      summary: 'End a shipping zone with its rates; carts that have chosen one are told',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      params: ShippingZoneParams,
      returns: null,
      statuses: [204],
      problems: ['shipping_zone_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deleteZone(context, params.zone, ifMatch)
      return { body: null }
    },
  ),
  ...pickupAdminRoutes,
]
