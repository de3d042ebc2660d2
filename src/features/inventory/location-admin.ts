import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { createLocation, editLocation, mustFindLocation } from './edit-location.ts'
import { CreateLocation, LocationParams, LocationView, toLocationView, UpdateLocation } from './location-contract.ts'
import { pageOfLocations } from './location-queries.ts'

const reply = replyWith('/v1/admin/locations', toLocationView)

/** Staff endpoints of the places that stock stands at. */
export const locationAdminRoutes = [
  route(
    {
      id: 'createLocation',
      method: 'post',
      path: '/v1/admin/locations',
      summary: 'Create a place that stock stands at',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      body: CreateLocation,
      returns: LocationView,
      statuses: [201],
      problems: [],
      replay: async (context, id) => reply(await mustFindLocation(context, id), 201),
    },
    async (context, { body }) => reply(await createLocation(context, body), 201),
  ),
  route(
    {
      id: 'listLocations',
      method: 'get',
      path: '/v1/admin/locations',
      summary: 'Locations, those that goods are sent from first',
      access: { staff: 'inventory:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(LocationView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/locations', query.cursor, ['integer', 'text'])
      const [rows] = await db.read(pageOfLocations(position, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/locations', ({ priority, id }) => [priority, id])
      return { body: { data: page.rows.map(toLocationView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getLocation',
      method: 'get',
      path: '/v1/admin/locations/:location',
      summary: 'A location',
      access: { staff: 'inventory:read' },
      limit: 'staff',
      params: LocationParams,
      returns: LocationView,
      problems: ['location_not_found'],
    },
    async (context, { params }) => reply(await mustFindLocation(context, params.location)),
  ),
  route(
    {
      id: 'updateLocation',
      method: 'patch',
      path: '/v1/admin/locations/:location',
      summary: 'Change a location, close an empty one, or make it the default',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      params: LocationParams,
      body: UpdateLocation,
      returns: LocationView,
      problems: ['location_not_found', 'version_mismatch', 'location_in_use'],
    },
    async (context, { params, body, ifMatch }) => reply(await editLocation(context, params.location, body, ifMatch)),
  ),
]
