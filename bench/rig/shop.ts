/**
 * The source of the shop's Worker as it is measured: in production, and with the test provider all the same, which opens a
 * session without asking anybody. STAGE dev has that provider too, but checks every answer twice.
 */
export const SHOP_WITH_TEST_PROVIDER = `import { createApp, defaultDeps } from '../../src/app.ts'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import { createTestProvider } from '../../src/features/payments/test/provider.ts'
const providers = (context) => (name) =>
  name === 'test' ? createTestProvider({ ...context, config: { ...context.config, stage: 'dev' } }) : configuredProviders(context)(name)
const app = createApp(defaultDeps({ providers }))
export default { fetch: app.fetch }
`
