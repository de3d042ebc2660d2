import { signTestEvent } from '../../src/features/payments/test-provider.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import type { Route } from '../../src/platform/http/route.ts'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from './api.ts'
import { type Shop, seedShop } from './shop.ts'

/** What samples are made in: a product nobody else sells, under a vendor's name and tag that nobody else has. */
export interface World {
  api: Api
  shop: Shop
  product: TestProduct
  vendor: string
}

/** One request as its rightful caller sends it. */
export interface Call {
  path: string
  /** An object is sent as JSON, a string as it is. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** The owner's session token or a staff key; absent where the route asks for none. */
  token?: string
  /** A read that shows what the call would change: its answer is the same before and after a call that is refused. */
  witness?: { path: string; token: string }
  /** The owner's e-mail, which nobody else's answer may contain. */
  email?: string
  /** The status that is right for this call, where it is not the usual one of its route. */
  status?: number
}

type Sample = (world: World) => Call | Promise<Call>

export async function makeWorld(api = createApi()): Promise<World> {
  const vendor = unique('Vendor')
  return { api, shop: await seedShop(), vendor, product: await makeProduct(api, { vendor, tags: [vendor] }) }
}

/** One call for every route, by its id; `<id>/<variant>` is another call of that route. */
export const samples: Readonly<Record<string, Sample>> = {
  getHealth: () => ({ path: '/healthz' }),
  getReadiness: () => ({ path: '/readyz' }),
  getJwks: () => ({ path: '/.well-known/jwks.json' }),

  listProducts: ({ vendor }) => ({ path: `/v1/products?vendor=${vendor}` }),
  'listProducts/newest': () => ({ path: '/v1/products?limit=1' }),
  'listProducts/tagged': ({ vendor }) => ({ path: `/v1/products?tag=${vendor}` }),
  getProduct: ({ product }) => ({ path: `/v1/products/${product.handle}` }),
  listCollections: () => ({ path: '/v1/collections' }),
  getCollection: () => ({ path: '/v1/collections/everything' }),
  listMarkets: () => ({ path: '/v1/markets' }),

  renewGuestSession: async (world) => ({ path: '/v1/sessions/guest/renew', token: (await shopper(world)).token }),
  endSession: async (world) => ({ path: '/v1/sessions/current', token: (await shopper(world)).token }),

  createCart: ({ product }) => ({ path: '/v1/carts', body: { lines: [{ sku: product.sku, quantity: 1 }] } }),
  getCart: async (world) => ofCart(await shopper(world), ''),
  updateCart: async (world) => ofCart(await shopper(world), '', { note: 'Ring twice', metadata: { gift: 'yes' } }),
  addLines: async (world) =>
    ofCart(await shopper(world), '/lines', {
      lines: [{ sku: world.product.sku, quantity: 1, attributes: { engraving: 'Ada' } }],
    }),
  setLines: async (world) => {
    const owner = await shopper(world)
    return ofCart(owner, '/lines', { lines: [{ id: owner.cart.lines[0].id, quantity: 1 }] })
  },
  removeLine: async (world) => {
    const owner = await shopper(world)
    return ofCart(owner, `/lines/${owner.cart.lines[0].id}`)
  },
  listShippingOptions: async (world) => ofCart(await shopper(world), '/shipping-options'),
  listPaymentOptions: async (world) => ofCart(await shopper(world), '/payment-options'),
  completeCart: async (world) => {
    const owner = await shopper(world)
    const payment = { provider: 'test', return_url: 'https://shop.example/thanks' }
    const call = ofCart(owner, '/complete', { payment, expected_total: owner.cart.totals.total })
    return { ...call, headers: { 'Idempotency-Key': crypto.randomUUID() } }
  },

  listOrders: async (world) => {
    const { owner } = await order(world, { test_outcome: 'succeeded' })
    return { path: '/v1/orders', token: owner.token, email: owner.cart.email }
  },
  getOrder: async (world) => {
    const { owner, orderId } = await order(world)
    const path = `/v1/orders/${orderId}`
    return { path, token: owner.token, email: owner.cart.email, witness: { path, token: owner.token } }
  },

  showTestPayment: async (world) => ({ path: `/v1/test-payments/${(await order(world)).paymentId}` }),
  decideTestPayment: async (world) => {
    const { owner, orderId, paymentId } = await order(world)
    const witness = { path: `/v1/orders/${orderId}`, token: owner.token }
    return { path: `/v1/test-payments/${paymentId}`, body: { outcome: 'succeeded' }, witness }
  },
  receiveWebhook: paidEvent,
  'receiveWebhook/forged': async (world) => {
    const call = await paidEvent(world)
    return { ...call, headers: { ...call.headers, 'webhook-signature': `v1,${btoa('x'.repeat(32))}` }, status: 401 }
  },

  createProduct: ({ shop }) => ({
    path: '/v1/admin/products',
    token: shop.staffKey,
    body: {
      title: unique('Mug'),
      status: 'active',
      tags: ['mugs'],
      seo: { title: 'Mug' },
      metadata: { material: 'enamel' },
      images: [{ url: 'https://shop.example/mug.jpg', alt: 'A mug' }],
      variants: [
        { sku: unique('MUG'), prices: [{ amount: 1200, currency: 'USD' }], inventory: { policy: 'deny', on_hand: 3 } },
      ],
    },
  }),
  listAdminProducts: ({ shop }) => ({ path: '/v1/admin/products?limit=1', token: shop.staffKey }),
  getAdminProduct: ({ shop, product }) => ({ path: `/v1/admin/products/${product.id}`, token: shop.staffKey }),
  updateProduct: ({ shop, product }) => {
    const path = `/v1/admin/products/${product.id}`
    const body = { title: unique('Product'), metadata: { season: 'winter' } }
    return { path, token: shop.staffKey, body, witness: { path, token: shop.staffKey } }
  },

  listInventory: ({ shop, product }) => ({ path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey }),
  adjustInventory: ({ shop, product }) => ({
    path: '/v1/admin/inventory/adjustments',
    token: shop.staffKey,
    body: { sku: product.sku, delta: 5, reason: 'counted' },
    witness: { path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey },
  }),

  createPromotion: ({ shop }) => ({
    path: '/v1/admin/promotions',
    token: shop.staffKey,
    body: {
      title: 'Ten percent',
      method: 'code',
      codes: [unique('TEN')],
      effect: { type: 'percent', percent: 10 },
      conditions: { minimum_subtotal: [{ amount: 1000, currency: 'USD' }] },
      usage_limit: 100,
    },
  }),
  listPromotions: async (world) => {
    await promotion(world)
    return { path: '/v1/admin/promotions?limit=1', token: world.shop.staffKey }
  },
  getPromotion: async (world) => ({
    path: `/v1/admin/promotions/${await promotion(world)}`,
    token: world.shop.staffKey,
  }),
  updatePromotion: async (world) => {
    const path = `/v1/admin/promotions/${await promotion(world)}`
    const token = world.shop.staffKey
    return { path, token, body: { title: 'Later', status: 'paused' }, witness: { path, token } }
  },

  listAdminOrders: async (world) => {
    const { owner } = await order(world)
    return { path: '/v1/admin/orders?limit=1', token: world.shop.staffKey, email: owner.cart.email }
  },
  getAdminOrder: async (world) => {
    const { owner, orderId } = await order(world)
    return { path: `/v1/admin/orders/${orderId}`, token: world.shop.staffKey, email: owner.cart.email }
  },

  listWebhookEvents: async (world) => {
    await unmatchedEvent(world)
    return { path: '/v1/admin/webhook-events?limit=1', token: world.shop.staffKey }
  },
  replayWebhookEvent: async (world) => ({
    path: `/v1/admin/webhook-events/${await unmatchedEvent(world)}/replay`,
    token: world.shop.staffKey,
  }),
  importProducts: ({ shop }) => ({ path: '/v1/admin/imports', ...csvOf(shop) }),
  'importProducts/dry_run': ({ shop }) => ({ path: '/v1/admin/imports?dry_run=true', ...csvOf(shop), status: 200 }),
  checkIntegrity: ({ shop }) => ({ path: '/v1/admin/integrity', token: shop.staffKey }),
}

