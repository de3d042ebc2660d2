import { describe, expect, it } from 'vitest'
import { createApi, stockOf, violations } from '../support/api.ts'
import { recoverAfter } from '../support/jobs.ts'
import {
  ask,
  bookOf,
  buy,
  eventOf,
  eventsOf,
  ledgerOf,
  manualApi,
  orderOf,
  outside,
  ship,
  silence,
  usd,
  withProvider,
} from '../support/money.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const manual = manualApi()
const DAY = 24 * 60

describe('an authorized order', () => {
  it('is confirmed, sold and waits to be captured', async () => {
    const bought = await buy(manual)
    expect(await orderOf(manual, bought)).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'authorized', number: expect.any(Number) },
      payments: [{ status: 'authorized', amount: usd(3756), captured: usd(0), capturable: usd(3756) }],
    })
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7, held: 0 })
    expect(await eventsOf(bought)).toEqual(['order.confirmed', 'order.placed'])
  })

  it('is authorized by its shopper in the provider’s page too, and by a signed event', async () => {
    const paged = await buy(manual, {})
    expect((await outside(manual, paged, 'succeeded')).body).toMatchObject({ outcome: 'authorized', delivered: true })
    const told = await buy(api, {})
    await eventOf(api, { outcome: 'authorized', paymentId: told.paymentId, amount: usd(3756) })()
    for (const bought of [paged, told]) {
      expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' })
      expect(await ledgerOf(bought)).toMatchObject({ status: 'authorized', captured: 0, accepted: 1 })
    }
  })

  it('is captured in full', async () => {
    const bought = await buy(manual)
    const { status, body } = await ask(manual, bought, 'capture')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'paid' },
      payments: [{ status: 'captured', captured: usd(3756), capturable: usd(0) }],
      operations: [{ kind: 'capture', status: 'succeeded', amount: usd(3756), final: true, detail: null }],
    })
    expect(await bookOf(bought)).toEqual(['capture 3756 succeeded'])
    expect(await eventsOf(bought)).toEqual(['order.confirmed', 'order.paid', 'order.placed'])
    expect(await ledgerOf(bought)).toMatchObject({ moves: ['authorized +0 ~0 -0', 'captured +3756 ~0 -0'] })
  })

  it('is captured in parts, and the last one may let the rest go', async () => {
    const bought = await buy(manual)
    const capture = async (body: object) => (await ask(manual, bought, 'capture', body)).body
    expect(await capture({ amount: usd(1000) })).toMatchObject({
      ...{ payment_status: 'authorized', payments: [{ captured: usd(1000), capturable: usd(2756) }] },
    })
    expect(await capture({ amount: usd(756) })).toMatchObject({ payments: [{ capturable: usd(2000) }] })
    expect(await capture({ amount: usd(1500), final: true })).toMatchObject({
      payment_status: 'paid',
      payments: [{ status: 'captured', captured: usd(3256), capturable: usd(0) }],
    })
    expect(await ledgerOf(bought)).toEqual({
      ...{ status: 'captured', captured: 3256, released: 500, refunded: 0, disputed: 0, accepted: 1 },
      moves: ['authorized +0 ~0 -0', 'authorized +1000 ~0 -0', 'authorized +756 ~0 -0', 'captured +1500 ~500 -0'],
    })
    expect((await eventsOf(bought)).filter((topic) => topic === 'order.paid')).toHaveLength(1)
    expectRefusal(await ask(manual, bought, 'capture', { amount: usd(1) }), 409, 'after the end')
  })

  it('is over by itself once the parts are all there is', async () => {
    const bought = await buy(manual)
    for (const amount of [1000, 2000, 756]) await ask(manual, bought, 'capture', { amount: usd(amount) })
    expect(await orderOf(manual, bought)).toMatchObject({ payment_status: 'paid', payments: [{ status: 'captured' }] })
    expect(await bookOf(bought)).toHaveLength(3)
  })

  it('refuses more than is left, and says how much that is', async () => {
    const bought = await buy(manual)
    await ask(manual, bought, 'capture', { amount: usd(756) })
    const answer = await ask(manual, bought, 'capture', { amount: usd(3001) })
    expectRefusal(answer, 409, 'above the rest')
    expect(answer.body).toMatchObject({ code: 'capture_exceeds_authorized', capturable: usd(3000) })
    expect(await bookOf(bought)).toEqual(['capture 756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('names amounts in its own currency, above nothing', async () => {
    const bought = await buy(manual)
    const yen = await ask(manual, bought, 'capture', { amount: { amount: 3756, currency: 'JPY' } })
    expectRefusal(yen, 422, 'yen')
    expect(pointersOf(yen)).toEqual(['/amount/currency'])
    expect(pointersOf(await ask(manual, bought, 'capture', { amount: usd(0) }))).toEqual(['/amount/amount'])
    expect(await ledgerOf(bought)).toMatchObject({ captured: 0 })
  })

  it('is voided, and stays to be decided about', async () => {
    const bought = await buy(manual)
    const { status, body } = await ask(manual, bought, 'void')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'voided' },
      payments: [{ status: 'voided', capturable: usd(0) }],
      operations: [{ kind: 'void', status: 'succeeded' }],
    })
    expect(await eventsOf(bought)).toEqual(['order.confirmed', 'order.placed', 'payment.voided'])
    const late = await ask(manual, bought, 'capture')
    expectRefusal(late, 409, 'capture after void')
    expect(late.body.code).toBe('payment_not_authorized')
    expectRefusal(await ask(manual, bought, 'void'), 409, 'void after void')
    expect(await ledgerOf(bought)).toMatchObject({ captured: 0, released: 3756 })
  })

  it('is paid with what was captured when the rest is voided', async () => {
    const bought = await buy(manual)
    await ask(manual, bought, 'capture', { amount: usd(1000) })
    expect((await ask(manual, bought, 'void')).body).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'paid' },
      payments: [{ status: 'captured', captured: usd(1000), capturable: usd(0) }],
      operations: [{ kind: 'capture' }, { kind: 'void', status: 'succeeded' }],
    })
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1000, released: 2756 })
    expect(await violations(api)).toEqual([])
  })

  it('is void of the rest where a part was captured in the dashboard, and that was not heard of', async () => {
    const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })
    const [part, whole] = [await buy(manual), await buy(manual)]
    await outside(deaf, part, 'captured', 1000)
    await outside(deaf, whole, 'captured')
    const { status, body } = await ask(manual, part, 'void')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ payment_status: 'paid', payments: [{ captured: usd(1000), capturable: usd(0) }] })
    const late = await ask(manual, whole, 'void')
    expectRefusal(late, 409, 'nothing is left to void')
    expect(late.body).toMatchObject({
      code: 'provider_refused',
      order: { payment_status: 'paid', operations: [{ detail: 'the provider says that it is captured' }] },
    })
    expect(await violations(api)).toEqual([])
  })

  it('completes once it is captured, where it was shipped before', async () => {
    const bought = await buy(manual)
    await ship(api, bought, 3)
    expect((await ask(manual, bought, 'capture', { amount: usd(1000) })).body).toMatchObject({ status: 'confirmed' })
    expect((await ask(manual, bought, 'capture')).body).toMatchObject({ status: 'completed', payment_status: 'paid' })
    expect(await violations(api)).toEqual([])
  })

  it('of a payment that is named, and of no other', async () => {
    const bought = await buy(manual)
    const other = await buy(manual)
    for (const action of ['capture', 'void'] as const) {
      const answer = await ask(manual, bought, action, { payment_id: other.paymentId })
      expectRefusal(answer, 409, action)
      expect(answer.body.code).toBe('payment_not_authorized')
    }
    expect((await ask(manual, bought, 'capture', { payment_id: bought.paymentId })).status).toBe(200)
    expect(await ledgerOf(other)).toMatchObject({ captured: 0 })
  })

  it('is not there to be captured where it was paid at once, or never', async () => {
    for (const bought of [await buy(api), await buy(api, {})]) {
      for (const action of ['capture', 'void'] as const) expectRefusal(await ask(api, bought, action), 409, action)
    }
    expectRefusal(await ask(api, { orderId: 'ord_01m00000000000000000000000' }, 'capture'), 404, 'nobody')
  })

  it('ends by the clock when its provider has let go of it', async () => {
    const [whole, part] = [await buy(manual), await buy(manual)]
    await ask(manual, part, 'capture', { amount: usd(1000) })
    await recoverAfter(manual, 6 * DAY)
    expect(await orderOf(manual, whole)).toMatchObject({ payment_status: 'authorized' })
    await recoverAfter(manual, 7 * DAY + 1)
    expect(await orderOf(manual, whole)).toMatchObject({ status: 'confirmed', payment_status: 'voided' })
    expect(await orderOf(manual, part)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await ledgerOf(part)).toMatchObject({ status: 'captured', captured: 1000, released: 2756 })
    expect(await violations(api)).toEqual([])
  })

  it('ends when it would have, though a part was captured meanwhile', async () => {
    const clock = () => new Date(Date.now() + 3 * DAY * 60_000)
    const later = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' }, deps: { clock } })
    const bought = await buy(manual)
    await ask(later, bought, 'capture', { amount: usd(1000) })
    await recoverAfter(manual, 7 * DAY + 1)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1000, released: 2756 })
    expect(await violations(api)).toEqual([])
  })

  it('is asked about again when its provider keeps it for longer', async () => {
    const { api: patient } = withProvider(
      (provider) => ({
        fetchSession: async (payment) => {
          const state = await provider.fetchSession(payment)
          return state && { ...state, fact: { kind: 'authorized', amount: payment.amount } }
        },
      }),
      manual,
    )
    const bought = await buy(manual)
    await recoverAfter(patient, 7 * DAY + 1)
    await recoverAfter(patient, 8 * DAY + 2)
    expect(await orderOf(manual, bought)).toMatchObject({ payment_status: 'authorized' })
    await recoverAfter(manual, 9 * DAY + 3)
    expect(await orderOf(manual, bought)).toMatchObject({ payment_status: 'voided' })
  })
})

