import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, stockOf, unique, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import {
  ask,
  type Bought,
  bookOf,
  buy,
  eventOf,
  eventsOf,
  ledgerOf,
  manualApi,
  orderOf,
  outside,
  silence,
  usd,
  withProvider,
} from '../support/money.ts'
import { expectRefusal } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const manual = manualApi()

async function promotion(percent: number): Promise<{ id: string; code: string }> {
  const { staffKey } = await seedShop()
  const code = unique('CODE').toUpperCase()
  const wish = { title: 'Off', method: 'code', codes: [code], effect: { type: 'percent', percent }, usage_limit: 1 }
  const { status, body } = await api.post('/v1/admin/promotions', wish, { token: staffKey })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.id, code }
}

async function usesOf(id: string): Promise<number> {
  const { staffKey } = await seedShop()
  return (await api.get(`/v1/admin/promotions/${id}`, { token: staffKey })).body.used
}

async function actionsOf({ orderId }: Bought): Promise<string[]> {
  const statement = 'SELECT action FROM audit_log WHERE subject_id = ? ORDER BY id'
  const { results } = await testEnv().DB.prepare(statement).bind(orderId).all<{ action: string }>()
  return results.map(({ action }) => action)
}

const cancel = (bought: Bought, body: object = {}, key?: string) => ask(api, bought, 'cancel', body, key)

