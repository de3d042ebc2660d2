import type { Hono } from 'hono'
import { HonoBase } from 'hono/hono-base'
import { TrieRouter } from 'hono/router/trie-router'
import { cartRoutes } from './features/cart/routes.ts'
import { catalogAdminRoutes } from './features/catalog/admin.ts'
import { priceRoutes } from './features/catalog/prices.ts'
import { catalogRoutes } from './features/catalog/routes.ts'
import { productTranslationRoutes } from './features/catalog/translations.ts'
import { categoryAdminRoutes } from './features/categories/admin.ts'
import { categoryRoutes } from './features/categories/routes.ts'
import { reopenCart } from './features/checkout/abandon.ts'
import { checkoutAdminRoutes } from './features/checkout/admin.ts'
import { checkoutRoutes } from './features/checkout/routes.ts'
import { collectionAdminRoutes } from './features/collections/admin.ts'
import { collectionRoutes } from './features/collections/routes.ts'
import { customFieldAdminRoutes } from './features/custom-fields/admin.ts'
import { customerAdminRoutes } from './features/customers/admin.ts'
import { feedRoutes } from './features/feeds/routes.ts'
import { giftCardAdminRoutes } from './features/giftcards/admin.ts'
import { importAdminRoutes } from './features/imports/admin.ts'
import { integrityAdminRoutes } from './features/integrity/admin.ts'
import { inventoryAdminRoutes } from './features/inventory/admin.ts'
import { marketAdminRoutes } from './features/markets/admin.ts'
import { marketRoutes } from './features/markets/routes.ts'
import { orderAdminRoutes } from './features/orders/admin.ts'
import { orderRoutes } from './features/orders/routes.ts'
import { configuredProviders, providerFaults } from './features/payments/providers.ts'
import { testPaymentRoutes } from './features/payments/test/routes.ts'
import { priceAdminRoutes } from './features/prices/admin.ts'
import { promotionAdminRoutes } from './features/promotions/admin.ts'
import { searchRoutes } from './features/search/routes.ts'
import { searchIndexRoutes } from './features/search-index/admin.ts'
import { drainBehind } from './features/search-index/drain.ts'
import { synonymAdminRoutes } from './features/search-settings/admin.ts'
import { pinAdminRoutes } from './features/search-settings/pin-admin.ts'
import { authenticate } from './features/sessions/authenticate.ts'
import { sessionRoutes } from './features/sessions/routes.ts'
import { shippingAdminRoutes } from './features/shipping/admin.ts'
import { callbackCarrier } from './features/shipping/callback-carrier.ts'
import { taxAdminRoutes } from './features/tax/admin.ts'
import { callbackTax } from './features/tax/callback-tax.ts'
import { webhookAdminRoutes } from './features/webhooks-in/admin.ts'
import { webhookRoutes } from './features/webhooks-in/routes.ts'
import { Memory } from './platform/cache/memory.ts'
import { purgeFront } from './platform/cache/purge.ts'
import { cryptoRandom } from './platform/crypto/mint.ts'
import type { Bindings } from './platform/env.ts'
import type { Deps } from './platform/http/context.ts'
import { preflight, refuseFault, refuseMethod, refusePath } from './platform/http/fallback.ts'
import { healthRoutes } from './platform/http/health.ts'
import { sendHotFirst } from './platform/http/hot-answer.ts'
import type { Route } from './platform/http/route.ts'
import { serve } from './platform/http/serve.ts'
import { Outside } from './platform/outside.ts'

/** Every route of the API. openapi.json, the access matrix and the budget table are made from this list. */
export const routes: readonly Route[] = [
  ...healthRoutes(providerFaults),
  ...searchRoutes,
  ...catalogRoutes,
  ...priceRoutes,
  ...collectionRoutes,
  ...categoryRoutes,
  ...marketRoutes,
  ...feedRoutes(),
  ...sessionRoutes,
  ...cartRoutes(reopenCart),
  ...checkoutRoutes,
  ...orderRoutes,
  ...testPaymentRoutes,
  ...webhookRoutes,
  ...catalogAdminRoutes,
  ...productTranslationRoutes,
  ...collectionAdminRoutes,
  ...categoryAdminRoutes,
  ...customFieldAdminRoutes,
  ...synonymAdminRoutes,
  ...pinAdminRoutes,
  ...priceAdminRoutes,
  ...marketAdminRoutes,
  ...customerAdminRoutes,
  ...inventoryAdminRoutes,
  ...promotionAdminRoutes,
  ...giftCardAdminRoutes,
  ...shippingAdminRoutes,
  ...taxAdminRoutes,
  ...orderAdminRoutes,
  ...checkoutAdminRoutes,
  ...webhookAdminRoutes,
  ...importAdminRoutes,
  ...searchIndexRoutes,
  ...integrityAdminRoutes,
]

/** What the Worker is made with; tests bring their own clock, chance and outside world. */
export function defaultDeps(overrides: Partial<Deps> = {}): Deps {
  return {
    clock: () => new Date(),
    random: cryptoRandom,
    memory: new Memory(),
    outside: new Outside(),
    fetch: (request) => fetch(request),
    providerTimeLimitMs: 10_000,
    providers: configuredProviders,
    carrier: callbackCarrier,
    taxProvider: callbackTax,
    follow: drainBehind,
    purgeFront,
    ...overrides,
  }
}

export function createApp(deps: Deps): Hono<{ Bindings: Bindings }> {
  // Hono's other routers do not take paths like ours, of which one names what is an id in another. By itself it would keep
  // them, try them at the first request, and then take this one.
  const app = new HonoBase<{ Bindings: Bindings }>({ router: new TrieRouter() })
  const byPath = Map.groupBy(routes, ({ path }) => path)
  for (const [path, here] of byPath) {
    for (const route of here) app.on(route.method.toUpperCase(), path, serve(route, deps, authenticate))
    app.options(path, preflight(here))
    app.all(path, refuseMethod(here, deps))
  }
  app.notFound(refusePath(deps))
  app.onError(refuseFault(deps))
  app.fetch = sendHotFirst(app.fetch, deps) as typeof app.fetch
  return app
}
