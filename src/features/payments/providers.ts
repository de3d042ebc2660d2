import type { PaymentProvider } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { createTestProvider } from './test-provider.ts'

/** The configured payment providers of one request, by name. The next one is a file and a line here. */
export function configuredProviders(context: Context): (name: string) => PaymentProvider | null {
  return (name) => {
    if (name === 'test') return createTestProvider(context)
    return null
  }
}

/** Names that may be configured, for payment-options. */
export const PROVIDER_NAMES = ['test'] as const
