import { beforeEach, describe, expect, it } from 'vitest'
import { firstIdAt } from '../../src/domain/id.ts'
import { recover } from '../../src/features/checkout/recover.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { complete, createApi, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
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
  silence,
  usd,
  withProvider,
} from '../support/money.ts'

const api = createApi()
const manual = manualApi()
/** Whatever happens at the provider, its webhook never arrives. */
const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })
const deafManual = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' }, deps: deaf.deps })
const { DB } = testEnv()
const HOUR = 60
const DAY = 24 * HOUR

const bookSays = (paymentId: string, status: string) =>
  DB.prepare(`INSERT INTO test_payments (payment_id, status, updated_at) VALUES (?, ?, ?)
    ON CONFLICT (payment_id) DO UPDATE SET status = excluded.status`)
    .bind(paymentId, status, Date.now())
    .run()

/** The second look has come to now: only what a test makes itself is looked at. */
beforeEach(async () => {
  await DB.prepare("INSERT INTO payment_reviews VALUES ('late', ?) ON CONFLICT DO UPDATE SET up_to = excluded.up_to")
    .bind(firstIdAt('payment', Date.now()))
    .run()
})

describe('whatever is in doubt is asked about, although every event of it was lost', () => {
  it('a payment that is open for longer than a shopper needs, long before its session ends', async () => {
    const bought = await buy(api, {})
    await bookSays(bought.paymentId, 'succeeded')
    await recoverAfter(api, 10)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 0 })
    await recoverAfter(api, 16)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await violations(api)).toEqual([])
  })

  it('a payment that was closed and paid all the same: its money goes back', async () => {
    const bought = await buy(api, {})
    const second = await complete(api, bought.shopper, { test_outcome: 'succeeded' })
    expect(second.body).toMatchObject({ status: 'completed', order: { id: bought.orderId } })
    await bookSays(bought.paymentId, 'succeeded')
    await recoverAfter(api, 23 * HOUR)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'closed', captured: 0 })
    await recoverAfter(api, DAY + 5)
    await recoverAfter(api, DAY + 10)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 3756, refunded: 3756, accepted: 0 })
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
    expect(await violations(api)).toEqual([])
  })

  it('a capture and a void that staff made in the dashboard', async () => {
    const captured = await buy(manual)
    const voided = await buy(manual)
    await outside(deafManual, captured, 'captured', 1000)
    await outside(deafManual, voided, 'voided')
    await recoverAfter(api, DAY + 5)
    expect(await ledgerOf(captured)).toMatchObject({ status: 'authorized', captured: 1000 })
    expect(await ledgerOf(voided)).toMatchObject({ status: 'voided', released: 3756 })
    expect(await eventsOf(voided)).toContain('payment.voided')
    expect(await violations(api)).toEqual([])
  })

  it.each(['succeeded', 'failed'] as const)('a refund from the dashboard that has %s in the end', async (status) => {
    const bought = await buy(api)
    const details = { reference: `test_${status}`, refund_id: null, status: 'pending' as const }
    await eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(500), details })()
    const answering = (answer: 'succeeded' | 'failed' | 'pending') =>
      withProvider(() => ({ fetchRefund: async (_, reference) => ({ status: answer, reference, detail: null }) }))
    const waiting = answering('pending')
    await recoverAfter(waiting.api, 2)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status: 'pending' }] })
    const over = answering(status)
    await recoverAfter(over.api, 10)
    expect(await orderOf(api, bought)).toMatchObject({ refunds: [{ status }] })
    // It is asked about, and never asked for.
    expect([waiting.asked.refund ?? 0, over.asked.refund ?? 0]).toEqual([0, 0])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: status === 'succeeded' ? 500 : 0 })
    expect(await violations(api)).toEqual([])
  })

  it('once: the second look is not taken a third time, and waits for a provider that is silent', async () => {
    const bought = await buy(api, {})
    await ask(api, bought, 'cancel')
    await bookSays(bought.paymentId, 'succeeded')
    const looks: string[] = []
    const looking = (answers: boolean) =>
      withProvider((provider) => ({
        async fetchSession(payment) {
          if (payment.paymentId === bought.paymentId) looks.push(answers ? 'answered' : 'silent')
          return answers ? provider.fetchSession(payment) : silence()
        },
      })).api
    await recoverAfter(looking(false), DAY + 5)
    expect(new Set(looks)).toEqual(new Set(['silent']))
    await recoverAfter(looking(true), DAY + 6)
    await recoverAfter(looking(true), DAY + 7)
    expect(looks.filter((look) => look === 'answered')).toHaveLength(1)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 3756 })
    await recoverAfter(api, DAY + 10)
    expect(await violations(api)).toEqual([])
  })
})

