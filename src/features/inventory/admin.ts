import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { adjust, MAX_LOCATIONS } from './adjust.ts'
import {
  AdjustmentInput,
  AdjustmentView,
  InventoryQuery,
  InventoryTermsInput,
  InventoryTermsView,
  InventoryView,
  MovementsQuery,
  MovementView,
  TransferInput,
  TransferView,
  toInventoryView,
  toMovementView,
} from './contract.ts'
import { editTerms } from './edit-terms.ts'
import { pageOfMovements } from './ledger-queries.ts'
import { listInventory } from './level-queries.ts'
import { locationAdminRoutes } from './location-admin.ts'
import { levelsOfTransfer, transfer } from './transfer.ts'

export const inventoryAdminRoutes = [
  route(
    {
      id: 'listInventory',
      method: 'get',
      path: '/v1/admin/inventory',
      summary: 'Stock by variant and location; filter by sku or variant_id',
      access: { staff: 'inventory:read' },
      limit: 'staff',
      query: InventoryQuery,
      returns: shape(() => listOf(InventoryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db, now }, { query }) => {
      const list = JSON.stringify(['admin/inventory', query.sku, query.variant_id])
      const position = await openCursor(list, query.cursor, ['text', 'text'])
      const after = position ? { variantId: position[0], locationId: position[1] } : null
      const [rows] = await db.read(listInventory(query, after, query.limit + 1, now))
      const page = await cutPage(rows, query.limit, list, ({ variantId, locationId }) => [variantId, locationId])
      return { body: { data: page.rows.map(toInventoryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'updateInventory',
      method: 'patch',
      path: '/v1/admin/inventory',
      summary: 'Change how a variant is sold when its shelf is empty, and when staff are told that it is low',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      body: InventoryTermsInput,
      returns: InventoryTermsView,
      problems: ['out_of_stock'],
    },
    async (context, { body }) => ({ body: { data: (await editTerms(context, body)).map(toInventoryView) } }),
  ),
  route(
    {
      id: 'adjustInventory',
      method: 'post',
      path: '/v1/admin/inventory/adjustments',
      summary: 'Add to or take from a shelf, or what is expected there, with a reason that stays in the ledger',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      body: AdjustmentInput,
      returns: AdjustmentView,
      statuses: [201],
      problems: ['out_of_stock', 'incoming_exceeded'],
      replay: async ({ db, now }, id, { body }) => {
        const [rows] = await db.read(listInventory(body, null, MAX_LOCATIONS, now))
        return { status: 201, body: { id, data: rows.map(toInventoryView) } }
      },
    },
    async (context, { body }) => {
      const { id, levels } = await adjust(context, body)
      return { status: 201, body: { id, data: levels.map(toInventoryView) } }
    },
  ),
  route(
    {
      id: 'transferInventory',
      method: 'post',
      path: '/v1/admin/inventory/transfers',
      summary: 'Move goods from one location to another',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      body: TransferInput,
      returns: TransferView,
      statuses: [201],
      problems: ['out_of_stock'],
      replay: async (context, id, { body }) => {
        const levels = await levelsOfTransfer(context, body)
        return { status: 201, body: { id, data: levels.map(toInventoryView) } }
      },
    },
    async (context, { body }) => {
      const { id, levels } = await transfer(context, body)
      return { status: 201, body: { id, data: levels.map(toInventoryView) } }
    },
  ),
  route(
    {
      id: 'listMovements',
      method: 'get',
      path: '/v1/admin/inventory/movements',
      summary: 'Why a variant has the stock it has: its movements, newest first',
      access: { staff: 'inventory:read' },
      limit: 'staff',
      query: MovementsQuery,
      returns: shape(() => listOf(MovementView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const list = JSON.stringify(['admin/movements', query.sku, query.variant_id, query.location_id])
      const before = await openCursor(list, query.cursor, ['integer', 'text', 'text', 'text'])
      const [rows] = await db.read(pageOfMovements(query, query.location_id ?? null, before, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, (row) => [row.at, row.locationId, row.reference, row.reason])
      return { body: { data: page.rows.map(toMovementView), next_cursor: page.nextCursor } }
    },
  ),
  ...locationAdminRoutes,
]
