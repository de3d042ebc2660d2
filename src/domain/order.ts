export type OrderStatus = 'pending' | 'confirmed' | 'completed' | 'cancelled'
export type PaymentStatus = 'pending' | 'authorized' | 'paid' | 'partially_refunded' | 'refunded' | 'failed' | 'voided'
export type FulfillmentStatus = 'unfulfilled' | 'partially_fulfilled' | 'fulfilled'
export type Lifecycle = 'order' | 'payment' | 'fulfillment'

/** The three lifecycles of an order as tables: what may follow what. */
export const ORDER_NEXT = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>

/** A failed attempt is not the end: the next one starts from pending again. */
export const PAYMENT_NEXT = {
  pending: ['authorized', 'paid', 'failed', 'voided'],
  failed: ['pending', 'authorized', 'paid', 'voided'],
  authorized: ['paid', 'voided'],
  paid: ['partially_refunded', 'refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: [],
  // A payment that arrives after its order was given up is taken note of, then given back.
  voided: ['paid'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

export const FULFILLMENT_NEXT = {
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
