import { expect } from 'vitest'
import type { PaymentProvider } from '../../src/domain/provider.ts'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import { signTestEvent, type TestEvent } from '../../src/features/payments/test/events.ts'
import { type Answer, type Api, complete, createApi, makeProduct, makeShopper, type Shopper, unique } from './api.ts'
import { testEnv } from './env.ts'
import { seedShop } from './shop.ts'

export const usd = (amount: number) => ({ amount, currency: 'USD' })

/** A shop whose staff capture when they ship. */
export const manualApi = () => createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })

/** A shop whose test provider does some things otherwise. `asked` counts what it was asked, by method. */
export function withProvider(change: (provider: PaymentProvider) => Partial<PaymentProvider>, base = createApi()) {
  const asked: Record<string, number> = {}
  const count = (name: string) => {
    asked[name] = (asked[name] ?? 0) + 1
  }
  const api = createApi({
    bindings: { ...base.bindings, LOG_LEVEL: 'off' },
    deps: {
      providers: (context) => (name) => {
        const provider = configuredProviders(context)(name)
        if (!provider) return null
        const changed = { ...provider, ...change(provider) }
        return {
          ...changed,
          capture(...call) {
            count('capture')
            return changed.capture(...call)
          },
          void(...call) {
            count('void')
            return changed.void(...call)
          },
          refund(...call) {
            count('refund')
            return changed.refund(...call)
          },
        }
      },
    },
  })
  return { api, asked }
}

export const silence = async (): Promise<never> => {
  throw new Error('the provider does not answer')
}

export interface Bought {
  orderId: string
  paymentId: string
  shopper: Shopper
  sku: string
  /** The first line's. */
  lineId: string
  /** Minor units. */
  total: number
}

/**
 * Three pieces at 10.05 with 8 % on top, shipping 5.00: a line of 32.56, whose pieces are 10.86, 10.85 and 10.85; 37.56 in
 * all. Paid where the shop captures by itself, authorized where it does not; `payment` may say otherwise.
 */
export async function buy(
  api: Api,
  payment: Record<string, unknown> = { test_outcome: 'succeeded' },
  {
    quantity = 3,
    onHand = 10,
    changes = {},
    prepare = async (shopper) => shopper,
  }: {
    quantity?: number
    onHand?: number
    changes?: object
    /** What the shopper does before they order. */
    prepare?: (shopper: Shopper) => Promise<Shopper>
  } = {},
): Promise<Bought> {
  const { sku } = await makeProduct(api, { onHand, usd: 1005 })
  const shopper = await prepare(await makeShopper(api, [{ sku, quantity }], { ...changes }))
  const { status, body } = await complete(api, shopper, payment)
  expect(status, JSON.stringify(body)).toBe(200)
  const { id: orderId, lines, totals } = body.order
  const paymentId = body.payment.id
  return { orderId, paymentId, shopper, sku, lineId: lines[0].id, total: totals.total.amount }
}

