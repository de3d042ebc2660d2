import { sql } from 'drizzle-orm'
import { decideFulfillment, type ShippedLine, type Tracking } from '../../domain/fulfillment.ts'
import { audit } from '../../platform/audit.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { announce } from '../../platform/outbox.ts'
import { refuseUnlessLocation } from '../inventory/queries.ts'
import { countsOf, type MoveCounts, movesOfFinish } from './finish.ts'
import { type Fulfillment, insertFulfillment } from './fulfillment-queries.ts'
import { listLastMoves, type Move, moveOrder } from './move-queries.ts'
import { findOrder, listOrderLines, type OrderLineRow, type OrderRow, refuseIfCountsMoved } from './queries.ts'
import { type StaffOrder, staffOrder, toStaffOrder } from './read.ts'

export interface FulfillmentWish {
  /** Null: all that is left. */
  lines: readonly ShippedLine[] | null
  locationId: string | null
  tracking: Tracking | null
  /** Whether the shopper is to be told: whoever sends the mails reads it in the event. */
  notify: boolean
}

/** Others were faster: read the order again and decide anew. */
const RACES = new Set(['order_moves.order_id', 'order_changed', 'fulfilled_exceeds_ordered'])
const MAX_TRIES = 6

interface FulfillableOrder {
  order: OrderRow
  lines: OrderLineRow[]
  seq: MoveCounts
}

/**
 * Ships pieces of a confirmed order: load -> decide -> commit. Against a cancellation, a refund that takes pieces out, or
 * another parcel, one of the two commits and the other decides anew from what is left.
 * @returns the order as it is then.
 * @throws {Problem} order_not_found, order_not_fulfillable, order_conflict, invalid_request.
 */
export async function fulfillOrder(context: Context, orderId: string, wish: FulfillmentWish): Promise<StaffOrder> {
  for (let tries = 1; ; tries += 1) {
    const found = await mustFindFulfillable(context, orderId)
    const decision = decide(found, wish.lines)
    const row = newFulfillment(context, orderId, wish, decision.lines)
    const claim = claimKey(context.idempotency, context.now, orderId, 201)
    const writes = [...claim, ...fulfillWrites(context, found, row, decision.to, wish.notify)]
    try {
      const repeatable = context.idempotency !== null
      const order = toStaffOrder(await context.db.commit(writes, staffOrder(orderId), { repeatable }))
      if (!order) throw new Error('the order just shipped is gone')
      return order
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error
      if (error.constraint === 'location_not_found') throw invalid('/location_id', 'is no location')
      if (!RACES.has(error.constraint) || tries >= MAX_TRIES) throw error
    }
  }
}

async function mustFindFulfillable({ db }: Context, orderId: string): Promise<FulfillableOrder> {
  const id = sql`${orderId}`
  const [[order], lines, last] = await db.read(findOrder(id), listOrderLines(id), listLastMoves(id))
  if (!order) throw new Problem('order_not_found')
  return { order, lines, seq: countsOf(last) }
}

function decide({ order, lines }: FulfillableOrder, wish: FulfillmentWish['lines']) {
  const decision = decideFulfillment({ status: order.status, lines }, wish)
  if (decision.ok) return decision
  switch (decision.why) {
    case 'unknown_line':
      throw invalid(`/lines/${decision.place}/line_id`, 'is not a line of this order')
    case 'more_than_left':
      throw invalid(`/lines/${decision.place}/quantity`, `must be at most ${decision.left}, which is left to ship`)
    default:
      throw new Problem('order_not_fulfillable', {
        members: { order_status: order.status, fulfillment_status: order.fulfillmentStatus },
      })
  }
}

function newFulfillment(
  { mint, now, caller }: Context,
  orderId: string,
  { locationId, tracking }: FulfillmentWish,
  lines: ShippedLine[],
): Fulfillment {
  const at = now.getTime()
  return {
    ...{ orderId, id: mint('fulfillment'), version: 1, status: 'shipped', locationId, tracking, lines },
    ...{ actor: actorOf(caller), createdAt: at, updatedAt: at, deliveredAt: null },
  }
}

function fulfillWrites(
  { mint, now, requestId }: Context,
  { order, lines, seq }: FulfillableOrder,
  row: Fulfillment,
  to: OrderRow['fulfillmentStatus'],
  notify: boolean,
): Write[] {
  const { actor, locationId } = row
  const from = order.fulfillmentStatus
  const moves: Move[] = [
    { lifecycle: 'fulfillment', seq: seq.fulfillment + 1, from, to, reason: 'shipped' },
    ...movesOfFinish({ order, seq }, { paymentStatus: order.paymentStatus, fulfillmentStatus: to }),
  ]
  const topic = to === 'fulfilled' ? 'order.fulfilled' : 'order.partially_fulfilled'
  const pieces = row.lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const change = { fulfillment_id: row.id, lines: row.lines.length, pieces }
  return [
    ...(locationId === null ? [] : [refuseUnlessLocation(locationId)]),
    refuseIfCountsMoved(order.id, lines),
    ...insertFulfillment(row),
    // Before the moves, so that it is told before the order is said to be completed.
    ...announce(mint, now, [{ topic, subjectId: order.id, payload: { fulfillment_id: row.id, notify } }]),
    ...moveOrder(order.id, moves, { actor, now, mint }, { known: order }),
    audit(mint, now, { actor, action: topic, subjectId: order.id, change, requestId }),
  ]
}
