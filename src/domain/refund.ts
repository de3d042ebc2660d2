import { allocate, sum } from './money.ts'

export type RefundStatus = 'pending' | 'succeeded' | 'failed'
/** Where refunded pieces are: they came back, were never shipped, or stay away. */
export type Restock = 'none' | 'return' | 'cancel'

/** An order line with what its refunds go by; `total` is what all of its pieces were paid with, in minor units. */
export interface RefundableLine {
  id: string
  quantity: number
  fulfilledQuantity: number
  removedQuantity: number
  refundedQuantity: number
  /** Of the shipped ones, those that have come back. */
  returnedQuantity: number
  total: number
}

/** Money that an order was paid with, in the order in which it is given back. `refundable` counts refunds under way. */
export interface RefundSource {
  kind: 'payment' | 'gift_card'
  id: string
  refundable: number
}

export interface RefundWish {
  lines: readonly { id: string; quantity: number; restock: Restock }[]
  /** Minor units of shipping. `all` is what is left of it. */
  shipping: number | 'all'
  /** A free amount instead of what lines and shipping come to. */
  amount: number | null
}

export interface RefundPlan {
  lines: { id: string; quantity: number; restock: Restock; amount: number }[]
  shipping: number
  /** What goes back to each source. */
  parts: { source: RefundSource; amount: number }[]
  amount: number
}

export type RefundDecision =
  | { ok: true; plan: RefundPlan }
  | {
      ok: false
      why: 'unknown_line' | 'more_than_ordered' | 'more_than_unshipped' | 'more_than_shipped'
      place: number
    }
  | { ok: false; why: 'more_than_shipping'; refundable: number }
  | { ok: false; why: 'nothing' }
  | { ok: false; why: 'more_than_paid'; refundable: number }

/**
 * What is given back for what is asked. A line's pieces are worth what the line was paid with, split so that the refunds of
 * all of its pieces, however they are grouped, come to exactly that.
 * @param shipping what shipping was paid with, and what of it has been given back.
 */
export function decideRefund(
  order: {
    lines: readonly RefundableLine[]
    shipping: { total: number; refunded: number }
    sources: readonly RefundSource[]
  },
  wish: RefundWish,
): RefundDecision {
  const lines: RefundPlan['lines'] = []
  for (const [place, { id, quantity, restock }] of wish.lines.entries()) {
    const line = order.lines.find((candidate) => candidate.id === id)
    if (!line) return { ok: false, why: 'unknown_line', place }
    if (quantity > line.quantity - line.refundedQuantity) return { ok: false, why: 'more_than_ordered', place }
    const unshipped = line.quantity - line.fulfilledQuantity - line.removedQuantity
    if (restock === 'cancel' && quantity > unshipped) return { ok: false, why: 'more_than_unshipped', place }
    const away = line.fulfilledQuantity - line.returnedQuantity
    if (restock === 'return' && quantity > away) return { ok: false, why: 'more_than_shipped', place }
    lines.push({ id, quantity, restock, amount: amountOfPieces(line, quantity) })
  }
  const left = order.shipping.total - order.shipping.refunded
  const shipping = wish.shipping === 'all' ? left : wish.shipping
  if (shipping > left) return { ok: false, why: 'more_than_shipping', refundable: left }
  const amount = wish.amount ?? sum(lines.map((line) => line.amount)) + shipping
  const refundable = sum(order.sources.map((source) => source.refundable))
  // Pieces that cost nothing may be taken back all the same; only money needs a source.
  if (amount === 0 && lines.length === 0) return { ok: false, why: 'nothing' }
  if (amount > refundable) return { ok: false, why: 'more_than_paid', refundable }
  return { ok: true, plan: { lines, shipping, parts: takeFrom(order.sources, amount), amount } }
}

/** What the next `quantity` pieces of a line were paid with, after those that were given money back for. */
function amountOfPieces(
  { total, quantity: pieces, refundedQuantity: before }: RefundableLine,
  quantity: number,
): number {
  const shares = allocate(
    total,
    Array.from({ length: pieces }, () => 1),
  )
  return sum(shares.slice(before, before + quantity))
}

function takeFrom(sources: readonly RefundSource[], amount: number): RefundPlan['parts'] {
  let rest = amount
  return sources.flatMap((source) => {
    const part = Math.min(rest, source.refundable)
    rest -= part
    return part > 0 ? [{ source, amount: part }] : []
  })
}
