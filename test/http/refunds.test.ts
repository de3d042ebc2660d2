import { describe, expect, it } from 'vitest'
import { createApi, stockOf, violations } from '../support/api.ts'
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
  ship,
  silence,
  usd,
  withProvider,
} from '../support/money.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const manual = manualApi()

const refund = (bought: Bought, body: object, key?: string) => ask(api, bought, 'refunds', body, key)
const piecesOf = ({ lineId }: Bought, quantity: number, restock?: string) => ({
  lines: [{ line_id: lineId, quantity, ...(restock ? { restock } : {}) }],
})

describe('a refund', () => {
  it('by piece gives each its share of what the line was paid with, the odd cents first', async () => {
    const bought = await buy(api)
    const first = await refund(bought, { ...piecesOf(bought, 1), reason: 'damaged', note: 'A chip.' })
    expect(first.status, JSON.stringify(first.body)).toBe(201)
    const line = { line_id: bought.lineId, quantity: 1, amount: usd(1086), restock: 'none' }
    expect(first.body).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'partially_refunded' },
      lines: [{ refunded_quantity: 1, removed_quantity: 0 }],
      payments: [{ captured: usd(3756), refunded: usd(1086) }],
      refunds: [{ status: 'succeeded', amount: usd(1086), shipping: usd(0), lines: [line], reason: 'damaged' }],
    })
    expect((await refund(bought, piecesOf(bought, 2))).body).toMatchObject({
      refunds: [{ amount: usd(1086) }, { amount: usd(2170) }],
      payment_status: 'partially_refunded',
    })
    expect((await refund(bought, { shipping: 'all' })).body).toMatchObject({
      payment_status: 'refunded',
      payments: [{ refunded: usd(3756) }],
    })
    expect(await ledgerOf(bought)).toMatchObject({
      moves: ['captured +3756 ~0 -0', 'captured +0 ~0 -1086', 'captured +0 ~0 -2170', 'captured +0 ~0 -500'],
    })
    expect(await bookOf(bought)).toEqual(['refund 1086 succeeded', 'refund 2170 succeeded', 'refund 500 succeeded'])
    const told = (await eventsOf(bought)).filter((topic) => topic === 'order.refunded')
    expect(told).toHaveLength(3)
    expect(await violations(api)).toEqual([])
  })

  it('of shipping, in parts and what is left of it', async () => {
    const bought = await buy(api)
    expect((await refund(bought, { shipping: usd(200) })).body).toMatchObject({ refunds: [{ shipping: usd(200) }] })
    const above = await refund(bought, { shipping: usd(301) })
    expectRefusal(above, 422, 'more than shipping')
    expect(pointersOf(above)).toEqual(['/shipping/amount'])
    expect((await refund(bought, { shipping: 'all' })).body.refunds.at(-1)).toMatchObject({ amount: usd(300) })
    const nothing = await refund(bought, { shipping: 'all' })
    expectRefusal(nothing, 422, 'nothing left')
    expect(pointersOf(nothing)).toEqual(['/amount'])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 500 })
  })

  it('of a free amount, over several, up to what was paid and never above', async () => {
    const bought = await buy(api)
    for (const amount of [1, 3000])
      expect((await refund(bought, { amount: usd(amount), note: 'kind' })).status).toBe(201)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ note: 'kind', detail: null }, { note: 'kind' }] })
    const { shopper } = bought
    const shown = await api.get(`/v1/orders/${bought.orderId}`, { token: shopper.token })
    expect(JSON.stringify(shown.body.refunds)).not.toContain('kind')
    const above = await refund(bought, { amount: usd(756) })
    expectRefusal(above, 409, 'above the rest')
    expect(above.body).toMatchObject({ code: 'refund_exceeds_payment', refundable: usd(755) })
    expect((await refund(bought, { amount: usd(755) })).body).toMatchObject({ payment_status: 'refunded' })
    expect((await refund(bought, { amount: usd(1) })).body).toMatchObject({ refundable: usd(0) })
    expectRefusal(await refund(bought, piecesOf(bought, 1)), 409, 'pieces after all went back')
    expect(await ledgerOf(bought)).toMatchObject({ captured: 3756, refunded: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('of a free amount for pieces counts the pieces', async () => {
    const bought = await buy(api)
    const { body } = await refund(bought, { ...piecesOf(bought, 3), amount: usd(100) })
    expect(body).toMatchObject({
      lines: [{ refunded_quantity: 3 }],
      refunds: [{ amount: usd(100), lines: [{ quantity: 3, amount: usd(3256) }] }],
    })
    const again = await refund(bought, piecesOf(bought, 1))
    expectRefusal(again, 422, 'the same pieces')
    expect(pointersOf(again)).toEqual(['/lines/0/quantity'])
  })

  it('is only of what was paid: not before, not of what is only authorized', async () => {
    const [pending, authorized] = [await buy(api, {}), await buy(manual)]
    const early = await refund(pending, { amount: usd(1) })
    expectRefusal(early, 409, 'pending')
    expect(early.body.code).toBe('order_not_confirmed')
    expect((await refund(authorized, { amount: usd(1) })).body).toMatchObject({ refundable: usd(0) })
    await ask(manual, authorized, 'capture', { amount: usd(1000) })
    expect((await refund(authorized, { amount: usd(400) })).body).toMatchObject({ payment_status: 'authorized' })
    expect((await refund(authorized, { amount: usd(601) })).body).toMatchObject({ refundable: usd(600) })
    const { body } = await ask(manual, authorized, 'capture', { amount: usd(500), final: true })
    expect(body).toMatchObject({ payment_status: 'partially_refunded', payments: [{ captured: usd(1500) }] })
    expect(await eventsOf(authorized)).toContain('order.paid')
    expect((await refund(authorized, { amount: usd(1100) })).body).toMatchObject({ payment_status: 'refunded' })
    expect(await violations(api)).toEqual([])
  })

  it.each<[string, object | ((bought: Bought) => object), string]>([
    ['another currency', { amount: { amount: 100, currency: 'EUR' } }, '/amount/currency'],
    ['shipping in another currency', { shipping: { amount: 100, currency: 'EUR' } }, '/shipping/currency'],
    ['nothing', {}, '/amount'],
    ['an amount of nothing', { amount: usd(0) }, '/amount/amount'],
    ['less than nothing', { amount: usd(-1) }, '/amount/amount'],
    [
      'a line of another order',
      { lines: [{ line_id: 'line_01m00000000000000000000000', quantity: 1 }] },
      '/lines/0/line_id',
    ],
    ['more than was ordered', (bought) => piecesOf(bought, 4), '/lines/0/quantity'],
    ['pieces back that were never shipped', (bought) => piecesOf(bought, 1, 'return'), '/lines/0/quantity'],
    ['a line twice', ({ lineId }) => ({ lines: [1, 2].map((quantity) => ({ line_id: lineId, quantity })) }), '/lines'],
  ])('refuses %s with its pointer, and changes nothing', async (_, body, pointer) => {
    const bought = await buy(api)
    const answer = await refund(bought, typeof body === 'function' ? body(bought) : body)
    expectRefusal(answer, 422, pointer)
    expect([...new Set(pointersOf(answer))]).toEqual([pointer])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0 })
    expect(await bookOf(bought)).toEqual([])
  })

  it('has one effect for one key, and none for the same key with another body', async () => {
    const bought = await buy(api)
    const key = crypto.randomUUID()
    const wish = { amount: usd(3000) }
    const answers = [await refund(bought, wish, key), await refund(bought, wish, key)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[1]?.headers.get('Idempotent-Replayed')).toBe('true')
    expect((await refund(bought, { amount: usd(1) }, key)).body.code).toBe('idempotency_conflict')
    const { staffKey } = await seedShop()
    const keyless = await api.post(`/v1/admin/orders/${bought.orderId}/refunds`, wish, { token: staffKey })
    expectRefusal(keyless, 400, 'no key')
    expect(await bookOf(bought)).toEqual(['refund 3000 succeeded'])
  })
})

