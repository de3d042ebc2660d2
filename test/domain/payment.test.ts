import { describe, expect, it } from 'vitest'
import {
  type AttemptStatus,
  capturableOf,
  decideFact,
  decideStaffCapture,
  isLive,
  mayStillBePaid,
  type PaymentFact,
  type PaymentMoney,
} from '../../src/domain/payment.ts'

const AMOUNT = { amount: 1999, currency: 'USD' }
const usd = (amount: number) => ({ amount, currency: 'USD' })
const WRONG = [
  { amount: 1998, currency: 'USD' },
  { amount: 2000, currency: 'USD' },
  { amount: 1999, currency: 'EUR' },
]

/** From the least to the most that can be said of a payment. */
const ORDER: readonly AttemptStatus[] = [
  'created',
  'requires_action',
  'processing',
  'failed',
  'closed',
  'authorized',
  'voided',
  'captured',
]

const FACTS: readonly PaymentFact[] = [
  { kind: 'requires_action' },
  { kind: 'processing' },
  { kind: 'failed' },
  { kind: 'closed' },
  { kind: 'authorized', amount: AMOUNT },
  { kind: 'voided' },
  { kind: 'captured', amount: AMOUNT },
]
const FORGED: readonly PaymentFact[] = [
  ...WRONG.flatMap((amount) => [
    { kind: 'authorized' as const, amount },
    { kind: 'captured' as const, amount },
    { kind: 'captured' as const, amount: usd(100), of: amount },
  ]),
  // Of the right whole, and yet no part of it.
  { kind: 'captured', amount: usd(2000), of: AMOUNT },
  { kind: 'captured', amount: usd(0), of: AMOUNT, final: true },
  { kind: 'captured', amount: { amount: 100, currency: 'EUR' }, of: AMOUNT },
]

/** A payment of 19.99 in `status`, as facts would have left it there. */
function paymentIn(status: AttemptStatus): PaymentMoney {
  const captured = status === 'captured' ? AMOUNT.amount : 0
  return { status, amount: AMOUNT, captured, released: status === 'voided' ? AMOUNT.amount : 0 }
}

function settle(payment: PaymentMoney, facts: readonly PaymentFact[]): PaymentMoney {
  let now = payment
  for (const fact of facts) {
    const decision = decideFact(now, fact)
    if (!decision.ok) continue
    const { to, captured, released } = decision
    now = { ...now, status: to, captured: now.captured + captured, released: now.released + released }
  }
  return now
}

function* sequences(length: number, of: number): Generator<number[]> {
  if (length === 0) yield []
  else for (const rest of sequences(length - 1, of)) for (let index = 0; index < of; index += 1) yield [...rest, index]
}

/** As the ledger does: a part that is in it already moves nothing. */
function settleParts(facts: readonly PaymentFact[]): PaymentMoney {
  const entered = new Set<string>()
  return facts.reduce((payment, fact) => {
    if (fact.kind === 'captured' && fact.part !== undefined) {
      if (entered.has(fact.part)) return payment
      entered.add(fact.part)
    }
    return settle(payment, [fact])
  }, paymentIn('created'))
}

function permutationsOf(length: number): number[][] {
  if (length === 0) return [[]]
  return permutationsOf(length - 1).flatMap((rest) =>
    Array.from({ length }, (_, place) => rest.toSpliced(place, 0, length - 1)),
  )
}

const PARTS: readonly PaymentFact[] = [
  { kind: 'captured', amount: usd(400), of: AMOUNT },
  { kind: 'captured', amount: usd(700), of: AMOUNT },
  { kind: 'captured', amount: usd(700), of: AMOUNT, final: true },
  { kind: 'captured', amount: usd(300), of: AMOUNT, final: true },
]
const ALL = [...FACTS, ...PARTS, ...FORGED.slice(0, 2)]

