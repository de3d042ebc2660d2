import * as z from 'zod'
import { shape } from '../../platform/http/schema.ts'
import { MoneyShape } from '../../platform/http/shapes.ts'
import { OrderView, toOrderView } from '../orders/contract.ts'
import { attemptStatus, NextActionView, toPaymentView } from '../payments/contract.ts'
import { TEST_OUTCOMES } from '../payments/test-events.ts'
import type { Completion } from './completion.ts'

const WebAddress = () => z.url({ protocol: /^https?$/ }).max(2000)

export const CompleteInput = shape(() =>
  z
    .strictObject({
      payment: z
        .strictObject({
          provider: z.string().min(1).max(50),
          return_url: WebAddress().optional(),
          cancel_url: WebAddress().optional(),
          test_outcome: z
            .enum(TEST_OUTCOMES)
            .optional()
            .meta({ description: 'The test provider decides at once instead of asking for an action' }),
        })
        .optional()
        .meta({ description: 'May be left out only where nothing is due' }),
      expected_total: MoneyShape().meta({ description: 'The total the shopper has seen: totals.total of the cart' }),
      expected_amount_due: MoneyShape().optional().meta({
        description:
          'What the shopper has seen is left to pay: totals.amount_due of the cart. Required where the cart holds gift cards',
      }),
    })
    .meta({ id: 'CompleteInput' }),
)

export const CompletionView = shape(() =>
  z
    .object({
      status: z.enum(['completed', 'requires_action', 'processing']).meta({
        description:
          'completed: the order is confirmed. requires_action: do payment.next_action. processing: read the order again, it is confirmed or given up by itself',
      }),
      order: OrderView(),
      payment: z
        .object({
          id: z.string(),
          provider: z.string(),
          status: attemptStatus(),
          next_action: NextActionView().nullable(),
        })
        .nullable(),
    })
    .meta({ id: 'Completion' }),
)

export const PaymentOptionsView = shape(() =>
  z.object({
    data: z.array(
      z.object({ provider: z.string(), publishable_key: z.string().nullable() }).meta({ id: 'PaymentOption' }),
    ),
  }),
)

/** How an attempt stands, for the shopper. `declined` and `closed` are problems, not completions. */
export function statusOf({ whole, paymentId }: Completion) {
  const { order, payments } = whole
  if (order.status === 'confirmed' || order.status === 'completed') return 'completed'
  const payment = payments.find(({ id }) => id === paymentId)
  if (order.status === 'cancelled' || payment?.status === 'closed') return 'closed'
  if (payment?.status === 'failed') return 'declined'
  return payment?.status === 'requires_action' ? 'requires_action' : 'processing'
}

export function toCompletionView(completion: Completion) {
  const { whole, paymentId } = completion
  const payment = whole.payments.find(({ id }) => id === paymentId)
  return {
    order: toOrderView(whole),
    payment: payment ? toPaymentView(payment) : null,
  }
}
