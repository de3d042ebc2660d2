import { describe, expect, it } from 'vitest'
import type { TestEvent } from '../../src/features/payments/test/events.ts'
import { createApi, unique, violations } from '../support/api.ts'
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
  usd,
  withProvider,
} from '../support/money.ts'

const api = createApi()
const manual = manualApi()
const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })

describe('what staff do in the provider’s dashboard lands in the same ledgers', () => {
  it('a capture in parts', async () => {
    const bought = await buy(manual)
    expect((await outside(manual, bought, 'captured', 1000)).body).toMatchObject({ delivered: true })
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ payment_status: 'authorized', operations: [], payments: [{ captured: usd(1000), capturable: usd(2756) }] },
    })
    await outside(manual, bought, 'captured')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', payments: [{ captured: usd(3756) }] })
    expect((await outside(manual, bought, 'captured', 1)).status).toBe(409)
    expect(await ledgerOf(bought)).toMatchObject({
      moves: ['authorized +0 ~0 -0', 'authorized +1000 ~0 -0', 'captured +2756 ~0 -0'],
    })
    expect(await eventsOf(bought)).toContain('order.paid')
  })

  it('captures here and there, one after the other', async () => {
    const bought = await buy(manual)
    await ask(manual, bought, 'capture', { amount: usd(1000) })
    await outside(manual, bought, 'captured', 500)
    expect((await ask(manual, bought, 'capture', { amount: usd(2257) })).body).toMatchObject({ capturable: usd(2256) })
    const { body } = await ask(manual, bought, 'capture')
    expect(body).toMatchObject({ payment_status: 'paid', operations: [{ amount: usd(1000) }, { amount: usd(2256) }] })
    expect(await violations(api)).toEqual([])
  })

  it('a capture there that is not heard of yet is heard of with the next one here', async () => {
    const bought = await buy(manual)
    await outside(deaf, bought, 'captured', 500)
    const { status, body } = await ask(manual, bought, 'capture', { amount: usd(1000) })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 1500, released: 0 })
    expect(await violations(api)).toEqual([])
  })

  it('a void, after nothing and after a part', async () => {
    const [whole, part] = [await buy(manual), await buy(manual)]
    await outside(manual, part, 'captured', 1000)
    for (const bought of [whole, part]) await outside(manual, bought, 'voided')
    expect(await orderOf(api, whole)).toMatchObject({ status: 'confirmed', payment_status: 'voided' })
    expect(await orderOf(api, part)).toMatchObject({ payment_status: 'paid', payments: [{ status: 'captured' }] })
    expect(await violations(api)).toEqual([])
  })

  it('a refund, beside those made here', async () => {
    const bought = await buy(api)
    await ask(api, bought, 'refunds', { amount: usd(1000) })
    await outside(api, bought, 'refunded', 700)
    expect(await orderOf(api, bought)).toMatchObject({
      payment_status: 'partially_refunded',
      refunds: [
        { amount: usd(1000), reason: 'requested', status: 'succeeded' },
        { amount: usd(700), reason: 'provider', status: 'succeeded', lines: [] },
      ],
    })
    expect((await ask(api, bought, 'refunds', { amount: usd(2057) })).body).toMatchObject({ refundable: usd(2056) })
    await outside(api, bought, 'refunded')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'refunded' })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 3756 })
    expect(await bookOf(bought)).toHaveLength(3)
    expect(await violations(api)).toEqual([])
  })

  it('a refund of what is under way here too goes out once: ours fails, and theirs is entered', async () => {
    const bought = await buy(api)
    const { api: mute } = withProvider(() => ({
      refund: async () => {
        throw new Error('not answered')
      },
    }))
    expect((await ask(mute, bought, 'refunds', { amount: usd(3000) })).status).toBe(202)
    // More than is free here: their event waits until ours is settled.
    expect((await outside(api, bought, 'refunded', 2000)).body).toMatchObject({ delivered: true })
    await recoverAfter(api, 2)
    await recoverAfter(api, 4)
    const { refunds, payment_status: status } = await orderOf(api, bought)
    expect(status).toBe('partially_refunded')
    expect(refunds.map((each: Record<string, unknown>) => [each.reason, each.status, each.amount])).toEqual([
      ['requested', 'failed', usd(3000)],
      ['provider', 'succeeded', usd(2000)],
    ])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 2000 })
    expect(await violations(api)).toEqual([])
  })

  it('a refund that is still under way there is not asked for here: it goes out once', async () => {
    const bought = await buy(api)
    const { api: counting, asked } = withProvider(() => ({}))
    const refunded = (status: 'pending' | 'succeeded') => {
      const details = { reference: 're_1', refund_id: null, status }
      return eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(1000), details })()
    }
    await refunded('pending')
    expect((await ask(api, bought, 'refunds', { amount: usd(2757) })).body).toMatchObject({ refundable: usd(2756) })
    await recoverAfter(counting, 2)
    await ask(counting, bought, 'cancel')
    expect(await bookOf(bought)).toEqual(['refund 2756 succeeded'])
    expect(asked).toEqual({ refund: 1 })
    await refunded('succeeded')
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'refunded' })
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 3756 })
    expect(await violations(api)).toEqual([])
  })

  it('a refund of more than there is to give back waits for it, and is told of when it never comes', async () => {
    const bought = await buy(api)
    const details = { reference: 're_1', refund_id: null, status: 'succeeded' as const }
    const id = unique('evt')
    await eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(3757), details }, id)()
    const dead = () =>
      testEnv()
        .DB.prepare(`SELECT json_extract(o.payload, '$.detail') AS detail FROM webhook_events AS e
          JOIN outbox AS o ON o.subject_id = e.id AND o.topic = 'webhook.dead' WHERE e.event_id = ? AND e.status = 'dead'`)
        .bind(id)
        .all<{ detail: string }>()
    expect((await dead()).results).toEqual([])
    for (let minutes = 1; minutes <= 10; minutes += 1) await recoverAfter(api, minutes * 60)
    expect((await dead()).results).toEqual([{ detail: 'a refund of 3757 where 3756 can be given back' }])
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', refunds: [] })
    expect(await violations(api)).toEqual([])
  })

  it('a refund that the provider takes on before it has an id of its own is one refund', async () => {
    const bought = await buy(api)
    const { api: slow } = withProvider(() => ({
      refund: async () => ({ status: 'pending', reference: null, detail: null }),
    }))
    const { body } = await ask(slow, bought, 'refunds', { amount: usd(1000) })
    const [{ id }] = body.refunds
    await recoverAfter(slow, 2)
    const details = { reference: 're_late', refund_id: id, status: 'succeeded' as const }
    await eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(1000), details })()
    const { refunds } = await orderOf(api, bought)
    expect(refunds).toMatchObject([{ id, status: 'succeeded', amount: usd(1000) }])
    expect(await ledgerOf(bought)).toMatchObject({ refunded: 1000 })
    expect(await violations(api)).toEqual([])
  })

  it('a refund that names one of another payment is left for a person to look at', async () => {
    const [bought, other] = [await buy(api), await buy(api)]
    const { body } = await ask(api, other, 'refunds', { amount: usd(500) })
    const details = { reference: 're_1', refund_id: body.refunds[0].id, status: 'succeeded' as const }
    await eventOf(api, { outcome: 'refunded', paymentId: bought.paymentId, amount: usd(500), details })()
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid', refunds: [] })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
  })

  it('a refund of money that nobody accepted, beside the one that was under way', async () => {
    const bought = await buy(api, {})
    await outside(deaf, bought, 'succeeded')
    const late = eventOf(api, { outcome: 'succeeded', paymentId: bought.paymentId, amount: usd(3756) })
    // Its goods are gone by the time it is heard of.
    const { api: closed } = withProvider(() => ({
      closeSession: async (payment) => ({ fact: { kind: 'closed' }, reference: payment.paymentId, nextAction: null }),
    }))
    await ask(closed, bought, 'cancel')
    await late()
    expect(await orderOf(api, bought)).toMatchObject({ status: 'cancelled', refunds: [{ status: 'pending' }] })
    await outside(api, bought, 'refunded')
    await recoverAfter(api, 2)
    await recoverAfter(api, 4)
    expect(await ledgerOf(bought)).toMatchObject({ captured: 3756, refunded: 3756 })
    expect(await bookOf(bought)).toContain('refund 3756 succeeded')
    expect(await violations(api)).toEqual([])
  })
})

