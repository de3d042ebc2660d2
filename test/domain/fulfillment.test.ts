import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideFulfillment } from '../../src/domain/fulfillment.ts'
import { fulfillableOf, type OrderStatus } from '../../src/domain/order.ts'

const line = (id: string, quantity: number, fulfilledQuantity = 0, removedQuantity = 0) => ({
  ...{ id, quantity, fulfilledQuantity, removedQuantity },
})
const order = (...lines: ReturnType<typeof line>[]) => ({ status: 'confirmed' as OrderStatus, lines })
const wish = (...pairs: [string, number][]) => pairs.map(([lineId, quantity]) => ({ lineId, quantity }))

describe('decideFulfillment', () => {
  it.each<OrderStatus>(['pending', 'completed', 'cancelled'])('ships nothing of a %s order', (status) => {
    expect(decideFulfillment({ ...order(line('a', 1)), status }, null)).toEqual({ ok: false, why: 'not_open' })
  })

  it.each([
    ['all of it', order(line('a', 2), line('b', 1)), null, wish(['a', 2], ['b', 1]), 'fulfilled'],
    ['a part', order(line('a', 2), line('b', 1)), wish(['a', 1]), wish(['a', 1]), 'partially_fulfilled'],
    ['all that is left', order(line('a', 3, 1, 1), line('b', 1, 1)), null, wish(['a', 1]), 'fulfilled'],
    ['the last piece', order(line('a', 2, 1)), wish(['a', 1]), wish(['a', 1]), 'fulfilled'],
    ['what was not taken out', order(line('a', 1), line('b', 2, 0, 2)), null, wish(['a', 1]), 'fulfilled'],
  ] as const)('ships %s', (_, given, asked, lines, to) => {
    expect(decideFulfillment(given, asked)).toEqual({ ok: true, lines, to })
  })

  it.each([
    ['another order’s line', wish(['a', 1], ['x', 1]), { why: 'unknown_line', place: 1 }],
    ['more than is left', wish(['b', 1], ['a', 2]), { why: 'more_than_left', place: 1, left: 1 }],
  ] as const)('refuses %s, and says where', (_, asked, why) => {
    expect(decideFulfillment(order(line('a', 3, 1, 1), line('b', 1)), asked)).toEqual({ ok: false, ...why })
  })

  it('finds nothing left once all is shipped or taken out', () => {
    expect(decideFulfillment(order(line('a', 1, 1), line('b', 1, 0, 1)), null)).toEqual({
      ok: false,
      why: 'nothing_left',
    })
  })

  it('never ships more than there is, however an order is split into parcels', () => {
    const lines = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
    const parcels = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })), { maxLength: 12 })
    const law = fc.property(lines, parcels, (quantities, asked) => {
      const state = quantities.map((quantity, index) => line(String(index), quantity))
      for (const [index, quantity] of asked) {
        const decision = decideFulfillment(order(...state), wish([String(index), quantity]))
        if (!decision.ok) continue
        for (const { lineId, quantity: pieces } of decision.lines) {
          const found = state.find(({ id }) => id === lineId)
          if (found) found.fulfilledQuantity += pieces
        }
        expect(state.every((each) => fulfillableOf(each) >= 0)).toBe(true)
        expect(decision.to === 'fulfilled').toBe(state.every((each) => fulfillableOf(each) === 0))
      }
    })
    fc.assert(law)
  })
})
