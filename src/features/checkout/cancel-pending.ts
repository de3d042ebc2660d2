import { canMove } from '../../domain/order.ts'
import type { Write } from '../../platform/db/client.ts'
import { announce } from '../../platform/outbox.ts'
import { releaseCart } from '../cart/queries.ts'
import { releaseGiftCards } from '../giftcards/queries.ts'
import { freeOrderHolds } from '../inventory/queries.ts'
import { type Move, moveOrder } from '../orders/move-queries.ts'
import { refuseOtherAttempts } from '../payments/queries.ts'
import { releasePromotions } from '../promotions/queries.ts'
import type { SettleContext } from './settlement.ts'
import type { OrderState } from './state.ts'

/** A pending order is given up: holds, uses, gift cards and cart are free again. The caller has closed the provider's sessions. */
export function cancelWrites(state: OrderState, reason: string, context: SettleContext): Write[] {
  const { order, seq } = state
  const { now, mint } = context
  const moves: Move[] = [
    { lifecycle: 'order', seq: seq.order + 1, from: order.status, to: 'cancelled', reason },
    { lifecycle: 'payment', seq: seq.payment + 1, from: order.paymentStatus, to: 'voided', reason },
  ]
  return [
    refuseOtherAttempts(order.id, state.payments.length),
    ...moveOrder(
      order.id,
      moves.filter(({ lifecycle, from, to }) => from !== null && canMove(lifecycle, from, to)),
      context,
    ),
    ...freeOrderHolds(order.id, [...state.demand.keys()]),
    ...releasePromotions(
      order.id,
      order.promotions.map(({ promotionId }) => promotionId),
    ),
    ...releaseGiftCards(order.id, order.giftCards, context),
    releaseCart(order.cartId, order.id, now),
    ...announce(mint, now, [{ topic: 'order.cancelled', subjectId: order.id, payload: { reason } }]),
  ]
}
