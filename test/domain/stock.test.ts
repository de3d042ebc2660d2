import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planHolds, type RankedLevel } from '../../src/domain/allocation.ts'
import type { InventoryPolicy } from '../../src/domain/product.ts'
import { availableQuantity, isBackordered } from '../../src/domain/stock.ts'

function level(onHand: number, changes: Partial<RankedLevel> = {}): RankedLevel {
  return {
    variantId: 'mug',
    locationId: 'north',
    policy: 'deny',
    backorderLimit: null,
    onHand,
    held: 0,
    freeable: 0,
    country: null,
    priority: 0,
    ...changes,
  }
}

const levels = fc.uniqueArray(
  fc.record({
    variantId: fc.constantFrom('mug', 'hat', 'sock'),
    locationId: fc.constantFrom('north', 'south', 'west'),
    policy: fc.constantFrom<InventoryPolicy>('deny', 'deny', 'backorder', 'untracked'),
    backorderLimit: fc.option(fc.nat({ max: 5 })),
    onHand: fc.integer({ min: -3, max: 12 }),
    held: fc.nat({ max: 6 }),
    freeable: fc.nat({ max: 3 }),
    country: fc.constantFrom('US', 'DE', null),
    priority: fc.nat({ max: 2 }),
  }),
  { selector: ({ variantId, locationId }) => `${variantId} ${locationId}`, maxLength: 9 },
)
const demand = fc
  .dictionary(fc.constantFrom('mug', 'hat', 'sock'), fc.integer({ min: 1, max: 30 }))
  .map((wanted) => new Map(Object.entries(wanted)))

/** What the row's own CHECK would let be held more. */
function room({ policy, backorderLimit, onHand, held, freeable }: RankedLevel): number {
  if (policy === 'untracked') return Number.POSITIVE_INFINITY
  const below = policy === 'deny' ? 0 : (backorderLimit ?? Number.POSITIVE_INFINITY)
  return Math.max(0, onHand - held + freeable + below)
}

describe('planHolds', () => {
  it('holds all that is asked, on shelves that may be held from, or says what is short', () => {
    const law = fc.property(demand, levels, (wanted, shelves) => {
      const plan = planHolds(wanted, shelves, 'US')
      const short = plan.ok ? [] : plan.short
      for (const [variantId, requested] of wanted) {
        const places = shelves.filter((shelf) => shelf.variantId === variantId)
        const most = places.reduce((sum, place) => sum + room(place), 0)
        const missing = short.find((item) => item.variantId === variantId)
        expect(missing).toEqual(most < requested ? { variantId, requested, available: most } : undefined)
        if (!plan.ok) continue
        const holds = plan.holds.filter((hold) => hold.variantId === variantId)
        const total = holds.reduce((sum, { quantity }) => sum + quantity, 0)
        expect(total).toBe(places.some(({ policy }) => policy === 'untracked') ? 0 : requested)
        for (const { locationId, quantity } of holds) {
          const place = places.find((shelf) => shelf.locationId === locationId)
          expect(quantity).toBeGreaterThan(0)
          expect(quantity).toBeLessThanOrEqual(place ? room(place) : 0)
        }
        expect(new Set(holds.map(({ locationId }) => locationId)).size).toBe(holds.length)
      }
    })
    fc.assert(law, { numRuns: 3000 })
  })

  it('never holds what nobody asked for', () => {
    const law = fc.property(demand, levels, (wanted, shelves) => {
      const plan = planHolds(wanted, shelves, 'US')
      const touched = plan.ok ? plan.holds : plan.short
      expect(touched.every(({ variantId }) => wanted.has(variantId))).toBe(true)
    })
    fc.assert(law)
  })

  it.each<[string, number, RankedLevel[], [string, number][] | number]>([
    ['takes from one shelf', 2, [level(5)], [['north', 2]]],
    ['takes the last unit', 5, [level(5)], [['north', 5]]],
    ['refuses one more than there is', 6, [level(5)], 5],
    ['counts what others hold', 4, [level(5, { held: 2 })], 3],
    ['counts expired holds as free', 4, [level(5, { held: 2, freeable: 1 })], [['north', 4]]],
    ['refuses a variant without a shelf', 1, [], 0],
    ['refuses a shelf below zero', 1, [level(-2)], 0],
    [
      'goes through the locations in their order',
      6,
      [level(4), level(5, { locationId: 'south' })],
      [
        ['north', 4],
        ['south', 2],
      ],
    ],
    ['passes an empty location over', 3, [level(0), level(5, { locationId: 'south' })], [['south', 3]]],
    ['adds locations up before it refuses', 6, [level(2), level(3, { locationId: 'south' })], 5],
    ['backorders down to the limit', 5, [level(2, { policy: 'backorder', backorderLimit: 3 })], [['north', 5]]],
    ['refuses past the limit', 6, [level(2, { policy: 'backorder', backorderLimit: 3 })], 5],
    [
      'empties every shelf before it backorders',
      7,
      [level(2, { policy: 'backorder', backorderLimit: 9 }), level(4, { locationId: 'south' })],
      [
        ['north', 3],
        ['south', 4],
      ],
    ],
    ['backorders without a limit, and counts it', 50, [level(2, { policy: 'backorder' })], [['north', 50]]],
    ['holds nothing of what is not counted', 50, [level(0, { policy: 'untracked' })], []],
  ])('%s', (_promise, requested, shelves, expected) => {
    const plan = planHolds(new Map([['mug', requested]]), shelves, null)
    if (typeof expected === 'number') {
      expect(plan).toEqual({ ok: false, short: [{ variantId: 'mug', requested, available: expected }] })
    } else {
      const holds = expected.map(([locationId, quantity]) => ({ variantId: 'mug', locationId, quantity }))
      expect(plan).toEqual({ ok: true, holds })
    }
  })

  it('names every variant that is short, and only those', () => {
    const wanted = new Map([
      ['mug', 1],
      ['hat', 1],
      ['sock', 9],
    ])
    expect(planHolds(wanted, [level(5), level(2, { variantId: 'sock' })], null)).toEqual({
      ok: false,
      short: [
        { variantId: 'hat', requested: 1, available: 0 },
        { variantId: 'sock', requested: 9, available: 2 },
      ],
    })
  })
})

describe('availableQuantity', () => {
  it.each<[number | null, RankedLevel[]]>([
    [0, []],
    [3, [level(5, { held: 2 })]],
    [0, [level(2, { held: 5 })]],
    [4, [level(-3), level(4, { locationId: 'south' })]], // a debt at one place is not paid from another
    [7, [level(2, { policy: 'backorder', backorderLimit: 5 })]],
    [null, [level(2, { policy: 'backorder' })]],
    [null, [level(0, { policy: 'untracked' })]],
  ])('is %j', (expected, shelves) => {
    expect(availableQuantity(shelves)).toBe(expected)
  })
})

describe('isBackordered', () => {
  it.each<[boolean, number, RankedLevel[]]>([
    [false, 5, [level(5)]],
    [true, 6, [level(5, { policy: 'backorder' })]],
    [false, 6, [level(5, { policy: 'backorder' }), level(1, { locationId: 'south' })]],
    [false, 99, [level(0, { policy: 'untracked' })]],
    [false, 6, [level(5)]],
  ])('is %j for %d', (expected, quantity, shelves) => {
    expect(isBackordered(shelves, quantity)).toBe(expected)
  })
})
