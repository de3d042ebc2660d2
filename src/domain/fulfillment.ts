import {
  type FulfillableLine,
  type FulfillmentStatus,
  fulfillableOf,
  fulfillmentStatusOf,
  type OrderStatus,
} from './order.ts'

/** Where a parcel is, as far as the shop knows. */
export type ParcelStatus = 'shipped' | 'delivered'

/** How a parcel is followed. `url` is a page of the carrier for it. */
export interface Tracking {
  carrier: string
  number: string
  url: string | null
}

export interface ShippedLine {
  lineId: string
  /** Pieces, above 0. */
  quantity: number
}

export type FulfillmentDecision =
  | { ok: true; lines: ShippedLine[]; to: FulfillmentStatus }
  | { ok: false; why: 'not_open' | 'nothing_left' }
  | { ok: false; why: 'unknown_line'; place: number }
  | { ok: false; why: 'more_than_left'; place: number; left: number }

/**
 * What leaves with a parcel, and where the shipping of the order stands then. Only a confirmed order is shipped: nobody has
 * paid for a pending one, and one that is over has nothing left to ship.
 * @param wish null: all that is left. No line is named twice.
 */
export function decideFulfillment(
  order: { status: OrderStatus; lines: readonly (FulfillableLine & { id: string })[] },
  wish: readonly ShippedLine[] | null,
): FulfillmentDecision {
  if (order.status !== 'confirmed') return { ok: false, why: 'not_open' }
  const leaving = new Map<string, number>()
  for (const [place, { lineId, quantity }] of (wish ?? []).entries()) {
    const line = order.lines.find(({ id }) => id === lineId)
    if (!line) return { ok: false, why: 'unknown_line', place }
    const left = fulfillableOf(line)
    if (quantity > left) return { ok: false, why: 'more_than_left', place, left }
    leaving.set(lineId, quantity)
  }
  if (wish === null) for (const line of order.lines) leaving.set(line.id, fulfillableOf(line))
  const lines = [...leaving].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))
  if (lines.length === 0) return { ok: false, why: 'nothing_left' }
  const after = order.lines.map((line) => ({
    ...line,
    fulfilledQuantity: line.fulfilledQuantity + (leaving.get(line.id) ?? 0),
  }))
  return { ok: true, lines, to: fulfillmentStatusOf(after) }
}
