import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { MoneyShape, money, timestamp } from '../../platform/http/shapes.ts'
import type { PaymentRow, RefundRow } from './queries.ts'
import { TEST_OUTCOMES } from './test-provider.ts'

export const NextActionView = shape(() =>
  z
    .union([
      z.object({ type: z.literal('redirect'), url: z.string() }),
      z.object({
        type: z.literal('confirm'),
        provider: z.string(),
        client_secret: z.string(),
        publishable_key: z.string(),
      }),
    ])
    .meta({ id: 'NextAction' }),
)

export const PaymentView = shape(() =>
  z
    .object({
      id: z.string(),
      provider: z.string(),
      status: z.enum([
        'created',
        'requires_action',
        'processing',
        'failed',
        'closed',
        'authorized',
        'captured',
        'voided',
      ]),
      amount: MoneyShape(),
      captured: MoneyShape(),
      refunded: MoneyShape(),
      next_action: NextActionView().nullable(),
      created_at: z.string(),
    })
    .meta({ id: 'Payment' }),
)

export const RefundView = shape(() =>
  z
    .object({
      id: z.string(),
      payment_id: z.string(),
      status: z.enum(['pending', 'succeeded', 'failed']),
      amount: MoneyShape(),
      reason: z.string(),
      created_at: z.string(),
    })
    .meta({ id: 'Refund' }),
)

export const TestPaymentParams = shape(() => z.object({ payment: idSchema('payment') }))
export const TestPaymentInput = shape(() =>
  z.strictObject({ outcome: z.enum(TEST_OUTCOMES) }).meta({ id: 'TestPaymentInput' }),
)
export const TestPaymentView = shape(() =>
  z
    .object({
      payment_id: z.string(),
      outcome: z.enum([...TEST_OUTCOMES, 'closed']),
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
    refunded: money(row.refunded, currency),
    next_action: row.nextAction,
    created_at: timestamp(row.createdAt),
  }
}

export function toRefundView(row: RefundRow) {
  const { id, status, reason } = row
  return {
    id,
    payment_id: row.paymentId,
    status,
    amount: money(row.amount, row.currency),
    reason,
    created_at: timestamp(row.createdAt),
  }
}