/** The order as staff see it. */
// biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
export async function orderOf(api: Api, { orderId }: { orderId: string }): Promise<any> {
  const { staffKey } = await seedShop()
  const { status, body } = await api.get(`/v1/admin/orders/${orderId}`, { token: staffKey })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** What staff ask of an order, with a key of its own. */
export async function ask(
  api: Api,
  { orderId }: { orderId: string },
  action: 'capture' | 'void' | 'refunds' | 'cancel',
  body: unknown = {},
  key: string = crypto.randomUUID(),
): Promise<Answer> {
  const { staffKey } = await seedShop()
  return api.post(`/v1/admin/orders/${orderId}/${action}`, body, { token: staffKey, key })
}

/** What staff do in the provider's dashboard, or a bank. */
export function outside(api: Api, { paymentId }: { paymentId: string }, outcome: string, amount?: number) {
  return api.post(`/v1/test-payments/${paymentId}`, { outcome, ...(amount === undefined ? {} : { amount }) })
}

/** A signed event, yet to be delivered. */
export function eventOf(api: Api, event: Omit<TestEvent, 'id'>, id = unique('evt')): () => Promise<Answer> {
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  const signed = signTestEvent(secret, { id, ...event }, new Date())
  return async () => {
    const { body, headers } = await signed
    return api.post('/v1/webhooks/test', body, { headers })
  }
}

/** The payment's sums and every move of its ledger, the oldest first. */
export async function ledgerOf({ paymentId }: { paymentId: string }) {
  const db = testEnv().DB
  const sums = await db
    .prepare('SELECT status, captured, released, refunded, disputed, accepted FROM payments WHERE id = ?')
    .bind(paymentId)
    .first<Record<string, string | number>>()
  const { results } = await db
    .prepare('SELECT to_status, captured, released, refunded FROM payment_moves WHERE payment_id = ? ORDER BY seq')
    .bind(paymentId)
    .all<{ to_status: string; captured: number; released: number; refunded: number }>()
  const moves = results.map((move) => `${move.to_status} +${move.captured} ~${move.released} -${move.refunded}`)
  return { ...sums, moves }
}

/** What the provider's own book says was taken and given back: `capture 400 succeeded`, in the order of their ids. */
export async function bookOf({ paymentId }: { paymentId: string }): Promise<string[]> {
  const { results } = await testEnv()
    .DB.prepare(
      'SELECT kind, amount, status FROM test_payment_entries WHERE payment_id = ? ORDER BY kind, at, reference',
    )
    .bind(paymentId)
    .all<{ kind: string; amount: number; status: string }>()
  return results.map(({ kind, amount, status }) => `${kind} ${amount} ${status}`)
}

/** Topics told of the order and its payments and not yet relayed, in alphabetical order: events of one moment have none. */
export async function eventsOf({ orderId }: { orderId: string }): Promise<string[]> {
  const { results } = await testEnv()
    .DB.prepare(
      'SELECT topic FROM outbox WHERE subject_id = ?1 OR subject_id IN (SELECT id FROM payments WHERE order_id = ?1) ORDER BY topic',
    )
    .bind(orderId)
    .all<{ topic: string }>()
  return results.map(({ topic }) => topic)
}

/**
 * Something that staff do in the provider's dashboard, or a bank: entered there, and told by an event that is still on its
 * way. Null where the provider refuses.
 */
export async function eventFromOutside(paymentId: string, outcome: string, amount?: number): Promise<Request | null> {
  const events: Request[] = []
  const sender = createApi({
    deps: {
      fetch: async (request) => {
        events.push(request.clone() as Request)
        return new Response(null, { status: 503 })
      },
    },
  })
  const { status } = await outside(sender, { paymentId }, outcome, amount)
  const [event] = events
  return status === 200 && event ? event : null
}

/** Money as our ledger has it, and as the provider's own book has it. */
export async function booksOf({ paymentId }: { paymentId: string }) {
  const db = testEnv().DB
  const ours = db.prepare(`SELECT captured, refunded, (SELECT coalesce(sum(amount), 0) FROM refunds
    WHERE payment_id = p.id AND status = 'pending') AS pending FROM payments AS p WHERE id = ?`)
  const theirs =
    db.prepare(`SELECT CASE WHEN t.status = 'succeeded' AND c.captured = 0 THEN p.amount ELSE c.captured END AS captured,
      (SELECT coalesce(sum(amount), 0) FROM test_payment_entries WHERE payment_id = p.id AND kind = 'refund'
        AND status = 'succeeded') AS refunded, 0 AS pending
    FROM payments AS p JOIN test_payments AS t ON t.payment_id = p.id,
      (SELECT coalesce(sum(amount), 0) AS captured FROM test_payment_entries WHERE payment_id = ?1 AND kind = 'capture') AS c
    WHERE p.id = ?1`)
  return { ours: await ours.bind(paymentId).first(), theirs: await theirs.bind(paymentId).first() }
}

/** Ships so many more of the first line's pieces. */
export async function ship(api: Api, { orderId, lineId }: Bought, quantity: number): Promise<void> {
  const { staffKey: token } = await seedShop()
  const wish = { lines: [{ line_id: lineId, quantity }] }
  const { status, body } = await api.post(`/v1/admin/orders/${orderId}/fulfillments`, wish, { token })
  expect(status, JSON.stringify(body)).toBe(201)
}