/** What the facts come to, whatever their order: the most that was captured, and whether that is all. */
function expected(facts: readonly PaymentFact[]): PaymentMoney {
  const good = facts.filter((fact) => !FORGED.includes(fact))
  const captured = Math.max(0, ...good.map((fact) => (fact.kind === 'captured' ? fact.amount.amount : 0)))
  const isOver = good.some((fact) => fact.kind === 'voided' || (fact.kind === 'captured' && fact.final === true))
  if (captured > 0) {
    if (!isOver && captured < AMOUNT.amount) return { status: 'authorized', amount: AMOUNT, captured, released: 0 }
    return { status: 'captured', amount: AMOUNT, captured, released: AMOUNT.amount - captured }
  }
  const ranks = good.map(({ kind }) => ORDER.indexOf(kind))
  const status = ORDER[Math.max(0, ...ranks)] ?? 'created'
  return { status, amount: AMOUNT, captured, released: isOver ? AMOUNT.amount : 0 }
}

describe('decideFact', () => {
  it('ends in the same place and sums for every order and repetition of the same facts', () => {
    const counts = [1, 2, 3, 4].map((length) => {
      let seen = 0
      for (const indexes of sequences(length, ALL.length)) {
        const facts = indexes.flatMap((index) => ALL[index] ?? [])
        const end = settle(paymentIn('created'), facts)
        const right = expected(facts)
        if (JSON.stringify(end) !== JSON.stringify(right)) expect(end, JSON.stringify(facts)).toEqual(right)
        seen += 1
      }
      return seen
    })
    expect(counts).toEqual([13, 13 ** 2, 13 ** 3, 13 ** 4])
  })

  it('sums parts that are told one by one, in every order, however often and whatever else is told', () => {
    const parts: readonly PaymentFact[] = [
      { kind: 'captured', part: 'a', amount: usd(400), of: AMOUNT },
      { kind: 'captured', part: 'b', amount: usd(700), of: AMOUNT },
    ]
    const last: PaymentFact = { kind: 'captured', part: 'c', amount: usd(300), of: AMOUNT, final: true }
    const rest: PaymentFact = { kind: 'captured', part: 'd', amount: usd(899), of: AMOUNT }
    const around: readonly PaymentFact[] = [
      { kind: 'failed' },
      { kind: 'closed' },
      { kind: 'authorized', amount: AMOUNT },
    ]
    const cases: readonly (readonly [facts: readonly PaymentFact[], end: Partial<PaymentMoney>])[] = [
      [[...around, ...parts], { status: 'authorized', captured: 1100, released: 0 }],
      [[...around, ...parts, last], { status: 'captured', captured: 1400, released: 599 }],
      [[...around, ...parts, { kind: 'voided' }], { status: 'captured', captured: 1100, released: 899 }],
      [[...around, ...parts, rest], { status: 'captured', captured: 1999, released: 0 }],
    ]
    for (const [facts, end] of cases) {
      for (const indexes of permutationsOf(facts.length)) {
        const told = indexes.flatMap((index) => facts[index] ?? [])
        expect(settleParts([...told, ...told.toReversed()]), JSON.stringify(told)).toMatchObject(end)
      }
    }
  })

  it('takes no part that is too much, of nothing, or of another payment', () => {
    const payment: PaymentMoney = { status: 'authorized', amount: AMOUNT, captured: 1500, released: 0 }
    for (const [amount, of] of [
      [usd(500), AMOUNT],
      [usd(0), AMOUNT],
      [usd(-1), AMOUNT],
      [usd(100), usd(2000)],
      [{ amount: 100, currency: 'EUR' }, AMOUNT],
    ] as const) {
      expect(decideFact(payment, { kind: 'captured', part: 'x', amount, of })).toMatchObject({ why: 'amount_mismatch' })
    }
  })

  it('ends alike for every order of all that can happen to money at once', () => {
    const money = [...FACTS.slice(3), ...PARTS.slice(0, 3)]
    let seen = 0
    const permute = (taken: PaymentFact[], left: readonly PaymentFact[]) => {
      if (left.length === 0) {
        seen += 1
        expect(settle(paymentIn('created'), taken)).toMatchObject({ status: 'captured', captured: 1999, released: 0 })
      }
      left.forEach((fact, place) => {
        permute([...taken, fact], left.toSpliced(place, 1))
      })
    }
    permute([], money)
    expect(seen).toBe(5040)
  })

  it.each(ORDER.flatMap((status) => FACTS.map((fact) => [status, fact] as const)))(
    'moves from %s by %j only forward',
    (status, fact) => {
      const step = ORDER.indexOf(fact.kind) - ORDER.indexOf(status)
      const why = step === 0 || (status === 'captured' && fact.kind === 'voided') ? 'already' : 'outdated'
      expect(decideFact(paymentIn(status), fact)).toMatchObject(
        step > 0 ? { ok: true, to: fact.kind } : { ok: false, why },
      )
    },
  )

  it.each(['created', 'requires_action', 'processing', 'failed', 'closed', 'authorized', 'voided'] as const)(
    'takes note of money that arrives after %s, all of it or a part',
    (status) => {
      const whole = decideFact(paymentIn(status), { kind: 'captured', amount: AMOUNT })
      expect(whole).toMatchObject({ ok: true, to: 'captured', captured: 1999 })
      const part = decideFact(paymentIn(status), { kind: 'captured', amount: usd(700), of: AMOUNT })
      expect(part).toMatchObject({ ok: true, captured: 700, to: status === 'voided' ? 'captured' : 'authorized' })
    },
  )

  it('never takes money back because of a late message', () => {
    for (const fact of [...FACTS, ...PARTS])
      expect(settle(paymentIn('captured'), [fact])).toEqual(paymentIn('captured'))
  })

  it('adds parts up to what has been captured in all, and lets the rest go with the last', () => {
    const [first, second, last] = PARTS.slice(0, 3)
    if (!first || !second || !last) throw new Error('three parts')
    const half = settle(paymentIn('authorized'), [first])
    expect(half).toMatchObject({ status: 'authorized', captured: 400, released: 0 })
    expect(decideFact(half, second)).toMatchObject({ captured: 300, released: 0, to: 'authorized' })
    expect(decideFact(half, last)).toMatchObject({ captured: 300, released: 1299, to: 'captured' })
    expect(decideFact(half, { kind: 'voided' })).toMatchObject({ captured: 0, released: 1599, to: 'captured' })
  })

  it.each(ORDER.flatMap((status) => FORGED.map((fact) => [status, fact] as const)))(
    'does not move from %s by %j, which is not what was asked for',
    (status, fact) => {
      const got = 'amount' in fact ? fact.amount : undefined
      const mismatch = { ok: false, why: 'amount_mismatch', expected: AMOUNT, got }
      expect(decideFact(paymentIn(status), fact)).toEqual(mismatch)
    },
  )
})