describe('a dispute', () => {
  it('holds its money until it is decided', async () => {
    const bought = await buy(api)
    await outside(api, bought, 'disputed', 3000)
    expect(await orderOf(api, bought)).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'paid' },
      disputes: [{ status: 'open', amount: usd(3000), reason: 'disputed' }],
    })
    expect((await ask(api, bought, 'refunds', { amount: usd(757) })).body).toMatchObject({
      ...{ code: 'refund_exceeds_payment', refundable: usd(756) },
    })
    await outside(api, bought, 'dispute_won', 3000)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'won' }] })
    expect((await ask(api, bought, 'refunds', { amount: usd(3756) })).status).toBe(201)
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.disputed')).toHaveLength(2)
    expect(await violations(api)).toEqual([])
  })

  it('that is lost keeps it', async () => {
    const bought = await buy(api)
    await outside(api, bought, 'disputed', 3000)
    await outside(api, bought, 'dispute_lost', 3000)
    expect((await ask(api, bought, 'refunds', { amount: usd(757) })).body).toMatchObject({ refundable: usd(756) })
    const { body } = await ask(api, bought, 'cancel')
    expect(body).toMatchObject({ status: 'cancelled', refunds: [{ amount: usd(756) }] })
    expect(await violations(api)).toEqual([])
  })

  it('that is won for an order given up meanwhile gives its money back then', async () => {
    const bought = await buy(api)
    await outside(api, bought, 'disputed', 3000)
    expect((await ask(api, bought, 'cancel')).body).toMatchObject({
      status: 'cancelled',
      refunds: [{ amount: usd(756) }],
    })
    await outside(api, bought, 'dispute_won', 3000)
    await recoverAfter(api, 1)
    expect(await bookOf(bought)).toEqual(expect.arrayContaining(['refund 756 succeeded', 'refund 3000 succeeded']))
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'refunded' })
    expect(await violations(api)).toEqual([])
  })

  it.each(['won', 'lost'] as const)(
    'heard of before money that came late is not given back as well, unless it is %s',
    async (end) => {
      const bought = await buy(api, {})
      const { paymentId } = bought
      const told = (outcome: TestEvent['outcome']) =>
        eventOf(api, { outcome, paymentId, amount: usd(3756), details: { reference: 'dispute' } })()
      const { api: closed } = withProvider(() => ({
        closeSession: async (payment) => ({ fact: { kind: 'closed' }, reference: payment.paymentId, nextAction: null }),
      }))
      await ask(closed, bought, 'cancel')
      await told('disputed')
      await told('succeeded')
      await recoverAfter(api, 1)
      expect(await bookOf(bought)).toEqual([])
      expect(await violations(api)).toEqual([])
      await told(`dispute_${end}`)
      await recoverAfter(api, 2)
      expect(await bookOf(bought)).toEqual(end === 'won' ? ['refund 3756 succeeded'] : [])
      expect(await violations(api)).toEqual([])
    },
  )

  it('in another currency, or of more than was ever asked, is left for a person to look at', async () => {
    const bought = await buy(api)
    const details = { reference: 'dispute' }
    for (const amount of [usd(3757), { amount: 100, currency: 'EUR' }]) {
      await eventOf(api, { outcome: 'disputed', paymentId: bought.paymentId, amount, details })()
    }
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [] })
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.amount_mismatch')).toHaveLength(2)
  })

  it('decided about another amount than it was opened for is left for a person to look at', async () => {
    const bought = await buy(api)
    const disputed = (outcome: 'disputed' | 'dispute_won', amount: number) => {
      const details = { reference: 'dispute' }
      return eventOf(api, { outcome, paymentId: bought.paymentId, amount: usd(amount), details })()
    }
    await disputed('disputed', 3000)
    await disputed('dispute_won', 1)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'open', amount: usd(3000) }] })
    expect(await eventsOf(bought)).toContain('payment.amount_mismatch')
    await disputed('dispute_won', 3000)
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'won' }] })
    expect(await violations(api)).toEqual([])
  })

  it('told of by two events at the same moment is told once', async () => {
    const bought = await buy(api)
    const details = { reference: 'dispute' }
    const event = { outcome: 'disputed' as const, paymentId: bought.paymentId, amount: usd(100), details }
    await Promise.all(Array.from({ length: 8 }, () => eventOf(api, event)()))
    expect(await orderOf(api, bought)).toMatchObject({ disputes: [{ status: 'open' }] })
    expect((await eventsOf(bought)).filter((topic) => topic === 'payment.disputed')).toHaveLength(1)
    expect(await violations(api)).toEqual([])
  })
})

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, place) => permutations(items.toSpliced(place, 1)).map((rest) => [item, ...rest]))
}

