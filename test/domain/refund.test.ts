import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRefund } from '../../src/domain/refund.ts'

const payment = { captured: 1000, refunded: 300, currency: 'USD' }
const usd = (amount: number) => ({ amount, currency: 'USD' })

describe('decideRefund', () => {
  it('gives back what is asked, up to what is left', () => {
    expect(decideRefund(payment, 1)).toEqual({ ok: true, amount: usd(1) })
    expect(decideRefund(payment, 700)).toEqual({ ok: true, amount: usd(700) })
  })

  it('says how much is left when more is asked', () => {
    expect(decideRefund(payment, 701)).toEqual({ ok: false, why: 'more_than_captured', refundable: usd(700) })
    expect(decideRefund({ ...payment, refunded: 1000 }, 1)).toMatchObject({ ok: false, refundable: usd(0) })
  })

  it('gives nothing back of what was never captured', () => {
    expect(decideRefund({ ...payment, captured: 0, refunded: 0 }, 1)).toEqual({ ok: false, why: 'not_captured' })
  })

  it('never gives back more than was captured, however often it is asked', () => {
    const law = fc.property(fc.nat(1000), fc.array(fc.integer({ min: 1, max: 600 })), (captured, wishes) => {
      let refunded = 0
      for (const wish of wishes) {
        const decision = decideRefund({ captured, refunded, currency: 'USD' }, wish)
        if (decision.ok) refunded += decision.amount.amount
        expect(decision.ok).toBe(decision.ok ? refunded <= captured : false)
        if (!decision.ok) expect(refunded + wish).toBeGreaterThan(captured)
      }
      expect(refunded).toBeLessThanOrEqual(captured)
    })
    fc.assert(law)
  })
})
