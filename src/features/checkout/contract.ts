import * as z from 'zod'
import { PAYMENT_FLOWS, type PaymentProvider } from '../../domain/provider.ts'
import { shape } from '../../platform/http/schema.ts'
import { MoneyShape } from '../../platform/http/shapes.ts'
import { OrderView, toOrderView } from '../orders/contract.ts'
import { attemptStatus, NextActionView, toPaymentView } from '../payments/contract.ts'
import { TEST_OUTCOMES } from '../payments/test/events.ts'
import type { Completion } from './completion.ts'

const WebAddress = () => z.url({ protocol: /^https?$/ }).max(2000)

export const CompleteInput = shape(() =>
  z
    .strictObject({
      payment: z
        .strictObject({
          provider: z
            .string()
            .min(1)
            .max(50)
            .meta({ description: 'One that payment-options lists', example: 'stripe' }),
          return_url: WebAddress().optional().meta({
            description:
              'Where the shopper comes back to from a page of the provider or of a bank, at an origin of the shop: RETURN_ORIGINS, CORS_ORIGINS, STOREFRONT_URL or PUBLIC_ORIGIN',
            example: 'https://shop.example/thanks',
          }),
          cancel_url: WebAddress().optional().meta({
            description: 'Where the back link of the page leads, at an origin of the shop; most providers have one',
          }),
          method: z
            .string()
            .regex(/^[a-z][a-z0-9_]{0,49}$/)
            .optional()
            .meta({
              description:
                'One of the methods that payment-options lists for the provider, or where it lists none (Mollie) one of its own; refused where it is chosen at the provider',
            }),
          flow: z.enum(PAYMENT_FLOWS).optional().meta({
            description:
              'redirect: the shopper pays on a page of the provider. embedded: in yours, by the provider’s SDK. Left out, the first of the flows that payment-options lists',
          }),
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
      z
        .object({
          provider: z.string().meta({ description: 'What payment.provider of complete is', example: 'stripe' }),
          publishable_key: z
            .string()
            .nullable()
            .meta({ description: 'For the SDK of the provider in the browser; null where it has none' }),
          flows: z
            .array(z.enum(PAYMENT_FLOWS))
            .meta({ description: 'What payment.flow may be, the default first; empty where the shopper does nothing' }),
          return_url_required: z
            .boolean()
            .meta({ description: 'Whether payment.return_url must be given to a redirect' }),
          methods: z
            .array(
              z.object({
                method: z.string().meta({ example: 'bank_transfer' }),
                instructions: z.string().nullable().meta({ description: 'What the shopper does after the order' }),
              }),
            )
            .meta({ description: 'What payment.method may be; empty where the provider lets the shopper choose' }),
        })
        .meta({ id: 'PaymentOption' }),
    ),
  }),
)

export function toPaymentOptionView({ name, option }: PaymentProvider) {
  return {
    provider: name,
    publishable_key: option.publishableKey,
    flows: [...option.flows],
    return_url_required: option.needsReturnUrl,
    methods: option.methods.map(({ method, instructions }) => ({ method, instructions })),
  }
}

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
