import type { RefundPlan } from '../../domain/refund.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { refundToGiftCard } from '../giftcards/queries.ts'
import { insertRefunds, type RefundRow, refuseDisputedRefunds } from '../payments/refund-queries.ts'
import { newRefund } from './give-back.ts'
import type { SettleContext } from './settlement.ts'
import type { OrderState } from './state.ts'

/** A row for each source; what goes to a gift card is there at once. */
export function refundRows(
  state: OrderState,
  parts: RefundPlan['parts'],
  reason: string,
  by: SettleContext,
): RefundRow[] {
  const rows = parts.map(({ source, amount }): RefundRow => {
    const row = newRefund(state.order.id, state.order.currency, amount, reason, by)
    if (source.kind === 'payment') return { ...row, paymentId: source.id }
    return { ...row, giftCardId: source.id, status: 'succeeded' }
  })
  return rows.map((row) => ({ ...row, requestId: rows[0]?.id ?? row.id }))
}

/** Writes the rows, and puts back on gift cards what is theirs. Breaks `refund_exceeds_captured`. */
export function saveRefunds(
  rows: readonly RefundRow[],
  lines: Parameters<typeof insertRefunds>[1],
  now: Date,
): Write[] {
  const toCards = rows.flatMap(({ id: refundId, orderId, giftCardId, amount, actor }) =>
    giftCardId === null ? [] : [{ refundId, orderId, giftCardId, amount, actor }],
  )
  return [
    ...insertRefunds(rows, lines),
    ...refuseDisputedRefunds(rows),
    ...toCards.flatMap((refund) => refundToGiftCard(refund, now)),
  ]
}

/** Tells of those that have succeeded at once. */
export function announceDone({ mint, now }: Context, orderId: string, rows: readonly RefundRow[]): Write[] {
  const done = rows.filter(({ status }) => status === 'succeeded')
  return announce(
    mint,
    now,
    done.map(({ id }) => ({ topic: 'order.refunded', subjectId: orderId, payload: { refund_id: id } })),
  )
}
