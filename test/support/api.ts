import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { createApp, defaultDeps } from '../../src/app.ts'
import type { Bindings } from '../../src/platform/env.ts'
import type { Deps } from '../../src/platform/http/context.ts'
import { testEnv } from './env.ts'
import { seedShop } from './shop.ts'

export interface Answer {
  status: number
  headers: Headers
  // Tests read answers as storefronts do: without types of ours between them and the wire.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any
}

export interface Ask {
  body?: unknown
  /** A session token or a staff key. */
  token?: string | undefined
  /** Idempotency-Key. */
  key?: string
  ifMatch?: string
  headers?: Record<string, string>
}

/** The API as a client sees it: requests in, answers out, against the real bindings in workerd. */
export interface Api {
  get(path: string, ask?: Ask): Promise<Answer>
  post(path: string, body: unknown, ask?: Ask): Promise<Answer>
  put(path: string, body: unknown, ask?: Ask): Promise<Answer>
  patch(path: string, body: unknown, ask?: Ask): Promise<Answer>
  delete(path: string, ask?: Ask): Promise<Answer>
  send(request: Request): Promise<Answer>
  /** POST with the staff key that may do everything. */
  readonly deps: Deps
  readonly bindings: Bindings
}

const ORIGIN = 'http://shop.test'

/**
 * An app of its own with an empty memory, as a new isolate has. Webhooks of the test provider come back to it without
 * a server.
 */
export function createApi(
  overrides: {
    deps?: Partial<Deps>
    bindings?: Partial<Bindings>
    /** Whether an answer is only looked at once the work behind it is done. */
    settle?: boolean
  } = {},
): Api {
  const bindings = { ...testEnv(), ...overrides.bindings }
  // Documents of the search index are made when a test asks for it: most tests count what a request does, or break it.
  const follow = async () => {}
  const deps = defaultDeps({ fetch: (request) => dispatch(request), follow, ...overrides.deps })
  const app = createApp(deps)

  async function dispatch(request: Request): Promise<Response> {
    const execution = createExecutionContext()
    const response = await app.fetch(request, bindings, execution)
    if (overrides.settle ?? true) await waitOnExecutionContext(execution)
    return response
  }

  async function send(request: Request): Promise<Answer> {
    const response = await dispatch(request)
    const text = await response.text()
    const json = response.headers.get('Content-Type')?.includes('json')
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text }
  }

  function request(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    const headers = new Headers(ask.headers)
    if (ask.token !== undefined) headers.set('Authorization', `Bearer ${ask.token}`)
    if (ask.key !== undefined) headers.set('Idempotency-Key', ask.key)
    if (ask.ifMatch !== undefined) headers.set('If-Match', ask.ifMatch)
    const raw = typeof ask.body === 'string'
    if (ask.body !== undefined && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
    const body = ask.body === undefined ? null : raw ? (ask.body as string) : JSON.stringify(ask.body)
    return send(new Request(ORIGIN + path, { method, headers, body }))
  }

  return {
    get: (path, ask) => request('GET', path, ask),
    post: (path, body, ask) => request('POST', path, { ...ask, body }),
    put: (path, body, ask) => request('PUT', path, { ...ask, body }),
    patch: (path, body, ask) => request('PATCH', path, { ...ask, body }),
    delete: (path, ask) => request('DELETE', path, ask),
    send,
    deps,
    bindings,
  }
}

let counter = 0
/** A name nobody else in this run uses. */
export function unique(prefix: string): string {
  counter += 1
  return `${prefix}-${counter}-${crypto.randomUUID().slice(0, 8)}`
}

export interface TestProduct {
  id: string
  handle: string
  sku: string
  variantId: string
}

/** An active product with one variant: 20.00 USD, 19.00 EUR, 3000 JPY. */
export async function makeProduct(
  api: Api,
  {
    onHand = 100,
    policy = 'deny',
    usd = 2000,
    ...fields
  }: { onHand?: number; policy?: string; usd?: number; [field: string]: unknown } = {},
): Promise<TestProduct> {
  const { staffKey } = await seedShop()
  const sku = unique('SKU')
  const prices = [
    { currency: 'USD', amount: usd },
    { currency: 'EUR', amount: 1900 },
    { currency: 'JPY', amount: 3000 },
  ]
  const variants = [{ sku, prices, inventory: { policy, on_hand: onHand } }]
  const product = { title: unique('Product'), status: 'active', variants, ...fields }
  const { status, body } = await api.post('/v1/admin/products', product, { token: staffKey })
  if (status !== 201) throw new Error(`makeProduct: ${status} ${JSON.stringify(body)}`)
  return { id: body.id, handle: body.handle, sku, variantId: body.variants[0].id }
}

export interface Shopper {
  cartId: string
  token: string
  // biome-ignore lint/suspicious/noExplicitAny: the cart as it came over the wire
  cart: any
}

const ADDRESS = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  line1: '1 Analytical Way',
  city: 'Springfield',
  region: 'IL',
  postal_code: '62701',
  country: 'US',
}