describe('pieces that are given money back for', () => {
  it('leave the order before they are shipped, and stand on their shelf again', async () => {
    const bought = await buy(api)
    await ship(api, bought, 1)
    const { status, body } = await refund(bought, piecesOf(bought, 1, 'cancel'))
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body.lines).toMatchObject([{ refunded_quantity: 1, removed_quantity: 1, fulfilled_quantity: 1 }])
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 8 })
    const above = await refund(bought, piecesOf(bought, 2, 'cancel'))
    expectRefusal(above, 422, 'one is shipped, one is gone')
    expect(pointersOf(above)).toEqual(['/lines/0/quantity'])
    expect(await violations(api)).toEqual([])
  })

  it('leave an order that is all shipped without them, which is then complete', async () => {
    const bought = await buy(api)
    await ship(api, bought, 2)
    const { body } = await refund(bought, piecesOf(bought, 1, 'cancel'))
    expect(body).toMatchObject({
      status: 'completed',
      fulfillment_status: 'fulfilled',
      payment_status: 'partially_refunded',
    })
    expect(await violations(api)).toEqual([])
  })

  it('come back after they were shipped, each once', async () => {
    const bought = await buy(api)
    await ship(api, bought, 1)
    expect((await refund(bought, piecesOf(bought, 1, 'return'))).status).toBe(201)
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 8 })
    const again = await refund(bought, piecesOf(bought, 1, 'return'))
    expectRefusal(again, 422, 'only one was ever shipped')
    await ship(api, bought, 2)
    expect((await refund(bought, piecesOf(bought, 2, 'return'))).status).toBe(201)
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10 })
    expect(await violations(api)).toEqual([])
  })

  it('stay away where nobody says that they come back', async () => {
    const bought = await buy(api)
    await ship(api, bought, 3)
    await refund(bought, piecesOf(bought, 3))
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7 })
    expect(await orderOf(api, bought)).toMatchObject({ lines: [{ refunded_quantity: 3, removed_quantity: 0 }] })
  })

  it('that have cost nothing come back too, from nobody, and only once', async () => {
    const { staffKey } = await seedShop()
    const code = `FREE${crypto.randomUUID().slice(0, 8).toUpperCase()}`
    const wish = { title: 'Free', method: 'code', codes: [code], effect: { type: 'percent', percent: 100 } }
    expect((await api.post('/v1/admin/promotions', wish, { token: staffKey })).status).toBe(201)
    const bought = await buy(api, { test_outcome: 'succeeded' }, { changes: { discount_codes: [code] } })
    await ship(api, bought, 1)
    const key = crypto.randomUUID()
    const { status, body } = await refund(bought, piecesOf(bought, 1, 'return'), key)
    expect(status, JSON.stringify(body)).toBe(201)
    const line = { line_id: bought.lineId, quantity: 1, amount: usd(0), restock: 'return' }
    expect(body).toMatchObject({
      refunds: [{ status: 'succeeded', amount: usd(0), payment_id: null, gift_card_id: null, lines: [line] }],
      payment_status: 'paid',
    })
    expect((await refund(bought, piecesOf(bought, 1, 'return'), key)).headers.get('Idempotent-Replayed')).toBe('true')
    expectRefusal(await refund(bought, piecesOf(bought, 1, 'return')), 422, 'only one was shipped')
    expect((await refund(bought, piecesOf(bought, 2, 'cancel'))).status).toBe(201)
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10 })
    expect(await violations(api)).toEqual([])
  })
})

