import type { PaymentProvider } from '../../domain/provider.ts'
import type { Bindings } from '../../platform/env.ts'
import type { Context } from '../../platform/http/context.ts'
import type { Adapter } from './adapter.ts'
import { adyenAdapter } from './adyen/provider.ts'
import { manualAdapter } from './manual/provider.ts'
import { mollieAdapter } from './mollie/provider.ts'
import { payPalAdapter } from './paypal/provider.ts'
import { standardWebhooksAdapter } from './standard-webhooks/provider.ts'
import { stripeAdapter } from './stripe/provider.ts'
import { testAdapter } from './test/provider.ts'

/** Every provider there is, in the order in which payment-options lists them. The next one is a folder and a line here. */
const ADAPTERS: readonly Adapter[] = [
  stripeAdapter,
  payPalAdapter,
  adyenAdapter,
  mollieAdapter,
  manualAdapter,
  standardWebhooksAdapter,
  testAdapter,
]

const byName = new Map(ADAPTERS.map((adapter) => [adapter.name, adapter]))

/** The configured payment providers of one request, by name. */
export function configuredProviders(context: Context): (name: string) => PaymentProvider | null {
  return (name) => byName.get(name)?.create(context) ?? null
}

/** Names that may be configured, for payment-options. */
export const PROVIDER_NAMES: readonly string[] = [...byName.keys()]

/** What is wrong with the settings of payment providers, for /readyz and the log: it must not be found out by a shopper. */
export function providerFaults(bindings: Bindings): readonly string[] {
  return ADAPTERS.flatMap(({ faults }) => faults(bindings))
}