describe('cancelling an order', () => {
  it('that is paid gives back money, goods and the use of its code, and tells so', async () => {
    const { id, code } = await promotion(10)
    const bought = await buy(api, undefined, { changes: { discount_codes: [code] } })
    expect(await usesOf(id)).toBe(1)
    const { status, body } = await cancel(bought, { reason: 'Found a better one' })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded', fulfillment_status: 'unfulfilled' },
      number: expect.any(Number),
      lines: [{ quantity: 3, refunded_quantity: 3, removed_quantity: 3 }],
      refunds: [{ status: 'succeeded', amount: usd(bought.total), reason: 'order_cancelled' }],
      payments: [{ captured: usd(bought.total), refunded: usd(bought.total) }],
    })
    expect(
      body.timeline.map(({ lifecycle, to, reason }: Record<string, string>) => `${lifecycle} ${to} ${reason}`),
    ).toEqual([
      ...['order pending placed', 'payment pending placed', 'order confirmed paid', 'payment paid paid'],
      ...['order cancelled Found a better one', 'payment refunded refunded'],
    ])
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10, held: 0 })
    expect(await usesOf(id)).toBe(0)
    expect(await bookOf(bought)).toEqual([`refund ${bought.total} succeeded`])
    const since = ['order.cancelled', 'order.refunded']
    expect(await eventsOf(bought)).toEqual(['order.confirmed', 'order.placed', ...since].sort())
    expect(await actionsOf(bought)).toEqual(['order.cancelled'])
    expect(await violations(api)).toEqual([])
  })

  it('may leave its goods where they are', async () => {
    const bought = await buy(api)
    expect((await cancel(bought, { restock: false })).status).toBe(200)
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('that is authorized lets the money go', async () => {
    const bought = await buy(manual)
    const { body } = await ask(manual, bought, 'cancel')
    expect(body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'voided', refunds: [] },
      operations: [{ kind: 'void', status: 'succeeded', reason: 'order_cancelled' }],
    })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10 })
    expectRefusal(await ask(manual, bought, 'capture'), 409, 'capture')
    expect(await violations(api)).toEqual([])
  })

  it('that is captured in part gives that part back and lets the rest go', async () => {
    const bought = await buy(manual)
    await ask(manual, bought, 'capture', { amount: usd(1000) })
    const { body } = await ask(manual, bought, 'cancel')
    expect(body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded' },
      refunds: [{ status: 'succeeded', amount: usd(1000) }],
      operations: [{ kind: 'capture' }, { kind: 'void', status: 'succeeded' }],
    })
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1000, released: 2756, refunded: 1000 })
    expect(await bookOf(bought)).toEqual(['capture 1000 succeeded', 'refund 1000 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('that cost nothing gives its goods and uses back', async () => {
    const { id, code } = await promotion(100)
    const sku = unique('PDF')
    const prices = [usd(900)]
    await makeProduct(api, { variants: [{ sku, prices, requires_shipping: false, inventory: { on_hand: 2 } }] })
    const cart = await api.post('/v1/carts', { email: `${unique('a')}@shop.example`, lines: [{ sku, quantity: 1 }] })
    const token = cart.body.session.access_token
    await api.patch(`/v1/carts/${cart.body.id}`, { discount_codes: [code] }, { token })
    const wish = { expected_total: usd(0) }
    const ordered = await api.post(`/v1/carts/${cart.body.id}/complete`, wish, { token, key: crypto.randomUUID() })
    expect(ordered.body).toMatchObject({ status: 'completed', payment: null })
    expect(await usesOf(id)).toBe(1)
    const { status, body } = await ask(api, { orderId: ordered.body.order.id }, 'cancel')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'paid', refunds: [], operations: [] })
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: 2 })
    expect(await usesOf(id)).toBe(0)
    expect(await violations(api)).toEqual([])
  })

  it('that is pending closes its session and opens its cart again', async () => {
    const bought = await buy(api, {})
    const { body } = await cancel(bought)
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'voided', number: null, refunds: [] })
    expect(body.payments).toMatchObject([{ status: 'closed' }])
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10, held: 0 })
    expect((await outside(api, bought, 'succeeded')).status).toBe(409)
    expect(await actionsOf(bought)).toEqual(['order.cancelled'])
    const again = await complete(api, bought.shopper, { test_outcome: 'succeeded' })
    expect([again.status, again.body.status]).toEqual([200, 'completed'])
    expect(again.body.order.id).not.toBe(bought.orderId)
    expect(await violations(api)).toEqual([])
  })

  it('that turns out to be paid while it was pending gives the money back', async () => {
    const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })
    const bought = await buy(api, {})
    await outside(deaf, bought, 'succeeded')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending' })
    const { status, body } = await cancel(bought)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'refunded', number: expect.any(Number) })
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('that is given back in part gives back the rest', async () => {
    const bought = await buy(api)
    const lines = [{ line_id: bought.lineId, quantity: 1, restock: 'cancel' }]
    await ask(api, bought, 'refunds', { lines, shipping: usd(100) })
    const { body } = await cancel(bought)
    expect(body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded' },
      lines: [{ refunded_quantity: 3, removed_quantity: 3 }],
      refunds: [{ amount: usd(1186) }, { amount: usd(2570) }],
    })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10 })
    expect(await violations(api)).toEqual([])
  })

  it.each([
    ['completed', "UPDATE orders SET status = 'completed', fulfillment_status = 'fulfilled' WHERE id = ?"],
    ['on its way in part', "UPDATE orders SET fulfillment_status = 'partially_fulfilled' WHERE id = ?"],
  ])('that is %s is refused, and nothing changes', async (_, statement) => {
    const bought = await buy(api)
    const { DB } = testEnv()
    const { status, fulfillment_status: shipped } = await orderOf(api, bought)
    await DB.prepare(statement).bind(bought.orderId).run()
    const answer = await cancel(bought)
    expectRefusal(answer, 409, 'too late')
    expect(answer.body.code).toBe('order_not_cancellable')
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0 })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7 })
    await DB.prepare('UPDATE orders SET status = ?, fulfillment_status = ? WHERE id = ?')
      .bind(status, shipped, bought.orderId)
      .run()
  })

  it('twice is refused, unless the key says that it is the first time again', async () => {
    const bought = await buy(api)
    const key = crypto.randomUUID()
    const answers = [await cancel(bought, {}, key), await cancel(bought, {}, key)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[1]?.headers.get('Idempotent-Replayed')).toBe('true')
    expect((await cancel(bought, { reason: 'other' }, key)).body.code).toBe('idempotency_conflict')
    expect((await cancel(bought)).body.code).toBe('order_not_cancellable')
    const { staffKey } = await seedShop()
    const keyless = await api.post(`/v1/admin/orders/${bought.orderId}/cancel`, {}, { token: staffKey })
    expectRefusal(keyless, 400, 'no key')
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
  })
})

