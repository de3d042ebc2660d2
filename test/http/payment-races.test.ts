import { describe, expect, it } from 'vitest'
import { type Api, createApi, stockOf, violations } from '../support/api.ts'
import { withHook } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, type Bought, bookOf, buy, eventOf, ledgerOf, manualApi, orderOf, outside, usd } from '../support/money.ts'

const api = createApi()
const manual = manualApi()

/** The API of a request that is overtaken: `meanwhile` happens right before its D1 call number `call`. */
function overtaken(call: number, meanwhile: () => Promise<unknown>): Api {
  const DB = withHook(api.bindings.DB, (now) => (now === call ? meanwhile() : undefined))
  return createApi({ bindings: { DB, PAYMENT_CAPTURE: 'manual', LOG_LEVEL: 'off' } })
}

// What a request has read is old from here on: the call that saves what it makes of it.
const SAVE = 2

describe('a request that is overtaken after it has read decides anew', () => {
  it('a capture by another one of all there is', async () => {
    const bought = await buy(manual)
    const late = overtaken(SAVE, () => ask(manual, bought, 'capture'))
    const { status, body } = await ask(late, bought, 'capture')
    expect([status, body.code]).toEqual([409, 'payment_not_authorized'])
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ amount: usd(3756), status: 'succeeded' }] })
    expect(await violations(api)).toEqual([])
  })

  it('a capture of all that is left by another one of a part', async () => {
    const bought = await buy(manual)
    const late = overtaken(SAVE, () => ask(manual, bought, 'capture', { amount: usd(1000) }))
    const { payment_status, operations } = (await ask(late, bought, 'capture')).body
    expect(payment_status).toBe('paid')
    expect(operations.map(({ amount }: { amount: unknown }) => amount)).toEqual(
      expect.arrayContaining([usd(1000), usd(2756)]),
    )
    expect((await bookOf(bought)).sort()).toEqual(['capture 1000 succeeded', 'capture 2756 succeeded'])
  })

  it('a void by a capture, and a capture by a void', async () => {
    const [captured, voided] = [await buy(manual), await buy(manual)]
    const slow = overtaken(SAVE, () => ask(manual, captured, 'capture'))
    expect((await ask(slow, captured, 'void')).body.code).toBe('payment_not_authorized')
    const late = overtaken(SAVE, () => ask(manual, voided, 'void'))
    expect((await ask(late, voided, 'capture')).body.code).toBe('payment_not_authorized')
    expect(await bookOf(voided)).toEqual([])
    expect(await orderOf(api, captured)).toMatchObject({ payment_status: 'paid' })
    expect(await orderOf(api, voided)).toMatchObject({ payment_status: 'voided' })
    expect(await violations(api)).toEqual([])
  })

  it('a cancel by a capture gives back what was captured', async () => {
    const bought = await buy(manual)
    const late = overtaken(SAVE, () => ask(manual, bought, 'capture'))
    const { status, body } = await ask(late, bought, 'cancel')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded', refunds: [{ amount: usd(3756), status: 'succeeded' }] },
    })
    expect(await violations(api)).toEqual([])
  })

  it('a capture by a cancel captures nothing', async () => {
    const bought = await buy(manual)
    const late = overtaken(SAVE, () => ask(manual, bought, 'cancel'))
    expect((await ask(late, bought, 'capture')).body.code).toBe('payment_not_authorized')
    expect(await bookOf(bought)).toEqual([])
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', payment_status: 'voided' })
    expect(await violations(api)).toEqual([])
  })

  it('a refund by a dispute of the same money', async () => {
    const bought = await buy(api)
    const late = overtaken(SAVE, () => outside(api, bought, 'disputed', 3000))
    expect((await ask(late, bought, 'refunds', { amount: usd(3756) })).body).toMatchObject({
      ...{ code: 'refund_exceeds_payment', refundable: usd(756) },
    })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 0, disputed: 3000 })
  })

  it('a cancel by a refund, and a refund by a cancel: each piece and cent goes back once', async () => {
    const orders = [await buy(api), await buy(api)] as const
    const wish = ({ lineId }: Bought) => ({ lines: [{ line_id: lineId, quantity: 1, restock: 'cancel' }] })
    const slow = overtaken(SAVE, () => ask(api, orders[0], 'refunds', wish(orders[0])))
    expect((await ask(slow, orders[0], 'cancel')).status).toBe(200)
    const late = overtaken(SAVE, () => ask(api, orders[1], 'cancel'))
    expect((await ask(late, orders[1], 'refunds', wish(orders[1]))).status).toBe(422)
    for (const bought of orders) {
      expect(await ledgerOf(bought)).toMatchObject({ captured: 3756, refunded: 3756 })
      expect(await stockOf(api, bought.sku)).toMatchObject({ on_hand: 10 })
    }
    expect(await violations(api)).toEqual([])
  })

  it('a refund of a piece by another one: the odd cents go once', async () => {
    const bought = await buy(api)
    const wish = { lines: [{ line_id: bought.lineId, quantity: 1 }] }
    const late = overtaken(SAVE, () => ask(api, bought, 'refunds', wish))
    expect((await ask(late, bought, 'refunds', wish)).status).toBe(201)
    await Promise.all([1, 2, 3].map(() => ask(api, bought, 'refunds', wish)))
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 3256 })
    expect((await bookOf(bought)).sort()).toEqual([
      ...['refund 1085 succeeded', 'refund 1085 succeeded', 'refund 1086 succeeded'],
    ])
    expect(await violations(api)).toEqual([])
  })

  it('a cancel of a pending order by its payment gives the money back', async () => {
    const bought = await buy(api, {})
    const paid = eventOf(api, { outcome: 'succeeded', paymentId: bought.paymentId, amount: usd(3756) })
    // Read, read again to close its session, closed: then it turns out to be paid.
    const { body } = await ask(overtaken(4, paid), bought, 'cancel')
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
    expect(await violations(api)).toEqual([])
  })

  it('an answer of the provider by the webhook of the same capture', async () => {
    const bought = await buy(manual)
    const told = eventOf(api, {
      ...{ outcome: 'captured', paymentId: bought.paymentId, amount: usd(1000), details: { of: usd(3756) } },
    })
    const late = overtaken(SAVE + 2, told)
    const { status, body } = await ask(late, bought, 'capture', { amount: usd(1000) })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(await ledgerOf(bought)).toMatchObject({
      captured: 1000,
      moves: ['authorized +0 ~0 -0', 'authorized +1000 ~0 -0'],
    })
    expect(await orderOf(api, bought)).toMatchObject({ operations: [{ status: 'succeeded' }] })
  })

  it('an answer of the provider by recover, which has carried out the same', async () => {
    const [captured, refunded] = [await buy(manual), await buy(api)]
    const capture = overtaken(SAVE + 2, () => recoverAfter(manual, 1))
    expect((await ask(capture, captured, 'capture')).status).toBe(200)
    const refund = overtaken(SAVE + 4, () => recoverAfter(manual, 1))
    expect((await ask(refund, refunded, 'refunds', { amount: usd(1000) })).status).toBe(201)
    expect(await bookOf(captured)).toEqual(['capture 3756 succeeded'])
    expect(await bookOf(refunded)).toEqual(['refund 1000 succeeded'])
    expect(await ledgerOf(refunded)).toMatchObject({ moves: ['captured +3756 ~0 -0', 'captured +0 ~0 -1000'] })
    expect(await violations(api)).toEqual([])
  })
})

