import { audit } from '../../platform/audit.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { actorOf } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { announce } from '../../platform/outbox.ts'
import { AdjustmentInput, AdjustmentView, InventoryQuery, InventoryView, toInventoryView } from './contract.ts'
import { adjustStock, listInventory } from './queries.ts'

// A variant stands at a handful of locations; an adjustment shows all of them.
const MAX_LOCATIONS = 100

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
    async ({ db }, { query }) => {
      const list = JSON.stringify(['admin/inventory', query.sku, query.variant_id])
      const position = await openCursor(list, query.cursor, ['text', 'text'])
      const after = position ? { variantId: position[0], locationId: position[1] } : null
      const filter = { sku: query.sku, variantId: query.variant_id }
      const [rows] = await db.read(listInventory(filter, after, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, ({ variantId, locationId }) => [variantId, locationId])
      return { body: { data: page.rows.map(toInventoryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'adjustInventory',
      method: 'post',
      path: '/v1/admin/inventory/adjustments',
      summary: 'Add to or take from a shelf, with a reason that stays in the ledger',
      access: { staff: 'inventory:write' },
      limit: 'staff',
      body: AdjustmentInput,
      returns: AdjustmentView,
      statuses: [201],
      problems: ['out_of_stock'],
      replay: async ({ db }, id, { body }) => {
        const [rows] = await db.read(listInventory({ sku: body.sku, variantId: body.variant_id }, null, MAX_LOCATIONS))
        return { status: 201, body: { id, data: rows.map(toInventoryView) } }
      },
    },
    async (context, { body }) => {
      const { mint, now, caller, requestId, idempotency } = context
      const id = mint('adjustment')
      const target = body.sku === undefined ? { variantId: body.variant_id ?? '' } : { sku: body.sku }
      const filter = { sku: body.sku, variantId: body.variant_id }
      const { delta, reason } = body
      const subjectId = body.variant_id ?? body.sku ?? ''
      try {
        const [rows] = await commitShown(context, {
          writes: [
            ...claimKey(idempotency, now, id, 201),
            ...adjustStock(target, body.location_id ?? null, { delta, reason, reference: id, at: now }),
            audit(mint, now, {
              actor: actorOf(caller),
              action: 'stock.adjusted',
              subjectId,
              change: { delta, reason },
              requestId,
            }),
            ...announce(mint, now, [{ topic: 'stock.adjusted', subjectId: id, payload: { delta } }]),
          ],
          reads: [listInventory(filter, null, MAX_LOCATIONS)],
          tags: [CATALOG_TAG],
        })
        return { status: 201, body: { id, data: rows.map(toInventoryView) } }
      } catch (error) {
        if (!(error instanceof ConstraintError) || error.constraint !== 'level_missing') throw error
        const pointer = body.location_id ? '/location_id' : body.sku ? '/sku' : '/variant_id'
        throw invalid(pointer, 'has no stock level: there is no such variant at this location')
      }
    },
  ),
]