/** A new call of a route. @throws {Error} when nobody has written a sample of it. */
export async function sampleOf(id: string, world: World): Promise<Call> {
  const sample = samples[id]
  if (!sample) throw new Error(`no sample of the route ${id} in test/support/samples.ts`)
  return sample(world)
}

export function toRequest({ method }: Pick<Route, 'method'>, { path, body, token, headers = {} }: Call): Request {
  const sent = new Headers(headers)
  if (token !== undefined) sent.set('Authorization', `Bearer ${token}`)
  if (body !== undefined && !sent.has('Content-Type')) sent.set('Content-Type', 'application/json')
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(`http://shop.test${path}`, { method: method.toUpperCase(), headers: sent, body: text ?? null })
}

export function perform(api: Api, route: Pick<Route, 'method'>, call: Call): Promise<Answer> {
  return api.send(toRequest(route, call))
}

function shopper({ api, product }: World): Promise<Shopper> {
  return makeShopper(api, [{ sku: product.sku, quantity: 2 }])
}

function ofCart({ cartId, token, cart }: Shopper, rest: string, body?: unknown): Call {
  const path = `/v1/carts/${cartId}`
  return { path: path + rest, body, token, email: cart.email, witness: { path, token } }
}

/** An order that waits for its payment, unless `payment` says otherwise. */
async function order(world: World, payment: { test_outcome?: string } = {}) {
  const owner = await shopper(world)
  const { status, body } = await complete(world.api, owner, payment)
  if (status !== 200) throw new Error(`sample order: ${status} ${JSON.stringify(body)}`)
  return { owner, orderId: String(body.order.id), paymentId: String(body.payment.id), total: body.order.totals.total }
}