/** A connection that breaks right after its D1 call number `call` took effect: the call is made again. */
function breaking(call: number): Api {
  let calls = 0
  const DB = {
    withSession(constraint?: string) {
      const session = api.bindings.DB.withSession(constraint as 'first-primary')
      return {
        prepare: (query: string) => session.prepare(query),
        batch: async (statements: D1PreparedStatement[]) => {
          calls += 1
          const results = await session.batch(statements)
          if (calls === call) throw new Error('D1_ERROR: Network connection lost')
          return results
        },
        getBookmark: () => session.getBookmark(),
      }
    },
  } as unknown as D1Database
  return createApi({ bindings: { DB, PAYMENT_CAPTURE: 'manual', LOG_LEVEL: 'off' } })
}

const ACTIONS = [
  ['capture', manual, { amount: usd(1000) }],
  ['void', manual, {}],
  ['refunds', api, { amount: usd(1000) }],
  ['cancel', api, {}],
  ['cancel', manual, {}],
] as const

describe('a request whose connection breaks', () => {
  it.each(ACTIONS)('after it was saved: %s has one effect, told again or by recover', async (action, shop, body) => {
    const bought = await buy(shop)
    const key = crypto.randomUUID()
    const answer = await ask(breaking(SAVE), bought, action, body, key)
    expect([200, 201, 202]).toContain(answer.status)
    expect(answer.headers.get('Idempotent-Replayed')).toBe('true')
    await recoverAfter(manual, 1)
    expect([200, 201]).toContain((await ask(shop, bought, action, body, key)).status)
    const { operations, refunds } = await orderOf(api, bought)
    const statuses = [...operations, ...refunds].map(({ status }: { status: string }) => status)
    expect(statuses).toEqual(['succeeded'])
    expect(await bookOf(bought)).toHaveLength(action === 'void' || (action === 'cancel' && shop === manual) ? 0 : 1)
    expect(await violations(api)).toEqual([])
  })
})