/** A shopper with a cart of these lines, ready to be completed. */
export async function makeShopper(
  api: Api,
  lines: readonly { sku: string; quantity: number }[],
  changes: Record<string, unknown> = {},
): Promise<Shopper> {
  const { domesticRateId } = await seedShop()
  const created = await api.post('/v1/carts', { lines })
  if (created.status !== 201) throw new Error(`makeShopper: ${created.status} ${JSON.stringify(created.body)}`)
  const token = created.body.session.access_token
  const details = {
    email: `${unique('ada')}@shop.example`,
    shipping_address: ADDRESS,
    shipping_option_id: domesticRateId,
    ...changes,
  }
  const { status, body } = await api.patch(`/v1/carts/${created.body.id}`, details, { token })
  if (status !== 200) throw new Error(`makeShopper: ${status} ${JSON.stringify(body)}`)
  return { cartId: body.id, token, cart: body }
}

/** Completes a cart with the test provider and a new key, at the total its shopper has seen. */
export function complete(
  api: Api,
  { cartId, token, cart }: Shopper,
  extra: Record<string, unknown> = {},
  key = crypto.randomUUID(),
  headers: Record<string, string> = {},
) {
  const { total, amount_due } = cart.totals
  const due = cart.gift_cards.length > 0 ? { expected_amount_due: amount_due } : {}
  const body = { payment: { provider: 'test', ...extra }, expected_total: total, ...due }
  return api.post(`/v1/carts/${cartId}/complete`, body, { token, key, headers })
}

export interface TestGiftCard {
  id: string
  code: string
  last4: string
}

/** A gift card of so many minor units, in dollars unless `fields` say otherwise. */
export async function makeGiftCard(
  api: Api,
  amount: number,
  { currency = 'USD', ...fields }: { currency?: string; [field: string]: unknown } = {},
): Promise<TestGiftCard> {
  const { staffKey } = await seedShop()
  const body = { amount: { amount, currency }, ...fields }
  const answer = await api.post('/v1/admin/gift-cards', body, { token: staffKey })
  if (answer.status !== 201) throw new Error(`makeGiftCard: ${answer.status} ${JSON.stringify(answer.body)}`)
  const { id, code, last4 } = answer.body
  return { id, code, last4 }
}

/** Puts gift cards into a shopper's cart. @returns the shopper with the cart as it is then. */
export async function addGiftCards(api: Api, shopper: Shopper, cards: readonly TestGiftCard[]): Promise<Shopper> {
  const body = { codes: cards.map(({ code }) => code) }
  const answer = await api.post(`/v1/carts/${shopper.cartId}/gift-cards`, body, { token: shopper.token })
  if (answer.status !== 200) throw new Error(`addGiftCards: ${answer.status} ${JSON.stringify(answer.body)}`)
  return { ...shopper, cart: answer.body }
}

/** What staff see on a card, in minor units. */
export async function balanceOf(api: Api, { id }: { id: string }): Promise<number> {
  const { staffKey } = await seedShop()
  return (await api.get(`/v1/admin/gift-cards/${id}`, { token: staffKey })).body.balance.amount
}

/** Lets the test provider decide, which sends its signed webhook. */
export function pay(api: Api, paymentId: string, outcome = 'succeeded') {
  return api.post(`/v1/test-payments/${paymentId}`, { outcome })
}

/** What is wrong with stock, orders, money and promotions, recomputed from the ledgers. Empty is clean. */
export async function violations(api: Api): Promise<unknown[]> {
  const { staffKey } = await seedShop()
  const parts = 'part=stock&part=orders&part=money&part=promotions'
  return (await api.get(`/v1/admin/integrity?${parts}`, { token: staffKey })).body.violations
}

/** The same with what is derived of the catalog, which takes its time where tests have filled it. */
export async function allViolations(api: Api): Promise<unknown[]> {
  await leaveWhatIsAhead(api)
  return everyViolation(api)
}

/** The same for a test that moves the clock itself. */
export async function everyViolation(api: Api): Promise<unknown[]> {
  const { staffKey } = await seedShop()
  return (await api.get('/v1/admin/integrity', { token: staffKey })).body.violations
}

/**
 * Clocks of other tests run ahead: what they have derived of schedules and sales holds for a later time than this one, and is
 * left to be derived again.
 */
async function leaveWhatIsAhead({ bindings: { DB }, deps }: Api): Promise<void> {
  const now = deps.clock().getTime()
  const isOnSale = 'n.published_at <= ?1 AND n.unpublished_at > ?1'
  const isMissed = `(SELECT min(valid_until) FROM product_prices WHERE product_id = n.product_id AND valid_until > ?1) < n.due_at
    OR n.published_at > ?1 AND n.published_at < n.due_at OR n.unpublished_at > ?1 AND n.unpublished_at < n.due_at`
  await DB.prepare(`INSERT INTO stale_listings (product_id) SELECT n.product_id FROM listed_products AS n
    WHERE n.due_at > ?1 AND (n.on_sale <> (${isOnSale}) OR ${isMissed}) ON CONFLICT DO NOTHING`)
    .bind(now)
    .run()
  // What is after a mark that is ahead has not been looked at for returns: it is all looked at again.
  await DB.prepare("UPDATE sales_counts SET act = ''").run()
}

/** Stock of a SKU as staff see it. */
export async function stockOf(api: Api, sku: string): Promise<{ on_hand: number; held: number; available: number }> {
  const { staffKey } = await seedShop()
  return (await api.get(`/v1/admin/inventory?sku=${sku}`, { token: staffKey })).body.data[0]
}
