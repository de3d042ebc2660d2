import { describe, expect, it } from 'vitest'
import { type AttemptStatus, decideFact, type PaymentFact, type PaymentMoney } from '../../src/domain/payment.ts'

const WHOLE = { amount: 1999, currency: 'USD' }
const usd = (amount: number) => ({ amount, currency: 'USD' })

/** From the least to the most that can be said of a payment. */
const ORDER: readonly AttemptStatus[] = [
  ...(['created', 'requires_action', 'processing', 'failed', 'closed', 'authorized', 'voided', 'captured'] as const),
]

const part = (amount: number, final?: boolean): PaymentFact => ({
  ...{ kind: 'captured', amount: usd(amount), of: WHOLE },
  ...(final === undefined ? {} : { final }),
})

/** Whatever is said of one payment, by events that have no order: its life, captures in parts, and amounts that are not its own. */
const FACTS: readonly PaymentFact[] = [
  { kind: 'requires_action' },
  { kind: 'processing' },
  { kind: 'failed' },
  { kind: 'closed' },
  { kind: 'authorized', amount: WHOLE },
  { kind: 'voided' },
  { kind: 'captured', amount: WHOLE },
  part(400),
  part(700, false),
  part(700, true),
  part(300, true),
  { kind: 'authorized', amount: usd(1998) },
  { kind: 'captured', amount: { amount: 1999, currency: 'EUR' } },
]

const CREATED: PaymentMoney = { status: 'created', amount: WHOLE, captured: 0, released: 0 }

function told(payment: PaymentMoney, fact: PaymentFact): PaymentMoney {
  const decision = decideFact(payment, fact)
  if (!decision.ok) return payment
  const { to, captured, released } = decision
  return { ...payment, status: to, captured: payment.captured + captured, released: payment.released + released }
}

/** What facts come to that have been heard, said without any order: the most of each. */
interface Heard {
  rank: number
  captured: number
  isOver: boolean
}

function heardWith({ rank, captured, isOver }: Heard, fact: PaymentFact): Heard {
  if ('amount' in fact) {
    const { of = fact.amount } = fact as { of?: typeof WHOLE }
    if (of.amount !== WHOLE.amount || of.currency !== WHOLE.currency) return { rank, captured, isOver }
  }
  return {
    rank: Math.max(rank, ORDER.indexOf(fact.kind)),
    captured: Math.max(captured, fact.kind === 'captured' ? fact.amount.amount : 0),
    isOver: isOver || fact.kind === 'voided' || (fact.kind === 'captured' && fact.final === true),
  }
}

function isWhatWasHeard({ status, captured, released }: PaymentMoney, heard: Heard): boolean {
  const isPart = heard.captured > 0 && heard.captured < WHOLE.amount && !heard.isOver
  const right = isPart ? 'authorized' : ORDER[heard.rank]
  const rest = heard.isOver || right === 'captured' ? WHOLE.amount - heard.captured : 0
  return status === right && captured === heard.captured && released === rest
}

describe('the facts of a payment end alike', () => {
  it('in every sequence of up to 6 of them, each as often as it likes', () => {
    let seen = 0
    const wrong: PaymentFact[][] = []
    const path: PaymentFact[] = []
    const walk = (payment: PaymentMoney, heard: Heard, left: number) => {
      for (const fact of FACTS) {
        path.push(fact)
        const next = told(payment, fact)
        const all = heardWith(heard, fact)
        seen += 1
        if (!isWhatWasHeard(next, all)) wrong.push([...path])
        else if (left > 1) walk(next, all, left - 1)
        path.pop()
      }
    }
    walk(CREATED, { rank: 0, captured: 0, isOver: false }, 6)
    expect(wrong.slice(0, 3)).toEqual([])
    expect(seen).toBe([1, 2, 3, 4, 5, 6].reduce((sum, length) => sum + FACTS.length ** length, 0))
  })

  it('in sequences of any length: from every state that can be reached, two facts may change places, and one repeats itself', () => {
    const facts = [...FACTS, ...[1, 300, 399, 401, 1998].flatMap((amount) => [part(amount), part(amount, true)])]
    const reached = new Map<string, PaymentMoney>([[JSON.stringify(CREATED), CREATED]])
    // The map grows while it is walked: what is added is walked too.
    for (const payment of reached.values()) {
      for (const fact of facts) {
        const next = told(payment, fact)
        reached.set(JSON.stringify(next), reached.get(JSON.stringify(next)) ?? next)
      }
    }
    const wrong: unknown[] = []
    for (const payment of reached.values()) {
      for (const one of facts) {
        const once = told(payment, one)
        if (JSON.stringify(told(once, one)) !== JSON.stringify(once)) wrong.push({ payment, twice: one })
        for (const other of facts) {
          const there = JSON.stringify(told(once, other))
          if (there !== JSON.stringify(told(told(payment, other), one))) wrong.push({ payment, one, other })
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([])
    expect(reached.size).toBeGreaterThan(20)
  })
})
