export type OrderStatus = 'pending' | 'confirmed' | 'completed' | 'cancelled'
export type PaymentStatus = 'pending' | 'authorized' | 'paid' | 'partially_refunded' | 'refunded' | 'failed' | 'voided'
export type FulfillmentStatus = 'unfulfilled' | 'partially_fulfilled' | 'fulfilled'
export type Lifecycle = 'order' | 'payment' | 'fulfillment'

/** The three lifecycles of an order as tables: what may follow what. */
const ORDER_NEXT = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>

/** A failed attempt is not the end: the next one starts from pending again. */
const PAYMENT_NEXT = {
  pending: ['authorized', 'paid', 'failed', 'voided'],
  failed: ['pending', 'authorized', 'paid', 'voided'],
  authorized: ['paid', 'partially_refunded', 'refunded', 'voided'],
  paid: ['partially_refunded', 'refunded'],
  // A refund may come back days after it went out.
  partially_refunded: ['partially_refunded', 'refunded', 'paid'],
  refunded: ['partially_refunded', 'paid'],
  // A payment that arrives after its order was given up, or after it was let go, is taken note of. Gift cards may have been
  // given back by then.
  voided: ['paid', 'partially_refunded', 'refunded'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

const FULFILLMENT_NEXT = {
  unfulfilled: ['partially_fulfilled', 'fulfilled'],
  partially_fulfilled: ['partially_fulfilled', 'fulfilled'],
  fulfilled: [],
} as const satisfies Record<FulfillmentStatus, readonly FulfillmentStatus[]>

const NEXT: Record<Lifecycle, Readonly<Record<string, readonly string[]>>> = {
  order: ORDER_NEXT,
  payment: PAYMENT_NEXT,
  fulfillment: FULFILLMENT_NEXT,
}

/** Whether `lifecycle` allows the step; staying where it is is no step. */
export function canMove(lifecycle: Lifecycle, from: string, to: string): boolean {
  return NEXT[lifecycle][from]?.includes(to) ?? false
}

/** Whether nothing is left to do: all is shipped, and all that will be captured is. Then the order completes by itself. */
export function isFinished(order: { paymentStatus: PaymentStatus; fulfillmentStatus: FulfillmentStatus }): boolean {
  const isPaid = ['paid', 'partially_refunded', 'refunded'].includes(order.paymentStatus)
  return isPaid && order.fulfillmentStatus === 'fulfilled'
}

/**
 * Where the payment of a confirmed order stands, from its sums in minor units.
 * @param due what providers are to bring. @param captured of it. @param capturable what is authorized and may still come.
 * @param tendered paid by gift cards. @param returned given back of both, by refunds that have succeeded.
 */
export function paymentStatusOf(sums: {
  due: number
  captured: number
  capturable: number
  tendered: number
  returned: number
}): PaymentStatus {
  const { due, captured, capturable, tendered, returned } = sums
  if (capturable > 0) return 'authorized'
  if (captured === 0 && due > 0) return 'voided'
  if (returned === 0) return 'paid'
  return returned >= captured + tendered ? 'refunded' : 'partially_refunded'
}

/** A line as far as shipping it is concerned; all counts are pieces. */
export interface FulfillableLine {
  quantity: number
  fulfilledQuantity: number
  /** Taken out of the order before they were shipped. */
  removedQuantity: number
}

export function fulfillableOf({ quantity, fulfilledQuantity, removedQuantity }: FulfillableLine): number {
  return quantity - fulfilledQuantity - removedQuantity
}

/** Where the shipping of an order stands, from its lines. */
export function fulfillmentStatusOf(lines: readonly FulfillableLine[]): FulfillmentStatus {
  const isShipped = lines.some(({ fulfilledQuantity }) => fulfilledQuantity > 0)
  if (!isShipped) return 'unfulfilled'
  return lines.every((line) => fulfillableOf(line) === 0) ? 'fulfilled' : 'partially_fulfilled'
}