describe('a provider that does not answer', () => {
  const mute = () => {
    const asked = new Set<string>()
    const shop = withProvider(() => ({
      async fetchSession({ paymentId }) {
        asked.add(paymentId)
        return silence()
      },
      closeSession: silence,
    }))
    return { ...shop, fetched: asked }
  }

  it('is soon left alone for the rest of a run, and its payments come up ever less often', async () => {
    for (let count = 0; count < 6; count += 1) await buy(api, {})
    const { api: shop, fetched } = mute()
    const runAt = (minutes: number) => {
      const clock = () => new Date(Date.now() + minutes * 60_000)
      return recover(systemContext('cron', shop.bindings, { ...shop.deps, clock }, () => {}))
    }
    await runAt(HOUR)
    expect(fetched.size).toBe(3)
    // Of other providers, which are not there in this shop, other tests may have left some.
    const unanswered = () =>
      DB.prepare(`SELECT count(*) AS n FROM payment_flags AS f JOIN payments AS p ON p.id = f.payment_id
        WHERE f.kind = 'unanswered' AND p.provider = 'test'`).first<number>('n')
    expect(await unanswered()).toBeGreaterThanOrEqual(6)
    fetched.clear()
    // Half an hour in doubt, so it is their turn again after a quarter of that.
    await runAt(HOUR + 5)
    expect(fetched.size).toBe(0)
    await runAt(HOUR + 10)
    expect(fetched.size).toBe(3)
    // It is well again: nothing is left of it.
    await recoverAfter(api, 2 * HOUR)
    expect(await unanswered()).toBe(0)
    expect(await violations(api)).toEqual([])
  })

  it.each(['silent', 'switched off'])('for a day is told to staff, once: %s', async (how) => {
    const bought = await buy(api, {})
    const off = createApi({ bindings: { LOG_LEVEL: 'off' }, deps: { providers: () => () => null } })
    const { api: shop } = how === 'silent' ? mute() : { api: off }
    const told = async () => (await eventsOf(bought)).filter((topic) => topic === 'payment.unsettled')
    for (const minutes of [HOUR, 5 * HOUR, 20 * HOUR]) await recoverAfter(shop, minutes)
    expect(await told()).toEqual([])
    for (const minutes of [32 * HOUR, 40 * HOUR, 3 * DAY, 9 * DAY]) await recoverAfter(shop, minutes)
    expect(await told()).toEqual(['payment.unsettled'])
    await recoverAfter(api, 10 * DAY)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
    expect(await violations(api)).toEqual([])
  })

  it('so that an order cannot be given up, for a day, is told to staff too', async () => {
    const bought = await buy(api, {})
    await outside(api, bought, 'declined')
    const { api: shop } = mute()
    for (const minutes of [2 * HOUR, 20 * HOUR]) await recoverAfter(shop, minutes)
    expect(await eventsOf(bought)).not.toContain('payment.unsettled')
    for (const minutes of [30 * HOUR, 50 * HOUR]) await recoverAfter(shop, minutes)
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.unsettled')).toHaveLength(1)
    await recoverAfter(api, 60 * HOUR)
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled' })
    await recoverAfter(api, 60 * HOUR)
    expect(
      await DB.prepare('SELECT kind FROM payment_flags WHERE payment_id = ?').bind(bought.paymentId).first(),
    ).toBeNull()
  })

  it('and one whose slow method takes longer than any', async () => {
    const bought = await buy(api, {})
    await outside(api, bought, 'pending')
    const processing = async () => ({ fact: { kind: 'processing' }, reference: null, nextAction: null }) as const
    const { api: shop } = withProvider(() => ({ fetchSession: processing, closeSession: processing }))
    const { processingLifetimeMs = 0 } = systemContext('test', api.bindings, api.deps, () => {}).provider('test') ?? {}
    const ends = processingLifetimeMs / 60_000
    const told = async () => (await eventsOf(bought)).filter((topic) => topic === 'payment.unsettled')
    for (const minutes of [DAY, ends - HOUR, ends + HOUR, ends + 20 * HOUR]) await recoverAfter(shop, minutes)
    expect(await told()).toEqual([])
    for (const minutes of [ends + 30 * HOUR, ends + 40 * HOUR]) await recoverAfter(shop, minutes)
    expect(await told()).toEqual(['payment.unsettled'])
    expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payments: [{ status: 'processing' }] })
    await outside(api, bought, 'succeeded')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
  })

  it('and one that is at a capture for more than a day: its event may be lost', async () => {
    const bought = await buy(manual)
    const { api: shop } = withProvider(() => ({
      capture: async () => ({ fact: { kind: 'processing' }, reference: null, nextAction: null }),
    }))
    await ask(shop, bought, 'capture')
    await recoverAfter(shop, 2)
    await recoverAfter(shop, 10 * HOUR)
    expect(await eventsOf(bought)).not.toContain('payment.unsettled')
    await recoverAfter(shop, 26 * HOUR)
    await recoverAfter(shop, 48 * HOUR)
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.unsettled')).toHaveLength(1)
    await recoverAfter(api, 60 * HOUR)
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', operations: [{ status: 'succeeded' }] })
    expect(await violations(api)).toEqual([])
  })
})
