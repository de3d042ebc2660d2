import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideRefund,
  type RefundableLine,
  type RefundSource,
  type RefundWish,
  type Restock,
} from '../../src/domain/refund.ts'

const line = (id: string, quantity: number, total: number, changes: Partial<RefundableLine> = {}): RefundableLine => ({
  ...{ id, quantity, total, fulfilledQuantity: 0, removedQuantity: 0, refundedQuantity: 0, returnedQuantity: 0 },
  ...changes,
})
const payment = (refundable: number): RefundSource => ({ kind: 'payment', id: 'pay', refundable })
const card = (refundable: number, id = 'card'): RefundSource => ({ kind: 'gift_card', id, refundable })
const wish = (changes: Partial<RefundWish> = {}): RefundWish => ({ lines: [], shipping: 0, amount: null, ...changes })
const pieces = (id: string, quantity: number, restock: Restock = 'none') => ({ id, quantity, restock })

/** Three mugs for 10.00, a plate for nothing, shipping 5.00: 15.00 in all. */
const order = {
  lines: [line('mugs', 3, 1000), line('plate', 1, 0)],
  shipping: { total: 500, refunded: 0 },
  sources: [payment(1500)],
}

describe('decideRefund', () => {
  it('gives back what a free amount says, up to what is left', () => {
    for (const amount of [1, 1500]) {
      const plan = { amount, lines: [], shipping: 0, parts: [{ source: payment(1500), amount }] }
      expect(decideRefund(order, wish({ amount }))).toEqual({ ok: true, plan })
    }
    expect(decideRefund(order, wish({ amount: 1501 }))).toEqual({ ok: false, why: 'more_than_paid', refundable: 1500 })
  })

  it('gives nothing back of what was never captured', () => {
    const unpaid = { ...order, sources: [payment(0)] }
    expect(decideRefund(unpaid, wish({ amount: 1 }))).toEqual({ ok: false, why: 'more_than_paid', refundable: 0 })
    expect(decideRefund({ ...order, sources: [] }, wish({ lines: [pieces('mugs', 1)] }))).toMatchObject({
      why: 'more_than_paid',
    })
  })

  it('gives back what pieces and shipping were paid with, the odd cent with the first piece', () => {
    expect(decideRefund(order, wish({ lines: [pieces('mugs', 1)], shipping: 200 }))).toMatchObject({
      plan: { amount: 534, shipping: 200, lines: [{ id: 'mugs', quantity: 1, amount: 334, restock: 'none' }] },
    })
    const later = { ...order, lines: [line('mugs', 3, 1000, { refundedQuantity: 1 })] }
    expect(decideRefund(later, wish({ lines: [pieces('mugs', 2)], shipping: 'all' }))).toMatchObject({
      plan: { amount: 1166, shipping: 500 },
    })
  })

  it('lets a free amount stand instead of what pieces were paid with', () => {
    expect(decideRefund(order, wish({ lines: [pieces('mugs', 3)], amount: 100 }))).toMatchObject({
      plan: { amount: 100, lines: [{ quantity: 3, amount: 1000 }] },
    })
  })

  it('takes pieces back that have cost nothing, from nobody', () => {
    expect(decideRefund({ ...order, sources: [] }, wish({ lines: [pieces('plate', 1)] }))).toMatchObject({
      ok: true,
      plan: { amount: 0, parts: [], lines: [{ id: 'plate', amount: 0 }] },
    })
  })

  const shipped = line('mugs', 3, 1000, { fulfilledQuantity: 2 })
  it.each<[string, RefundableLine, RefundWish['lines'][number]]>([
    ['unknown_line', line('mugs', 3, 1000), pieces('none', 1)],
    ['more_than_ordered', line('mugs', 3, 1000), pieces('mugs', 4)],
    ['more_than_ordered', line('mugs', 3, 1000, { refundedQuantity: 2 }), pieces('mugs', 2)],
    ['more_than_unshipped', shipped, pieces('mugs', 2, 'cancel')],
    ['more_than_unshipped', { ...shipped, removedQuantity: 1 }, pieces('mugs', 1, 'cancel')],
    ['more_than_shipped', shipped, pieces('mugs', 3, 'return')],
    ['more_than_shipped', { ...shipped, refundedQuantity: 2, returnedQuantity: 2 }, pieces('mugs', 1, 'return')],
  ])('refuses %s: of %j not %j', (why, of, asked) => {
    const lines = [pieces('plate', 1), asked]
    expect(decideRefund({ ...order, lines: [line('plate', 1, 0), of] }, wish({ lines }))).toEqual({
      ok: false,
      why,
      place: 1,
    })
  })

  it('refuses more shipping than is left, and a wish for nothing', () => {
    const partly = { ...order, shipping: { total: 500, refunded: 300 } }
    expect(decideRefund(partly, wish({ shipping: 201 }))).toEqual({
      ...{ ok: false, why: 'more_than_shipping', refundable: 200 },
    })
    expect(decideRefund(partly, wish({ shipping: 'all' }))).toMatchObject({ plan: { amount: 200 } })
    const over = { ...order, shipping: { total: 500, refunded: 500 } }
    expect(decideRefund(over, wish({ shipping: 'all' }))).toEqual({ ok: false, why: 'nothing' })
    expect(decideRefund(order, wish())).toEqual({ ok: false, why: 'nothing' })
  })

  it('gives payments back before gift cards, each as far as it goes', () => {
    const sources = [payment(400), card(100, 'one'), card(900, 'two')]
    const plan = decideRefund({ ...order, sources }, wish({ amount: 700 }))
    expect(plan).toMatchObject({
      plan: {
        parts: [
          { source: { id: 'pay' }, amount: 400 },
          { source: { id: 'one' }, amount: 100 },
          { source: { id: 'two' }, amount: 200 },
        ],
      },
    })
  })
})

