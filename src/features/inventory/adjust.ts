import type * as z from 'zod'
import { audit } from '../../platform/audit.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid } from '../../platform/http/problem.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { announce } from '../../platform/outbox.ts'
import type { AdjustmentInput } from './contract.ts'
import { adjustStock } from './ledger-queries.ts'
import { type InventoryRow, listInventory } from './level-queries.ts'

/** A variant stands at a handful of locations; an answer about it shows all of them. */
export const MAX_LOCATIONS = 100

/**
 * Changes what stands, or is expected, at one location, in one trip.
 * @throws {Problem} out_of_stock, incoming_exceeded, invalid_request (no such variant, no such location or a closed one).
 */
export async function adjust(
  context: Context,
  input: z.output<ReturnType<typeof AdjustmentInput>>,
): Promise<{ id: string; levels: InventoryRow[] }> {
  const { mint, now, caller, requestId, idempotency } = context
  const id = mint('adjustment')
  const { delta, incoming_delta: incomingDelta, reason, location_id: locationId, ...target } = input
  const moved = { delta, ...(incomingDelta === 0 ? {} : { incoming_delta: incomingDelta }) }
  try {
    const [levels] = await commitShown(context, {
      writes: [
        ...claimKey(idempotency, now, id, 201),
        ...adjustStock(target, locationId ?? null, { delta, incomingDelta, reason, reference: id, at: now }),
        audit(mint, now, {
          actor: actorOf(caller),
          action: 'stock.adjusted',
          subjectId: input.variant_id ?? input.sku ?? '',
          change: { ...moved, reason },
          requestId,
        }),
        ...announce(mint, now, [{ topic: 'stock.adjusted', subjectId: id, payload: moved }]),
      ],
      reads: [listInventory(target, null, MAX_LOCATIONS, now)],
      tags: [CATALOG_TAG],
    })
    return { id, levels }
  } catch (error) {
    const constraint = error instanceof ConstraintError ? error.constraint : null
    if (constraint === 'stock_variant_unknown')
      throw invalid(input.sku === undefined ? '/variant_id' : '/sku', 'is no variant')
    if (constraint === 'stock_location_unknown') throw invalid('/location_id', 'is no active location')
    throw error
  }
}
