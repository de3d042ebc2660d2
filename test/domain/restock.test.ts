import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlannedHold } from '../../src/domain/allocation.ts'
import { planRestock } from '../../src/domain/restock.ts'

const shelf = (variantId: string, locationId: string, quantity: number): PlannedHold => ({
  ...{ variantId, locationId, quantity },
})

describe('planRestock', () => {
  const sold = [shelf('mug', 'near', 3), shelf('mug', 'far', 2), shelf('plate', 'near', 1)]

  it('puts goods back where they came from, the last shelf first', () => {
    expect(planRestock(new Map([['mug', 1]]), sold)).toEqual([shelf('mug', 'far', 1)])
    expect(planRestock(new Map([['mug', 4]]), sold)).toEqual([shelf('mug', 'far', 2), shelf('mug', 'near', 2)])
  })

  it('puts back no more than was taken, and nothing that never stood on a shelf', () => {
    expect(planRestock(new Map([['mug', 9]]), sold)).toEqual([shelf('mug', 'far', 2), shelf('mug', 'near', 3)])
    expect(planRestock(new Map([['download', 2]]), sold)).toEqual([])
    expect(planRestock(new Map(), sold)).toEqual([])
    expect(planRestock(new Map([['mug', 0]]), sold)).toEqual([])
  })

  it('never puts back more than was sold, of any variant or shelf, however often it is asked', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const shelves = fc.uniqueArray(
      fc
        .tuple(id, id, fc.integer({ min: 1, max: 9 }))
        .map(([variant, place, quantity]) => shelf(variant, place, quantity)),
      { selector: ({ variantId, locationId }) => `${variantId}@${locationId}`, maxLength: 9 },
    )
    const wishes = fc.array(fc.array(fc.tuple(id, fc.nat(9)), { maxLength: 3 }), { maxLength: 6 })
    const law = fc.property(shelves, wishes, (taken, asked) => {
      let rest = taken
      for (const wish of asked) {
        const wanted = new Map(wish)
        const plan = planRestock(wanted, rest)
        for (const [variantId, quantity] of wanted) {
          const back = plan.filter((each) => each.variantId === variantId)
          const there = rest.filter((each) => each.variantId === variantId)
          const total = (places: readonly PlannedHold[]) => places.reduce((sum, place) => sum + place.quantity, 0)
          expect(total(back)).toBe(Math.min(quantity, total(there)))
        }
        rest = rest.flatMap((place) => {
          const back = plan.filter((each) => each.variantId === place.variantId && each.locationId === place.locationId)
          expect(back.length).toBeLessThanOrEqual(1)
          const quantity = place.quantity - (back[0]?.quantity ?? 0)
          expect(quantity).toBeGreaterThanOrEqual(0)
          return quantity > 0 ? [{ ...place, quantity }] : []
        })
      }
    })
    fc.assert(law, { numRuns: 300 })
  })
})
