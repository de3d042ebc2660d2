import { sum } from '../../domain/money.ts'
import { canMove, paymentStatusOf } from '../../domain/order.ts'
import { capturableOf } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { movesOfFinish } from '../orders/finish.ts'
import type { Move } from '../orders/move-queries.ts'
import { toPaymentMoney } from '../payments/contract.ts'
import { refuseOtherCardRefunds } from '../payments/refund-queries.ts'
import type { OrderState } from './state.ts'

/** What gift cards have paid of an order, in minor units. */
export function tenderedOf({ order }: Pick<OrderState, 'order'>): number {
  return order.totalAmount - order.amountDue
}

/** Refuses what was decided of the order's money when gift cards have got some of it back meanwhile. */
export function refuseOtherReturns(state: OrderState): Write[] {
  return tenderedOf(state) === 0 ? [] : [refuseOtherCardRefunds(state.order.id, state.refunds)]
}

/**
 * The moves of an order whose money has become as `state` says it is: where its payment stands now, and with it the order,
 * which completes once all is shipped and paid.
 * @param reason why, for the trail.
 */
export function movesOfMoney(state: OrderState, reason: string): Move[] {
  const { order, payments, refunds, seq } = state
  const accepted = payments.filter((payment) => payment.accepted)
  const ids = new Set(accepted.map(({ id }) => id))
  const counts = ({ paymentId, giftCardId }: (typeof refunds)[number]) =>
    giftCardId !== null || (paymentId !== null && ids.has(paymentId))
  const returned = refunds.filter((refund) => refund.status === 'succeeded' && counts(refund))
  const to = paymentStatusOf({
    due: order.amountDue,
    captured: sum(accepted.map(({ captured }) => captured)),
    capturable: sum(accepted.map((payment) => capturableOf(toPaymentMoney(payment)))),
    tendered: tenderedOf(state),
    returned: sum(returned.map(({ amount }) => amount)),
  })
  const moved = to !== order.paymentStatus && canMove('payment', order.paymentStatus, to)
  // A further part given back leaves the status as it is, and is told all the same.
  const repeated = to === 'partially_refunded' && order.paymentStatus === to && reason === 'refunded'
  const moves: Move[] =
    moved || repeated ? [{ lifecycle: 'payment', seq: seq.payment + 1, from: order.paymentStatus, to, reason }] : []
  const status = { paymentStatus: moved ? to : order.paymentStatus, fulfillmentStatus: order.fulfillmentStatus }
  return [...moves, ...movesOfFinish(state, status)]
}