describe('a refund that does not go well', () => {
  const failing = () =>
    withProvider(() => ({
      refund: async (_, refundId) => ({ status: 'failed', reference: `no_${refundId}`, detail: 'card closed' }),
    }))

  it('is told, frees its amount, and can be asked for again', async () => {
    const bought = await buy(api)
    const key = crypto.randomUUID()
    const { api: refusing } = failing()
    const failed = await ask(refusing, bought, 'refunds', { amount: usd(3000) }, key)
    expectRefusal(failed, 409, 'failed')
    expect(failed.body).toMatchObject({
      code: 'provider_refused',
      order: {
        payment_status: 'paid',
        payments: [{ refunded: usd(0) }],
        refunds: [{ status: 'failed', detail: 'card closed' }],
      },
    })
    expect((await ask(api, bought, 'refunds', { amount: usd(3000) }, key)).body.code).toBe('provider_refused')
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0, moves: ['captured +3756 ~0 -0'] })
    expect(await eventsOf(bought)).toContain('order.refund_failed')
    expect((await refund(bought, { amount: usd(3756) })).body).toMatchObject({ payment_status: 'refunded' })
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('keeps its amount while it is pending, and is settled by an event', async () => {
    const bought = await buy(api)
    const { api: slow } = withProvider(() => ({
      refund: async (_, refundId) => ({ status: 'pending', reference: `re_${refundId}`, detail: null }),
    }))
    const answer = await ask(slow, bought, 'refunds', { amount: usd(3000) })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ payment_status: 'paid', payments: [{ refunded: usd(3000) }] })
    const [{ id: refundId }] = answer.body.refunds
    expect((await refund(bought, { amount: usd(757) })).body).toMatchObject({ refundable: usd(756) })
    expect(await violations(api)).toEqual([])
    const details = { refund_id: refundId, reference: `re_${refundId}`, status: 'succeeded' as const }
    const deliver = eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(3000), details })
    await deliver()
    await deliver()
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'partially_refunded' })
    expect(await ledgerOf(bought)).toMatchObject({ moves: ['captured +3756 ~0 -0', 'captured +0 ~0 -3000'] })
    expect(await violations(api)).toEqual([])
  })

  it.each([
    ['before it was heard', false],
    ['after it was done', true],
  ])('whose answer is lost %s is finished by recover, once', async (_, isDone) => {
    const bought = await buy(api)
    const { api: mute, asked } = withProvider(({ refund: giveBack }) => ({
      refund: async (...call) => {
        if (isDone) await giveBack(...call)
        return silence()
      },
    }))
    const key = crypto.randomUUID()
    const wish = piecesOf(bought, 1)
    expect((await ask(mute, bought, 'refunds', wish, key)).status).toBe(202)
    expect((await ask(mute, bought, 'refunds', wish, key)).status).toBe(202)
    expect(asked).toEqual({ refund: 1 })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1086 })
    expect(await violations(api)).toEqual([])
    await recoverAfter(api, 1)
    await recoverAfter(api, 2)
    expect(await bookOf(bought)).toEqual(['refund 1086 succeeded'])
    expect((await ask(api, bought, 'refunds', wish, key)).status).toBe(201)
    expect(await ledgerOf(bought)).toMatchObject({ moves: ['captured +3756 ~0 -0', 'captured +0 ~0 -1086'] })
    expect(await violations(api)).toEqual([])
  })

  it.each(['', 'same', null])(
    'is settled by our own id where the provider calls every refund %j',
    async (reference) => {
      const bought = await buy(api)
      const { api: odd } = withProvider(() => ({
        refund: async () => ({ status: 'succeeded', reference, detail: null }),
      }))
      for (const amount of [100, 200, 200]) {
        expect((await ask(odd, bought, 'refunds', { amount: usd(amount) })).status).toBe(201)
      }
      expect(await ledgerOf(bought)).toMatchObject({
        ...{
          refunded: 500,
          moves: ['captured +3756 ~0 -0', ...[100, 200, 200].map((sum) => `captured +0 ~0 -${sum}`)],
        },
      })
      expect(await violations(api)).toEqual([])
    },
  )

  it('is not mistaken for another one of the same amount, told of without our id before the answers', async () => {
    const bought = await buy(api)
    const told = (reference: string) => {
      const details = { refund_id: null, reference, status: 'succeeded' as const }
      return eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(500), details })()
    }
    const { api: mute } = withProvider(() => ({ refund: silence }))
    const { body: first } = await ask(mute, bought, 'refunds', { amount: usd(500) })
    const { body: both } = await ask(mute, bought, 'refunds', { amount: usd(500) })
    const ids = [first.refunds[0].id, both.refunds.at(-1).id]
    for (const id of ids.toReversed()) await told(`test_${id}`)
    for (const minutes of [1, 2, 4]) await recoverAfter(api, minutes)
    expect((await orderOf(api, bought)).refunds.map(({ status }: { status: string }) => status)).toEqual([
      ...['succeeded', 'succeeded'],
    ])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1000 })
    expect(await bookOf(bought)).toEqual(['refund 500 succeeded', 'refund 500 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('may come back days after it went out: the ledger takes it back, and it is told', async () => {
    const bought = await buy(api)
    const { body } = await refund(bought, { amount: usd(3756) })
    expect(body.payment_status).toBe('refunded')
    const [{ id: refundId }] = body.refunds
    const details = { refund_id: refundId, reference: `test_${refundId}`, status: 'failed' as const }
    const deliver = eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(3756), details })
    await deliver()
    await deliver()
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', refunds: [{ status: 'failed' }] })
    expect(await ledgerOf(bought)).toMatchObject({
      refunded: 0,
      moves: ['captured +3756 ~0 -0', 'captured +0 ~0 -3756', 'captured +0 ~0 --3756'],
    })
    expect(await eventsOf(bought)).toContain('order.refund_failed')
    expect(await violations(api)).toEqual([])
    const { DB } = testEnv()
    await DB.prepare("UPDATE test_payment_entries SET status = 'failed' WHERE reference = ?").bind(refundId).run()
    expect((await refund(bought, { amount: usd(100) })).body).toMatchObject({ payment_status: 'partially_refunded' })
    expect(await violations(api)).toEqual([])
  })

  it('of another amount than ours is left for a person to look at', async () => {
    const bought = await buy(api)
    const { api: slow } = withProvider(() => ({ refund: silence }))
    const { body } = await ask(slow, bought, 'refunds', { amount: usd(3000) })
    const details = { refund_id: body.refunds[0].id, reference: 'other', status: 'succeeded' as const }
    await eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(2999), details })()
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'pending', amount: usd(3000) }] })
    await recoverAfter(api, 1)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'succeeded' }] })
  })
})

describe('money that came for an order already given up', () => {
  it('is given back by hand where the provider has failed to', async () => {
    const bought = await buy(api, {})
    await ask(api, bought, 'cancel')
    const { api: refusing } = withProvider(() => ({
      refund: async () => ({ status: 'failed', reference: null, detail: 'try later' }),
    }))
    await eventOf(api, { outcome: 'succeeded', paymentId: bought.paymentId, amount: usd(3756) })()
    await recoverAfter(refusing, 1)
    expect(await orderOf(api, bought)).toMatchObject({
      status: 'cancelled',
      number: null,
      refunds: [{ status: 'failed' }],
    })
    expect(await violations(api)).toEqual([])
    expect((await refund(bought, { amount: usd(3757) })).body).toMatchObject({ refundable: usd(3756) })
    // The page was paid after all, at the moment it was closed.
    const { DB } = testEnv()
    await DB.prepare("UPDATE test_payments SET status = 'succeeded' WHERE payment_id = ?").bind(bought.paymentId).run()
    const { status, body } = await refund(bought, { amount: usd(3756) })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'voided', payments: [{ refunded: usd(3756) }] })
    expect(await violations(api)).toEqual([])
  })
})
