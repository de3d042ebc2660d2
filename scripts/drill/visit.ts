import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Json, Send } from './ask.ts'

/** How the shopper pays: at once, on the provider's page, there after a first attempt was declined, or never. */
export const WAYS = ['at once', 'on the page', 'declined first', 'walks away'] as const

/** What staff do about an order once it is paid. */
export const SEQUELS = ['nothing', 'refund', 'cancel'] as const
/** What staff give back of an order, in minor units of its currency. */
export const REFUND = 100

/**
 * One shopper's way through the shop, that can be gone again from its beginning: every request has a key of its own, or
 * sets what it set before. What was learned is kept, so that nothing is asked twice that was answered.
 */
export interface Visit {
  readonly way: (typeof WAYS)[number]
  readonly sequel: (typeof SEQUELS)[number]
  readonly lines: readonly { sku: string; quantity: number }[]
  readonly email: string
  readonly keys: Readonly<Record<'cart' | 'declined' | 'complete' | 'staff', string>>
  token: string | null
  cart: Json | null
  orderId: string | null
  outcome: 'paid' | 'refused' | 'left' | null
}

export function newVisit({ way, sequel, lines }: Pick<Visit, 'way' | 'sequel' | 'lines'>): Visit {
  const key = () => crypto.randomUUID()
  const keys = { cart: key(), declined: key(), complete: key(), staff: key() }
  const email = `${keys.cart}@shop.example`
  return { way, sequel, lines, email, keys, token: null, cart: null, orderId: null, outcome: null }
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

// Asked again so often, a second apart, where the answer is to wait.
const PATIENCE = 60

/** Goes on with a visit to its end: an order that is paid, and what staff do about it, or a refusal. @throws {Interrupted} */
export async function goOn(visit: Visit, send: Send, staffKey: string): Promise<void> {
  if (visit.outcome) return
  const { lines, email, keys, way } = visit
  if (!visit.cart) {
    const created = await send('POST', '/v1/carts', { body: { lines, country: 'US' }, key: keys.cart })
    if (isRefusal(created)) {
      visit.outcome = 'refused'
      return
    }
    const { id, session } = must(created, 201)
    const token = session.access_token as string
    await send('PATCH', `/v1/carts/${id}`, { body: { email, shipping_address: ADDRESS }, token })
    const options = must(await send('GET', `/v1/carts/${id}/shipping-options`, { token }), 200)
    const choice = { shipping_option_id: options.data[0].id }
    visit.cart = must(await send('PATCH', `/v1/carts/${id}`, { body: choice, token }), 200)
    visit.token = token
  }
  if (way === 'declined first') await complete(visit, send, keys.declined, { test_outcome: 'declined' })
  const input = way === 'at once' ? { test_outcome: 'succeeded' } : {}
  const answer = await complete(visit, send, keys.complete, input)
  if (isRefusal(answer)) {
    visit.outcome = 'refused'
    return
  }
  // What staff asked for before the kill may have been done: then the key of complete tells of an order that is cancelled.
  const isCancelled = visit.sequel === 'cancel' && answer.body.order?.status === 'cancelled'
  const completion = isCancelled ? answer.body : must(answer, 200)
  if (way === 'walks away') {
    visit.outcome = 'left'
    return
  }
  // The provider delivers its event again until it is answered: asking it again without a key does that.
  if (!isCancelled && completion.status !== 'completed') {
    must(await send('POST', `/v1/test-payments/${completion.payment.id}`, { body: { outcome: 'succeeded' } }), 200)
  }
  const { sequel, orderId, cart } = visit
  if (sequel !== 'nothing') {
    const { currency } = cart.totals.total
    const [action, body] = sequel === 'cancel' ? ['cancel', {}] : ['refunds', { amount: { amount: REFUND, currency } }]
    const asked = await send('POST', `/v1/admin/orders/${orderId}/${action}`, {
      body,
      token: staffKey,
      key: keys.staff,
    })
    if (asked.status >= 300) throw new Error(`${action} answered ${asked.status}: ${JSON.stringify(asked.body)}`)
  }
  visit.outcome = 'paid'
}

/** Completes, and asks again by the same key while the answer is to wait. */
async function complete(visit: Visit, send: Send, key: string, input: Record<string, unknown>): Promise<Answer> {
  const { cart, token } = visit
  const body = { payment: { provider: 'test', ...input }, expected_total: cart.totals.total }
  for (let tries = 1; ; tries += 1) {
    const answer = await send('POST', `/v1/carts/${cart.id}/complete`, { body, token: token ?? '', key })
    visit.orderId = answer.body.order?.id ?? visit.orderId
    const waits = answer.status === 202 || answer.body.code === 'idempotency_in_flight'
    if (!waits || tries === PATIENCE) return answer
    await wait(1000)
  }
}

function isRefusal({ status, body }: Answer): boolean {
  return status === 409 && (body.code === 'out_of_stock' || body.code === 'cart_changed')
}

function must({ status, body }: Answer, expected: number): Json {
  if (status !== expected) throw new Error(`answered ${status} instead of ${expected}: ${JSON.stringify(body)}`)
  return body
}
