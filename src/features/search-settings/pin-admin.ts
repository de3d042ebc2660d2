import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { createPin, deletePin, editPin, mustFindPin } from './edit-pin.ts'
import { CreatePin, PinParams, PinView, toPinView, UpdatePin } from './pin-contract.ts'
import { listPins } from './pin-queries.ts'

const reply = replyWith('/v1/admin/search/pins', toPinView)

export const pinAdminRoutes = [
  route(
    {
      id: 'createPin',
      method: 'post',
      path: '/v1/admin/search/pins',
      summary: 'Put products first in the answers to a search',
      access: { staff: 'products:write' },
      limit: 'staff',
      body: CreatePin,
      returns: PinView,
      statuses: [201],
      problems: ['query_taken'],
      replay: async (context, id) => reply(await mustFindPin(context, id), 201),
    },
    async (context, { body }) => reply(await createPin(context, body), 201),
  ),
  route(
    {
      id: 'listPins',
      method: 'get',
      path: '/v1/admin/search/pins',
      summary: 'Pins, the newest first',
      access: { staff: 'products:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(PinView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/search/pins', query.cursor, ['text'])
      const [rows] = await db.read(listPins(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/search/pins', ({ id }) => [id])
      return { body: { data: page.rows.map(toPinView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getPin',
      method: 'get',
      path: '/v1/admin/search/pins/:pin',
      summary: 'A pin',
      access: { staff: 'products:read' },
      limit: 'staff',
      params: PinParams,
      returns: PinView,
      problems: ['pin_not_found'],
    },
    async (context, { params }) => reply(await mustFindPin(context, params.pin)),
  ),
  route(
    {
      id: 'updatePin',
      method: 'patch',
      path: '/v1/admin/search/pins/:pin',
      summary: 'Change the search or the products of a pin',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: PinParams,
      body: UpdatePin,
      returns: PinView,
      problems: ['pin_not_found', 'version_mismatch', 'query_taken'],
    },
    async (context, { params, body, ifMatch }) => reply(await editPin(context, params.pin, body, ifMatch)),
  ),
  route(
    {
      id: 'deletePin',
      method: 'delete',
      path: '/v1/admin/search/pins/:pin',
      summary: 'Remove a pin; its products stand where the search puts them',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: PinParams,
      returns: null,
      statuses: [204],
      problems: ['pin_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deletePin(context, params.pin, ifMatch)
      return { body: null }
    },
  ),
]