describe('a cancelled order whose money does not go well', () => {
  it('is cancelled at once, and recover gives the money back when the provider answers again', async () => {
    const { api: mute } = withProvider(() => ({ refund: silence, void: silence }), manual)
    const [paid, authorized] = [await buy(api), await buy(manual)]
    expect((await ask(mute, paid, 'cancel')).body).toMatchObject({ status: 'cancelled', payment_status: 'paid' })
    expect((await ask(mute, authorized, 'cancel')).body).toMatchObject({ payment_status: 'authorized' })
    expect(await violations(api)).toEqual([])
    await recoverAfter(manual, 1)
    expect(await orderOf(api, paid)).toMatchObject({ payment_status: 'refunded' })
    expect(await orderOf(api, authorized)).toMatchObject({ payment_status: 'voided' })
    expect(await bookOf(paid)).toEqual(['refund 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('captured in the dashboard before the void arrived goes back all the same', async () => {
    const { api: mute } = withProvider(() => ({ void: silence }), manual)
    const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })
    const [whole, part] = [await buy(manual), await buy(manual)]
    for (const bought of [whole, part]) await ask(mute, bought, 'cancel')
    await outside(deaf, whole, 'captured')
    await outside(deaf, part, 'captured', 1000)
    await recoverAfter(manual, 1)
    await recoverAfter(manual, 2)
    expect(await orderOf(api, whole)).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded', refunds: [{ status: 'succeeded', amount: usd(3756) }] },
    })
    expect(await orderOf(api, part)).toMatchObject({ refunds: [{ status: 'succeeded', amount: usd(1000) }] })
    expect(await ledgerOf(part)).toMatchObject({ captured: 1000, released: 2756, refunded: 1000 })
    expect(await violations(api)).toEqual([])
  })

  it('captured in the dashboard, and heard of before the void was tried, goes back', async () => {
    const { api: mute } = withProvider(() => ({ void: silence }), manual)
    const [whole, part] = [await buy(manual), await buy(manual)]
    for (const bought of [whole, part]) await ask(mute, bought, 'cancel')
    await outside(manual, whole, 'captured')
    await outside(manual, part, 'captured', 1000)
    expect(await violations(api)).toEqual([])
    await recoverAfter(manual, 1)
    for (const bought of [whole, part]) {
      expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
    }
    expect(await ledgerOf(part)).toMatchObject({ captured: 1000, released: 2756, refunded: 1000 })
    expect(await violations(api)).toEqual([])
  })

  it('paid late goes back, by recover or whoever is told', async () => {
    const bought = await buy(api, {})
    await cancel(bought)
    await testEnv()
      .DB.prepare("UPDATE test_payments SET status = 'succeeded' WHERE payment_id = ?")
      .bind(bought.paymentId)
      .run()
    const late = eventOf(api, { outcome: 'succeeded', paymentId: bought.paymentId, amount: usd(3756) })
    await Promise.all([late(), late()])
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', refunds: [{ status: 'pending' }] })
    expect(await eventsOf(bought)).toContain('payment.unusable')
    expect(await violations(api)).toEqual([])
    await recoverAfter(api, 1)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'voided', refunds: [{ status: 'succeeded' }] })
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('authorized late is voided', async () => {
    const bought = await buy(api, {})
    await cancel(bought)
    await testEnv()
      .DB.prepare("UPDATE test_payments SET status = 'authorized' WHERE payment_id = ?")
      .bind(bought.paymentId)
      .run()
    await eventOf(api, { outcome: 'authorized', paymentId: bought.paymentId, amount: usd(3756) })()
    expect(await orderOf(api, bought)).toMatchObject({
      operations: [{ kind: 'void', status: 'pending', reason: 'late_payment' }],
    })
    expect(await violations(api)).toEqual([])
    await recoverAfter(api, 1)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'voided', accepted: 0, captured: 0, released: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('authorized and captured in part, late, is voided and given back', async () => {
    const bought = await buy(api, {})
    await cancel(bought)
    const { DB } = testEnv()
    await DB.prepare("UPDATE test_payments SET status = 'authorized' WHERE payment_id = ?").bind(bought.paymentId).run()
    await DB.prepare("INSERT INTO test_payment_entries VALUES (?, 'capture', 'dash', 400, 'succeeded', 0)")
      .bind(bought.paymentId)
      .run()
    const details = { of: usd(3756), final: false }
    await eventOf(api, { outcome: 'captured', paymentId: bought.paymentId, amount: usd(400), details })()
    await eventOf(api, { outcome: 'authorized', paymentId: bought.paymentId, amount: usd(3756) })()
    expect(await violations(api)).toEqual([])
    await recoverAfter(api, 1)
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ kind: 'void', status: 'succeeded' }] })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 400, released: 3356, refunded: 400 })
    expect(await violations(api)).toEqual([])
  })
})
