import { planHolds } from '../../domain/allocation.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { completeCart } from '../cart/queries.ts'
import { freeExpiredHolds, sellHeldStock, sellStock } from '../inventory/queries.ts'
import { type Move, moveOrder } from '../orders/move-queries.ts'
import { refuseOtherAttempts } from '../payments/queries.ts'
import type { SettleContext } from './settlement.ts'
import type { OrderState } from './state.ts'

/** The order is placed for good: it takes its number, its goods leave the shelves, its cart is over. */
export function confirmWrites(
  state: OrderState,
  paymentStatus: 'paid' | 'authorized',
  stock: readonly Write[],
  context: SettleContext,
): Write[] {
  const { order, seq } = state
  const { now, mint } = context
  const moves: Move[] = [
    { lifecycle: 'order', seq: seq.order + 1, from: order.status, to: 'confirmed', reason: paymentStatus },
    { lifecycle: 'payment', seq: seq.payment + 1, from: order.paymentStatus, to: paymentStatus, reason: paymentStatus },
  ]
  const event = { topic: 'order.confirmed', subjectId: order.id, payload: { payment_status: paymentStatus } }
  return [
    refuseOtherAttempts(order.id, state.payments.length),
    ...moveOrder(order.id, moves, context, { confirm: true }),
    ...stock,
    completeCart(order.cartId, order.id, now),
    ...announce(mint, now, [event]),
  ]
}

/** The goods of a pending order leave the shelves: what is held first, then again what is no longer. Null if short. */
export function stockWrites(state: OrderState, now: Date): Write[] | null {
  const { order, holds, demand, levels } = state
  const rest = new Map(demand)
  for (const { variantId, quantity } of holds) rest.set(variantId, (rest.get(variantId) ?? 0) - quantity)
  const missing = new Map([...rest].filter(([, quantity]) => quantity > 0))
  const plan = planHolds(missing, levels, order.country)
  if (!plan.ok) return null
  const freed = plan.holds.length > 0 ? freeExpiredHolds([...missing.keys()], now) : []
  return [...sellHeldStock(order.id, holds, now), ...freed, ...sellStock(order.id, plan.holds, now)]
}
