import { describe, expect, it } from 'vitest'
import { consume } from '../../src/jobs/consume.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { complete, createApi, stockOf, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import {
  ask,
  type Bought,
  bookOf,
  buy,
  eventOf,
  ledgerOf,
  manualApi,
  orderOf,
  silence,
  usd,
  withProvider,
} from '../support/money.ts'
import { expectRefusal } from '../support/refusals.ts'

const api = createApi()
const manual = manualApi()

/** What the provider’s book says, whatever the shop has asked of it: the shopper paid in the last moment. */
async function bookSays({ paymentId }: Bought, status: 'authorized' | 'succeeded'): Promise<void> {
  const statement = `INSERT INTO test_payments (payment_id, status, updated_at) VALUES (?, ?, ?)
    ON CONFLICT (payment_id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at`
  await testEnv().DB.prepare(statement).bind(paymentId, status, Date.now()).run()
}

/** An order whose first attempt was given up and whose second one pays. */
async function paidBySecond(): Promise<Bought> {
  const bought = await buy(api, {})
  const { status, body } = await complete(api, bought.shopper, { test_outcome: 'succeeded' })
  expect([status, body.status, body.order.id]).toEqual([200, 'completed', bought.orderId])
  return bought
}

function told({ paymentId }: Bought) {
  const context = systemContext('queue', api.bindings, api.deps, () => {})
  const message = { id: 'evt', topic: 'payment.unusable', subject_id: paymentId, payload: {}, created_at: '' }
  return consume(context, message)
}

describe('money that no order waits for', () => {
  it('of an attempt that was given up goes back, and the order is paid as it was', async () => {
    const bought = await paidBySecond()
    await bookSays(bought, 'succeeded')
    const late = { outcome: 'succeeded' as const, paymentId: bought.paymentId, amount: usd(3756) }
    await Promise.all([eventOf(api, late)(), eventOf(api, late)()])
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'paid' },
      refunds: [{ status: 'pending', amount: usd(3756), reason: 'duplicate_payment', payment_id: bought.paymentId }],
    })
    expect(await violations(api)).toEqual([])
    // The queue may tell it twice, and recover look for it at the same time.
    await Promise.all([told(bought), told(bought), recoverAfter(api, 1)])
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', refunds: [{ status: 'succeeded' }] })
    expect(await ledgerOf(bought)).toMatchObject({
      ...{ captured: 3756, refunded: 3756, accepted: 0 },
      moves: expect.arrayContaining(['captured +3756 ~0 -0', 'captured +0 ~0 -3756']),
    })
    expect(await bookOf(bought)).toEqual(['refund 3756 succeeded'])
    expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 7, held: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('authorized, of an attempt that was given up, is let go', async () => {
    const bought = await paidBySecond()
    await bookSays(bought, 'authorized')
    await eventOf(api, { outcome: 'authorized', paymentId: bought.paymentId, amount: usd(3756) })()
    expect(await orderOf(api, bought)).toMatchObject({
      operations: [{ kind: 'void', status: 'pending', reason: 'duplicate_payment', payment_id: bought.paymentId }],
    })
    // Nobody captures by mistake what does not pay for the order.
    expectRefusal(await ask(api, bought, 'capture'), 409, 'capture')
    expectRefusal(await ask(api, bought, 'capture', { payment_id: bought.paymentId }), 409, 'capture by name')
    await Promise.all([told(bought), told(bought)])
    expect(await ledgerOf(bought)).toMatchObject({ status: 'voided', captured: 0, released: 3756, accepted: 0 })
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', operations: [{ status: 'succeeded' }] })
    expect(await violations(api)).toEqual([])
  })

  it('whose void the provider refuses is let go by hand', async () => {
    const bought = await paidBySecond()
    await eventOf(api, { outcome: 'authorized', paymentId: bought.paymentId, amount: usd(3756) })()
    const { api: refusing } = withProvider(() => ({
      void: async ({ paymentId, amount }) => ({
        fact: { kind: 'authorized', amount },
        reference: paymentId,
        nextAction: null,
      }),
    }))
    await recoverAfter(refusing, 1)
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ status: 'failed' }] })
    expect(await violations(api)).toEqual([])
    await bookSays(bought, 'authorized')
    expectRefusal(await ask(api, bought, 'void'), 409, 'unnamed: the one that pays is not authorized')
    expect((await ask(api, bought, 'void', { payment_id: bought.paymentId })).status).toBe(200)
    expect(await ledgerOf(bought)).toMatchObject({ status: 'voided', released: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('captured although it was voided is taken note of: for an order that stands, it pays', async () => {
    const bought = await buy(manual)
    await ask(manual, bought, 'void')
    const details = { of: usd(3756), final: true }
    await eventOf(api, { outcome: 'captured', paymentId: bought.paymentId, amount: usd(1000), details })()
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    expect(await ledgerOf(bought)).toMatchObject({ status: 'captured', captured: 1000, released: 2756 })
    expect(await violations(api)).toEqual([])
  })

  it('is what a capture under way may still become: the order is cancelled after it, not beside it', async () => {
    const { api: mute } = withProvider(() => ({ capture: silence }), manual)
    const bought = await buy(manual)
    expect((await ask(mute, bought, 'capture')).status).toBe(202)
    const early = await ask(manual, bought, 'cancel')
    expectRefusal(early, 409, 'cancel beside a capture')
    expect(early.body.code).toBe('payment_busy')
    expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed' })
    await recoverAfter(manual, 1)
    expect((await ask(manual, bought, 'cancel')).body).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
    })
    expect(await violations(api)).toEqual([])
  })
})