describe('a capture by staff', () => {
  const half = { ...paymentIn('authorized'), captured: 400 }

  it('takes what is asked, or all there is', () => {
    expect(decideStaffCapture(half, null, false)).toEqual({ ok: true, amount: usd(1599), final: true })
    expect(decideStaffCapture(half, 599, false)).toEqual({ ok: true, amount: usd(599), final: false })
    expect(decideStaffCapture(half, 599, true)).toEqual({ ok: true, amount: usd(599), final: true })
    expect(decideStaffCapture(half, 1599, false)).toMatchObject({ final: true })
  })

  it('says how much there is when more is asked', () => {
    const refusal = { ok: false, why: 'more_than_authorized', capturable: usd(1599) }
    expect(decideStaffCapture(half, 1600, false)).toEqual(refusal)
  })

  it.each(ORDER.filter((status) => status !== 'authorized'))('takes nothing of a payment that is %s', (status) => {
    expect(decideStaffCapture(paymentIn(status), 1, false)).toEqual({ ok: false, why: 'not_authorized' })
    expect(capturableOf(paymentIn(status))).toBe(0)
  })
})

describe('an attempt', () => {
  it.each<[AttemptStatus, live: boolean, payable: boolean]>([
    ['created', true, true],
    ['requires_action', true, true],
    ['processing', true, true],
    ['failed', false, true], // the shopper may try again in the provider's page
    ['closed', false, false],
    ['authorized', true, true],
    ['voided', false, false],
    ['captured', false, false],
  ])('%s: blocks another %j, may still be paid %j', (status, live, payable) => {
    expect([isLive(status), mayStillBePaid(status)]).toEqual([live, payable])
  })
})
