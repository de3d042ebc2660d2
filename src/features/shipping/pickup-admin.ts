import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { createPickup, deletePickup, editPickup, mustFindPickup } from './edit-pickup.ts'
import {
  CreatePickupLocation,
  PickupLocationView,
  PickupParams,
  toPickupLocationView,
  UpdatePickupLocation,
} from './pickup-contract.ts'
import { pageOfPickups } from './pickup-queries.ts'

const reply = replyWith('/v1/admin/pickup-locations', toPickupLocationView)

/** Staff endpoints of the places where goods are picked up. */
export const pickupAdminRoutes = [
  route(
    {
      id: 'createPickupLocation',
      method: 'post',
      path: '/v1/admin/pickup-locations',
      summary: 'Create a place where goods are picked up; a shipping rate leads there',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      body: CreatePickupLocation,
      returns: PickupLocationView,
      statuses: [201],
      problems: [],
      replay: async (context, id) => reply(await mustFindPickup(context, id), 201),
    },
    async (context, { body }) => reply(await createPickup(context, body), 201),
  ),
  route(
    {
      id: 'listPickupLocations',
      method: 'get',
      path: '/v1/admin/pickup-locations',
      summary: 'Pickup locations, newest first',
      access: { staff: 'shipping:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(PickupLocationView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/pickup-locations', query.cursor, ['text'])
      const [rows] = await db.read(pageOfPickups(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/pickup-locations', ({ id }) => [id])
      return { body: { data: page.rows.map(toPickupLocationView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getPickupLocation',
      method: 'get',
      path: '/v1/admin/pickup-locations/:location',
      summary: 'A pickup location',
      access: { staff: 'shipping:read' },
      limit: 'staff',
      params: PickupParams,
      returns: PickupLocationView,
      problems: ['pickup_location_not_found'],
    },
    async (context, { params }) => reply(await mustFindPickup(context, params.location)),
  ),
  route(
    {
      id: 'updatePickupLocation',
      method: 'patch',
      path: '/v1/admin/pickup-locations/:location',
      summary: 'Change a pickup location; carts that have chosen it show it at once, and its taxes',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      params: PickupParams,
      body: UpdatePickupLocation,
      returns: PickupLocationView,
      problems: ['pickup_location_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editPickup(context, params.location, body, ifMatch)),
  ),
  route(
    {
      id: 'deletePickupLocation',
      method: 'delete',
      path: '/v1/admin/pickup-locations/:location',
      summary: 'End a pickup location, unless a rate leads there',
      access: { staff: 'shipping:write' },
      limit: 'staff',
      params: PickupParams,
      returns: null,
      statuses: [204],
      problems: ['pickup_location_not_found', 'version_mismatch', 'pickup_location_in_use'],
    },
    async (context, { params, ifMatch }) => {
      await deletePickup(context, params.location, ifMatch)
      return { body: null }
    },
  ),
]