function signed(api: Api, paymentId: string, amount: { amount: number; currency: string }) {
  const id = unique('evt')
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  return { id, ...signTestEvent(secret, { id, outcome: 'succeeded', paymentId, amount }, new Date()) }
}

async function paidEvent(world: World): Promise<Call> {
  const { owner, orderId, paymentId, total } = await order(world)
  const { body, headers } = signed(world.api, paymentId, total)
  const witness = { path: `/v1/orders/${orderId}`, token: owner.token }
  return { path: '/v1/webhooks/test', body, headers, witness, email: owner.cart.email }
}

/** An event of a payment that was never ours. @returns its id. */
async function unmatchedEvent({ api, shop }: World): Promise<string> {
  const paymentId = createMint(new Date(), cryptoRandom)('payment')
  const { id, body, headers } = signed(api, paymentId, { amount: 100, currency: 'USD' })
  await api.post('/v1/webhooks/test', body, { headers })
  const events = (await api.get('/v1/admin/webhook-events?limit=100', { token: shop.staffKey })).body.data
  return events.find((event: { event_id: string }) => event.event_id === id).id
}

function csvOf({ staffKey }: Shop) {
  const heading = 'Handle,Title,Vendor,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price'
  const line = `${unique('import')},Imported,Import,${unique('IMP')},shopify,5,10.00`
  return { token: staffKey, body: `${heading}\n${line}\n`, headers: { 'Content-Type': 'text/csv' } }
}

async function promotion({ api, shop }: World): Promise<string> {
  const body = {
    title: 'Five percent',
    method: 'code',
    codes: [unique('FIVE')],
    effect: { type: 'percent', percent: 5 },
  }
  return (await api.post('/v1/admin/promotions', body, { token: shop.staffKey })).body.id
}
