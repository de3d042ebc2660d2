import { createApp, defaultDeps } from '../../src/app.ts'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import { createTestProvider } from '../../src/features/payments/test/provider.ts'
import type { Bindings } from '../../src/platform/env.ts'

export type Ask = (method: string, route: string, body: string, headers?: Record<string, string>) => Promise<Response>

/** The shop in this process, against the database of a served one, and with the test provider at any stage. */
export function shopInProcess(bindings: Bindings): Ask {
  const providers: typeof deps.providers = (context) => (name) =>
    name === 'test'
      ? createTestProvider({ ...context, config: { ...context.config, stage: 'dev' } })
      : configuredProviders(context)(name)
  const deps = defaultDeps()
  const app = createApp({ ...deps, providers })
  const execution = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext
  return async (method, route, body, headers = {}) => {
    const all = { 'Content-Type': 'application/json', ...headers }
    return app.fetch(new Request(`http://shop.test${route}`, { method, headers: all, body }), bindings, execution)
  }
}
