import type { Context } from '../../platform/http/context.ts'
import { problemResponse } from '../../platform/http/problem.ts'
import { type Reply, route } from '../../platform/http/route.ts'
import { CartParams } from '../cart/inputs.ts'
import { mustFindCart } from '../cart/load.ts'
import { PROVIDER_NAMES } from '../payments/providers.ts'
import { sessionOf } from '../sessions/guest.ts'
import { replayCompletion } from './answered.ts'
import { complete } from './complete.ts'
import type { Completion } from './completion.ts'
import {
  CompleteInput,
  CompletionView,
  PaymentOptionsView,
  statusOf,
  toCompletionView,
  toPaymentOptionView,
} from './contract.ts'
import { takesCurrency } from './refuse-payment.ts'

function answer({ requestId }: Context, completion: Completion): Reply | Response {
  const status = statusOf(completion)
  const view = toCompletionView(completion)
  const headers: Record<string, string> = completion.replayed ? { 'Idempotent-Replayed': 'true' } : {}
  // Not thrown: a declined payment is an outcome that is stored and replayed, not a refusal without effect.
  if (status === 'declined') return problemResponse('payment_declined', requestId, { headers, members: view })
  if (status === 'closed') return problemResponse('payment_closed', requestId, { headers, members: view })
  return { status: status === 'processing' ? 202 : 200, body: { status, ...view }, headers }
}

export const checkoutRoutes = [
  route(
    {
      id: 'listPaymentOptions',
      method: 'get',
      path: '/v1/carts/:cart/payment-options',
      summary: 'Payment providers that can be used now, in the cart’s currency, with what a storefront needs for each',
      access: 'session',
      limit: 'cart',
      params: CartParams,
      returns: PaymentOptionsView,
      problems: ['cart_not_found', 'cart_gone'],
    },
    async (context, { params }) => {
      const { cart } = await mustFindCart(context, params.cart)
      const configured = PROVIDER_NAMES.flatMap((name) => context.provider(name) ?? [])
      const usable = configured.filter((provider) => takesCurrency(provider, cart.currency))
      return { body: { data: usable.map(toPaymentOptionView) } }
    },
  ),
  route(
    {
      id: 'completeCart',
      method: 'post',
      path: '/v1/carts/:cart/complete',
      summary: 'Order the cart and pay: once, however often it is asked',
      access: 'session',
      limit: 'checkout',
      params: CartParams,
      body: CompleteInput,
      returns: CompletionView,
      statuses: [200, 202],
      keyRequired: true,
      problems: [
        'payment_declined',
        'payment_attempts_exceeded',
        'cart_not_found',
        'cart_gone',
        'cart_empty',
        'cart_incomplete',
        'cart_changed',
        'cart_conflict',
        'version_mismatch',
        'out_of_stock',
        'quantity_not_allowed',
        'payment_closed',
        'provider_unavailable',
      ],
      replay: async (context, resourceId) =>
        answer(context, await replayCompletion(context, resourceId, sessionOf(context).ownerId)),
    },
    async (context, { params, body, ifMatch, request }) => {
      const { provider, ...input } = body.payment ?? { provider: '' }
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
      const payment = body.payment ? { provider, input: given as Record<string, string> } : null
      const address = request.headers.get('CF-Connecting-IP')
      const expected = { total: body.expected_total, amountDue: body.expected_amount_due ?? null }
      return answer(context, await complete(context, params.cart, { payment, expected, ifMatch, address }))
    },
  ),
]