/** An order of a few lines, paid in full by a payment and cards, as it stands after refunds that were carried out. */
const orders = fc
  .record({
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 9 }), total: fc.nat(9999) }), {
      ...{ minLength: 1, maxLength: 4 },
    }),
    shipping: fc.nat(999),
    cards: fc.array(fc.nat(3000), { maxLength: 2 }),
  })
  .map(({ lines, shipping, cards }) => {
    const total = lines.reduce((sum, each) => sum + each.total, shipping)
    let rest = total
    const used = cards.map((amount, index) => {
      const part = Math.min(rest, amount)
      rest -= part
      return card(part, `card${index}`)
    })
    return {
      total,
      lines: lines.map(({ quantity, total: worth }, index) => line(`line${index}`, quantity, worth)),
      shipping: { total: shipping, refunded: 0 },
      sources: [payment(rest), ...used],
    }
  })

type Order = Parameters<typeof decideRefund>[0]

function carryOut(before: Order, asked: RefundWish): { order: Order; amount: number } {
  const decision = decideRefund(before, asked)
  if (!decision.ok) return { order: before, amount: 0 }
  const { plan } = decision
  expect(plan.parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(plan.amount)
  for (const { source, amount } of plan.parts) expect(amount).toBeLessThanOrEqual(source.refundable)
  const lines = before.lines.map((each) => {
    const asked_ = plan.lines.find(({ id }) => id === each.id)
    return { ...each, refundedQuantity: each.refundedQuantity + (asked_?.quantity ?? 0) }
  })
  const sources = before.sources.map((source) => {
    const part = plan.parts.find((each) => each.source.id === source.id)
    return { ...source, refundable: source.refundable - (part?.amount ?? 0) }
  })
  const shipping = { ...before.shipping, refunded: before.shipping.refunded + plan.shipping }
  return { order: { lines, sources, shipping }, amount: plan.amount }
}

describe('refunds, however they are cut', () => {
  it('of all pieces and shipping come to exactly what was paid, from exactly the sources it came from', () => {
    const law = fc.property(
      orders,
      fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 9 }), fc.nat(300)), { maxLength: 12 }),
      ({ total, ...start }, cuts) => {
        let now: Order = start
        let given = 0
        const step = (asked: RefundWish) => {
          const { order: next, amount } = carryOut(now, asked)
          now = next
          given += amount
        }
        for (const [index, quantity, shipping] of cuts) {
          step(wish({ lines: [pieces(`line${index}`, quantity)], shipping }))
        }
        const rest = now.lines.filter(({ quantity, refundedQuantity }) => refundedQuantity < quantity)
        const lines = rest.map(({ id, quantity, refundedQuantity }) => pieces(id, quantity - refundedQuantity))
        step(wish({ lines, shipping: 'all' }))
        expect(given).toBe(total)
        for (const { refundable } of now.sources) expect(refundable).toBe(0)
      },
    )
    fc.assert(law, { numRuns: 500 })
  })

  it('give each line exactly what it was paid with, the first pieces no less than the last', () => {
    const law = fc.property(fc.nat(99_999), fc.integer({ min: 1, max: 20 }), (total, quantity) => {
      const shares = Array.from({ length: quantity }, (_, refundedQuantity) => {
        const of = { lines: [line('it', quantity, total, { refundedQuantity })], shipping: { total: 0, refunded: 0 } }
        const decision = decideRefund({ ...of, sources: [payment(total)] }, wish({ lines: [pieces('it', 1)] }))
        return decision.ok ? decision.plan.amount : Number.NaN
      })
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
      expect([...shares].sort((left, right) => right - left)).toEqual(shares)
      expect((shares[0] ?? 0) - (shares.at(-1) ?? 0)).toBeLessThanOrEqual(1)
    })
    fc.assert(law)
  })

  it('never give back more than was paid, whatever is asked', () => {
    const asks = fc.record({
      lines: fc.uniqueArray(
        fc
          .tuple(fc.nat(4), fc.integer({ min: 1, max: 9 }))
          .map(([index, quantity]) => pieces(`line${index}`, quantity)),
        { maxLength: 3, selector: ({ id }) => id },
      ),
      shipping: fc.oneof(fc.nat(999), fc.constant('all' as const)),
      amount: fc.option(fc.integer({ min: 1, max: 9999 })),
    })
    const law = fc.property(orders, fc.array(asks, { maxLength: 10 }), ({ total, ...start }, wishes) => {
      let now: Order = start
      let given = 0
      for (const asked of wishes) {
        const { order: next, amount } = carryOut(now, asked)
        now = next
        given += amount
      }
      expect(given).toBeLessThanOrEqual(total)
      for (const { refundable } of now.sources) expect(refundable).toBeGreaterThanOrEqual(0)
      for (const { quantity, refundedQuantity } of now.lines) expect(refundedQuantity).toBeLessThanOrEqual(quantity)
      expect(now.shipping.refunded).toBeLessThanOrEqual(now.shipping.total)
    })
    fc.assert(law, { numRuns: 300 })
  })
})
