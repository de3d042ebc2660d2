import type { Money } from '../../domain/money.ts'
import { PAYMENT_FLOWS, type PaymentFlow, type PaymentProvider } from '../../domain/provider.ts'
import { isReturnUrl } from '../../domain/return-url.ts'
import type { Config } from '../../platform/env.ts'
import { invalid } from '../../platform/http/problem.ts'
import type { PaymentWish } from './new-order.ts'

/**
 * What must hold of a wish to pay before anything is written: that a shopper is only ever sent back to the shop, and that the
 * provider can do what is asked of it.
 * @param amount what is due.
 * @throws {Problem} invalid_request with the field's pointer.
 */
export function refusePayment(
  { returnOrigins }: Pick<Config, 'returnOrigins'>,
  provider: PaymentProvider,
  { input }: PaymentWish,
  amount: Money,
): void {
  const { return_url: returnUrl = null, cancel_url: cancelUrl = null, ...rest } = input
  for (const [field, url] of Object.entries({ return_url: returnUrl, cancel_url: cancelUrl })) {
    if (url === null || isReturnUrl(url, returnOrigins)) continue
    throw invalid(`/payment/${field}`, 'is not at an origin of this shop; the operator lists them in RETURN_ORIGINS')
  }
  const { flows, needsReturnUrl } = provider.option
  const flow = PAYMENT_FLOWS.find((known) => known === rest.flow)
  if (flow && !flows.includes(flow)) throw invalid('/payment/flow', `must be one of ${flows.join(', ') || 'none'}`)
  if (needsReturnUrl && flowOf(provider, rest) === 'redirect' && returnUrl === null) {
    throw invalid('/payment/return_url', 'is required: the shopper comes back there from the page of the provider')
  }
  const fault = provider.refuse({ amount, returnUrl, cancelUrl, input: rest })
  if (fault) throw invalid(`/payment/${fault.field}`, fault.detail)
}

/** Whether a provider takes a currency at all; an amount of it may still be too fine for it. */
export function takesCurrency(provider: PaymentProvider, currency: string): boolean {
  const nothing = { amount: { amount: 0, currency }, returnUrl: null, cancelUrl: null, input: {} }
  return provider.refuse(nothing)?.field !== 'provider'
}

/** The flow that was asked for, or the provider's first. */
function flowOf({ option }: PaymentProvider, input: Readonly<Record<string, string>>): PaymentFlow | undefined {
  return option.flows.find((flow) => flow === input.flow) ?? option.flows[0]
}
