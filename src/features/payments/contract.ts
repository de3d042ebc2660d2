import * as z from 'zod'
import { capturableOf, type PaymentMoney } from '../../domain/payment.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import type { DisputeRow } from './dispute-queries.ts'
import type { OperationRow } from './operation-queries.ts'
import type { PaymentRow } from './queries.ts'
import type { RefundLineRow, RefundRow } from './refund-queries.ts'
import { TEST_ACTIONS, TEST_OUTCOMES } from './test/events.ts'

export const NextActionView = shape(() =>
  z
    .union([
      z.object({
        type: z.literal('redirect'),
        url: z.string().meta({ description: 'The page to send the shopper to' }),
      }),
      z.object({
        type: z.literal('confirm'),
        provider: z.string(),
        client_secret: z
          .string()
          .meta({ description: 'For the SDK of the provider: the client secret of Stripe, the session data of Adyen' }),
        publishable_key: z.string().meta({ description: 'The key that the SDK of the provider is made with' }),
        session_id: z.string().optional().meta({ description: 'Where the SDK of the provider asks for it too' }),
      }),
    ])
    .meta({ id: 'NextAction' }),
)

export const attemptStatus = () =>
  z.enum(['created', 'requires_action', 'processing', 'failed', 'closed', 'authorized', 'captured', 'voided']).meta({
    description:
      'created: the provider is being asked. failed: declined, and another attempt may be made. closed: its session ended unpaid. captured: nothing more will be',
  })

export const PaymentView = shape(() =>
  z
    .object({
      id: z.string(),
      provider: z.string(),
      status: attemptStatus(),
      amount: MoneyShape(),
      captured: MoneyShape(),
      capturable: MoneyShape().meta({ description: 'Authorized and neither captured nor released' }),
      refunded: MoneyShape().meta({ description: 'Refunds under way included' }),
      next_action: NextActionView().nullable(),
      created_at: z.string(),
    })
    .meta({ id: 'Payment' }),
)

const refundFields = () => ({
  id: z.string(),
  request_id: z.string().meta({ description: 'The same for all refunds of one request: one a source of money' }),
  payment_id: z.string().nullable(),
  gift_card_id: z.string().nullable().meta({ description: 'The card that it went back to' }),
  status: z.enum(['pending', 'succeeded', 'failed']),
  amount: MoneyShape(),
  shipping: MoneyShape().meta({
    description: 'The part of the request that is shipping; told by its first refund',
  }),
  lines: z
    .array(
      z.object({
        line_id: z.string(),
        quantity: z.int(),
        amount: MoneyShape(),
        restock: z.enum(['none', 'return', 'cancel']),
      }),
    )
    .meta({ description: 'What the request was for; told by its first refund' }),
  reason: z.string().meta({
    description:
      'What staff have said, or why it went back by itself: duplicate_payment, late_payment, out_of_stock, order_cancelled, dispute_won, provider (made in its dashboard)',
  }),
  created_at: z.string(),
})

export const RefundView = shape(() => z.object(refundFields()).meta({ id: 'Refund' }))

/** A refund with what only staff see of it. */
export const StaffRefundView = shape(() =>
  z
    .object({
      ...refundFields(),
      note: z.string().nullable(),
      actor: z.string().meta({ description: 'Who asked for it' }),
      detail: z.string().nullable().meta({ description: 'Why it failed' }),
    })
    .meta({ id: 'StaffRefund' }),
)

/** A capture or void, for staff. */
export const PaymentOperationView = shape(() =>
  z
    .object({
      id: z.string(),
      payment_id: z.string(),
      kind: z.enum(['capture', 'void']),
      status: z.enum(['pending', 'succeeded', 'failed']),
      amount: MoneyShape(),
      final: z.boolean(),
      reason: z.string(),
      actor: z.string().meta({ description: 'Who asked for it' }),
      detail: z.string().nullable().meta({ description: 'Why it failed' }),
      created_at: z.string(),
    })
    .meta({ id: 'PaymentOperation' }),
)

export const DisputeView = shape(() =>
  z
    .object({
      payment_id: z.string(),
      reference: z.string().meta({ description: 'The provider’s own id of it' }),
      status: z.enum(['open', 'won', 'lost']),
      amount: MoneyShape(),
      reason: z.string(),
      created_at: z.string(),
    })
    .meta({ id: 'Dispute' }),
)

export const TestPaymentParams = shape(() => z.object({ payment: idSchema('payment') }))
export const TestPaymentInput = shape(() =>
  z
    .strictObject({
      outcome: z.enum([...TEST_OUTCOMES, ...TEST_ACTIONS]),
      amount: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional().meta({
        description: 'Minor units: of a capture, refund or dispute, where it is a part of what there is',
      }),
    })
    .meta({ id: 'TestPaymentInput' }),
)
export const TestPaymentView = shape(() =>
  z
    .object({
      payment_id: z.string(),
      outcome: z.enum([...TEST_OUTCOMES, ...TEST_ACTIONS, 'authorized', 'closed']),
      delivered: z.boolean().meta({ description: 'Whether the webhook was answered with 2xx' }),
    })
    .meta({ id: 'TestPayment' }),
)

export function toPaymentView(row: PaymentRow) {
  const { id, provider, status, currency } = row
  return {
    id,
    provider,
    status,
    amount: money(row.amount, currency),
    captured: money(row.captured, currency),
    capturable: money(capturableOf(toPaymentMoney(row)), currency),
    refunded: money(row.refunded, currency),
    next_action: row.nextAction,
    created_at: timestamp(row.createdAt),
  }
}

/** A payment row as the domain decides about it. */
export function toPaymentMoney({ status, amount, currency, captured, released }: PaymentRow): PaymentMoney {
  return { status, amount: { amount, currency }, captured, released }
}

export function toRefundView(row: RefundRow, lines: readonly RefundLineRow[]) {
  const inCurrency = (amount: number) => money(amount, row.currency)
  const own = lines.filter(({ refundId }) => refundId === row.id)
  return {
    id: row.id,
    request_id: row.requestId,
    payment_id: row.paymentId,
    gift_card_id: row.giftCardId,
    status: row.status,
    amount: inCurrency(row.amount),
    shipping: inCurrency(row.shippingAmount),
    lines: own.map(({ lineId, quantity, amount, restock }) => ({
      line_id: lineId,
      quantity,
      amount: inCurrency(amount),
      restock,
    })),
    reason: row.reason,
    created_at: timestamp(row.createdAt),
  }
}

export function toStaffRefundView(row: RefundRow, lines: readonly RefundLineRow[]) {
  const { note, actor, detail } = row
  return { ...toRefundView(row, lines), note, actor, detail }
}

export function toOperationView(row: OperationRow) {
  const { id, kind, status, final, reason, actor, detail } = row
  return {
    ...{ id, kind, status, final, reason, actor, detail },
    payment_id: row.paymentId,
    amount: money(row.amount, row.currency),
    created_at: timestamp(row.createdAt),
  }
}

export function toDisputeView(row: DisputeRow) {
  const { reference, status, reason } = row
  return {
    ...{ reference, status, reason },
    payment_id: row.paymentId,
    amount: money(row.amount, row.currency),
    created_at: timestamp(row.createdAt),
  }
}
