import { describe, expect, it } from 'vitest'
import { type AttemptStatus, decideFact, isLive, mayStillBePaid, type PaymentFact } from '../../src/domain/payment.ts'

const AMOUNT = { amount: 1999, currency: 'USD' }
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
const FORGED: readonly PaymentFact[] = WRONG.flatMap((amount) => [
  { kind: 'authorized' as const, amount },
  { kind: 'captured' as const, amount },
])

function settle(status: AttemptStatus, facts: readonly PaymentFact[]): AttemptStatus {
  let now = status
  for (const fact of facts) {
    const decision = decideFact({ status: now, amount: AMOUNT }, fact)
    if (decision.ok) now = decision.to
  }
  return now
}

function* sequences(length: number): Generator<number[]> {
  if (length === 0) yield []
  else
    for (const rest of sequences(length - 1)) for (let index = 0; index < ALL.length; index += 1) yield [...rest, index]
}
const ALL = [...FACTS, ...FORGED.slice(0, 2)]

describe('decideFact', () => {
  it('ends in the same place for every order of the same facts', () => {
    const ends = new Map<string, AttemptStatus>()
    let seen = 0
    for (let length = 1; length <= 4; length += 1) {
      for (const indexes of sequences(length)) {
        const facts = indexes.flatMap((index) => ALL[index] ?? [])
        const end = settle('created', facts)
        const bag = [...indexes].sort((left, right) => left - right).join()
        if ((ends.get(bag) ?? end) !== end) expect.fail(`${bag}: ${ends.get(bag)} or ${end}`)
        ends.set(bag, end)
        seen += 1
      }
    }
    expect(seen).toBe(9 + 9 ** 2 + 9 ** 3 + 9 ** 4)
    // Bags of at most four out of nine: C(13, 4) - 1.
    expect(ends.size).toBe(714)
  })

  it.each(ORDER.flatMap((status) => FACTS.map((fact) => [status, fact] as const)))(
    'moves from %s by %j only forward',
    (status, fact) => {
      const step = ORDER.indexOf(fact.kind) - ORDER.indexOf(status)
      const why = step === 0 ? 'already' : 'outdated'
      expect(decideFact({ status, amount: AMOUNT }, fact)).toEqual(
        step > 0 ? { ok: true, to: fact.kind } : { ok: false, why },
      )
    },
  )

  it.each(['created', 'requires_action', 'processing', 'failed', 'closed', 'authorized', 'voided'] as const)(
    'takes note of money that arrives after %s',
    (status) => {
      expect(decideFact({ status, amount: AMOUNT }, { kind: 'captured', amount: AMOUNT })).toMatchObject({ ok: true })
    },
  )

  it('never takes money back because of a late message', () => {
    for (const fact of FACTS) expect(settle('captured', [fact])).toBe('captured')
  })

  it.each(ORDER.flatMap((status) => FORGED.map((fact) => [status, fact] as const)))(
    'does not move from %s by %j, which is not what was asked for',
    (status, fact) => {
      const got = 'amount' in fact ? fact.amount : undefined
      expect(decideFact({ status, amount: AMOUNT }, fact)).toEqual({
        ok: false,
        why: 'amount_mismatch',
        expected: AMOUNT,
        got,
      })
    },
  )
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