type Happening = Omit<TestEvent, 'id' | 'paymentId'>

/** Each order of these events on an order of its own, every event by two ids at once; how all of them are in the end. */
async function endsOf(sequences: readonly Happening[][]): Promise<Set<string>> {
  const orders: Bought[] = []
  for (const sequence of sequences) {
    const bought = await buy(api, {}, { onHand: 3 })
    for (const happening of sequence) {
      const event = { ...happening, paymentId: bought.paymentId }
      const answers = await Promise.all([eventOf(api, event)(), eventOf(api, event)()])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    }
    orders.push(bought)
  }
  for (const minutes of [1, 2, 4]) await recoverAfter(api, minutes)
  const ends = new Set<string>()
  for (const bought of orders) {
    const { moves: _, ...sums } = await ledgerOf(bought)
    const { status, payment_status, refunds, disputes } = await orderOf(api, bought)
    const given = refunds.map((refund: Record<string, unknown>) => [refund.status, refund.amount])
    const asked = disputes.map((dispute: Record<string, unknown>) => [dispute.status, dispute.amount])
    ends.add(JSON.stringify({ ...sums, order: status, payment_status, given, asked }))
  }
  return ends
}

describe('events that come twice and in any order end alike', () => {
  const refunded = (status: 'pending' | 'succeeded' | 'failed', amount: number): Happening => ({
    ...{ outcome: 'refunded', amount: usd(amount), details: { reference: 're_1', refund_id: null, status } },
  })
  const captured = (amount: number, final: boolean): Happening => ({
    ...{ outcome: 'captured', amount: usd(amount), details: { of: usd(3756), final } },
  })
  const disputed = (outcome: 'disputed' | 'dispute_lost'): Happening => ({
    ...{ outcome, amount: usd(300), details: { reference: 'dp_1' } },
  })

  // One of so many orders is taken: all of the first, where most can go wrong.
  it.each<[string, Happening[], number, object]>([
    [
      'authorized, captured in parts, given back',
      [
        { outcome: 'authorized', amount: usd(3756) },
        captured(1000, false),
        captured(2500, true),
        refunded('succeeded', 500),
      ],
      1,
      {
        ...{ status: 'captured', captured: 2500, released: 1256, refunded: 500, disputed: 0, accepted: 1 },
        ...{ order: 'confirmed', payment_status: 'partially_refunded', given: [['succeeded', usd(500)]], asked: [] },
      },
    ],
    [
      'paid, given back, which fails in the end',
      [
        { outcome: 'succeeded', amount: usd(3756) },
        refunded('pending', 500),
        refunded('succeeded', 500),
        refunded('failed', 500),
      ],
      3,
      {
        ...{ status: 'captured', captured: 3756, released: 0, refunded: 0, disputed: 0, accepted: 1 },
        ...{ order: 'confirmed', payment_status: 'paid', given: [['failed', usd(500)]], asked: [] },
      },
    ],
    [
      'declined, paid, disputed, lost',
      [
        { outcome: 'declined', amount: usd(3756) },
        { outcome: 'succeeded', amount: usd(3756) },
        disputed('disputed'),
        disputed('dispute_lost'),
      ],
      3,
      {
        ...{ status: 'captured', captured: 3756, released: 0, refunded: 0, disputed: 300, accepted: 1 },
        ...{ order: 'confirmed', payment_status: 'paid', given: [], asked: [['lost', usd(300)]] },
      },
    ],
  ])(
    '%s',
    async (_, happenings, oneOf, end) => {
      const ends = await endsOf(permutations(happenings).filter((_, place) => place % oneOf === 0))
      expect([...ends].map((each) => JSON.parse(each))).toEqual([end])
      expect(await violations(api)).toEqual([])
    },
    120_000,
  )
})