describe('a retried capture or void', () => {
  it('has one effect, and another body under the same key none', async () => {
    const bought = await buy(manual)
    const key = crypto.randomUUID()
    const first = await ask(manual, bought, 'capture', { amount: usd(1000) }, key)
    await ask(manual, bought, 'capture', { amount: usd(500) })
    const again = await ask(manual, bought, 'capture', { amount: usd(1000) }, key)
    expect([first.status, again.status]).toEqual([200, 200])
    expect([first, again].map(({ headers }) => headers.get('Idempotent-Replayed'))).toEqual([null, 'true'])
    const conflict = await ask(manual, bought, 'capture', { amount: usd(1001) }, key)
    expectRefusal(conflict, 422, 'another body')
    expect(conflict.body.code).toBe('idempotency_conflict')
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1500 })
    const { orderId } = bought
    const { staffKey } = await seedShop()
    const keyless = await api.post(`/v1/admin/orders/${orderId}/capture`, {}, { token: staffKey })
    expectRefusal(keyless, 400, 'no key')
    expect(keyless.body.code).toBe('idempotency_key_required')
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1500 })
  })

  it('is answered while the first is still under way', async () => {
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const { api: slow, asked } = withProvider(
      ({ capture }) => ({
        capture: async (...call) => {
          reached.resolve()
          await released.promise
          return capture(...call)
        },
      }),
      manual,
    )
    const bought = await buy(manual)
    const key = crypto.randomUUID()
    const first = ask(slow, bought, 'capture', {}, key)
    await reached.promise
    const again = await ask(slow, bought, 'capture', {}, key)
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true'])
    expect(again.body.operations).toMatchObject([{ status: 'pending' }])
    const other = await ask(slow, bought, 'void')
    expectRefusal(other, 409, 'a void meanwhile')
    expect(other.body.code).toBe('payment_busy')
    released.resolve()
    expect((await first).status).toBe(200)
    expect(asked).toEqual({ capture: 1 })
    expect((await ask(slow, bought, 'capture', {}, key)).status).toBe(200)
    expect(await bookOf(bought)).toEqual(['capture 3756 succeeded'])
  })

  it.each(['capture', 'void'] as const)(
    '%s without an answer is finished by recover under the same id, once',
    async (kind) => {
      const { api: mute, asked } = withProvider(
        ({ [kind]: done }) => ({
          // What was asked is done, and the answer is lost.
          [kind]: async (...call: Parameters<typeof done>) => {
            await (done as (...call: unknown[]) => Promise<unknown>)(...call)
            return silence()
          },
        }),
        manual,
      )
      const bought = await buy(manual)
      const key = crypto.randomUUID()
      const body = kind === 'capture' ? { amount: usd(1000) } : {}
      const answer = await ask(mute, bought, kind, body, key)
      expect(answer.status, JSON.stringify(answer.body)).toBe(202)
      expect(answer.body).toMatchObject({ payment_status: 'authorized', operations: [{ kind, status: 'pending' }] })
      expect((await ask(mute, bought, kind, body, key)).status).toBe(202)
      expect(asked).toEqual({ [kind]: 1 })
      expect(await violations(api)).toEqual([])
      await recoverAfter(manual, 1)
      expect(await ledgerOf(bought)).toMatchObject(
        kind === 'capture' ? { status: 'authorized', captured: 1000 } : { status: 'voided', released: 3756 },
      )
      expect(await orderOf(manual, bought)).toMatchObject({ operations: [{ kind, status: 'succeeded' }] })
      expect((await ask(manual, bought, kind, body, key)).status).toBe(200)
      expect(await bookOf(bought)).toEqual(kind === 'capture' ? ['capture 1000 succeeded'] : [])
      expect(await violations(api)).toEqual([])
    },
  )

  it('stays pending for as long as its provider does not answer', async () => {
    const { api: mute, asked } = withProvider(() => ({ capture: silence }), manual)
    const bought = await buy(manual)
    expect((await ask(mute, bought, 'capture')).status).toBe(202)
    await recoverAfter(mute, 1)
    await recoverAfter(mute, 3)
    expect(asked.capture).toBeGreaterThanOrEqual(3)
    expect(await orderOf(manual, bought)).toMatchObject({ operations: [{ status: 'pending' }] })
    await recoverAfter(manual, 5)
    expect(await orderOf(manual, bought)).toMatchObject({ payment_status: 'paid' })
    expect(await bookOf(bought)).toEqual(['capture 3756 succeeded'])
  })

  it('stays pending where the provider does it later, and says so by an event', async () => {
    const { api: slow } = withProvider(
      () => ({ capture: async () => ({ fact: { kind: 'processing' }, reference: null, nextAction: null }) }),
      manual,
    )
    const bought = await buy(manual)
    const key = crypto.randomUUID()
    expect((await ask(slow, bought, 'capture', {}, key)).status).toBe(202)
    await recoverAfter(slow, 1)
    expect((await ask(slow, bought, 'cancel')).body.code).toBe('payment_busy')
    await outside(manual, bought, 'captured')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', operations: [{ status: 'pending' }] })
    await recoverAfter(manual, 3)
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ kind: 'capture', status: 'succeeded' }] })
    expect((await ask(manual, bought, 'capture', {}, key)).status).toBe(200)
    expect(await violations(api)).toEqual([])
  })

  it('fails when the provider says that it is otherwise, and tells what it is', async () => {
    const { api: refusing } = withProvider(
      ({ fetchSession }) => ({
        capture: async (payment) => (await fetchSession(payment)) ?? silence(),
      }),
      manual,
    )
    const bought = await buy(manual)
    const key = crypto.randomUUID()
    const answer = await ask(refusing, bought, 'capture', {}, key)
    expectRefusal(answer, 409, 'refused')
    expect(answer.body).toMatchObject({
      code: 'provider_refused',
      order: { operations: [{ status: 'failed', detail: 'the provider says that it is authorized' }] },
    })
    expect((await ask(refusing, bought, 'capture', {}, key)).body.code).toBe('provider_refused')
    expect(await eventsOf(bought)).toContain('payment.capture_failed')
    expect((await ask(manual, bought, 'capture')).status).toBe(200)
  })

  it('of two that both want all, by two members of staff, one is told that there is nothing left', async () => {
    const bought = await buy(manual)
    const answers = await Promise.all([1, 2, 3].map(() => ask(manual, bought, 'capture')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(['payment_busy', 'payment_not_authorized']).toContain(answer.body.code)
    }
    const { operations } = await orderOf(manual, bought)
    expect(operations).toHaveLength(1)
    expect(await bookOf(bought)).toEqual(['capture 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })
})
