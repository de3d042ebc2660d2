import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HoldPlan, type PlannedHold, planHolds, type RankedLevel } from '../../src/domain/allocation.ts'
import type { InventoryPolicy } from '../../src/domain/product.ts'
import { availableQuantity, roomAt, type StockState, shelfOf, stockNews, stockState } from '../../src/domain/stock.ts'

const RUNS = { numRuns: 3000 }
const PLACES = ['east', 'north', 'south', 'west'] as const

// Few values of everything, so that ties and tight fits are frequent. A location is the same place for all its levels.
const places = fc
  .tuple(...PLACES.map(() => fc.record({ country: fc.constantFrom('US', 'DE', null), priority: fc.nat({ max: 1 }) })))
  .map((ranks) => new Map(PLACES.map((locationId, index) => [locationId as string, ranks[index]])))
const shelf = fc.record({
  variantId: fc.constantFrom('hat', 'mug', 'sock'),
  locationId: fc.constantFrom<string>(...PLACES),
  policy: fc.constantFrom<InventoryPolicy>('deny', 'deny', 'deny', 'backorder'),
  backorderLimit: fc.option(fc.nat({ max: 3 })),
  onHand: fc.integer({ min: -2, max: 5 }),
  held: fc.nat({ max: 2 }),
  freeable: fc.nat({ max: 1 }),
})
const levels: fc.Arbitrary<RankedLevel[]> = fc
  .tuple(places, fc.uniqueArray(shelf, { selector: (row) => `${row.variantId} ${row.locationId}`, maxLength: 12 }))
  .map(([ranks, rows]) => rows.map((row) => ({ ...row, country: null, priority: 0, ...ranks.get(row.locationId) })))
const demand = fc
  .dictionary(fc.constantFrom('hat', 'mug', 'sock'), fc.integer({ min: 1, max: 9 }))
  .map((wanted) => new Map(Object.entries(wanted)))
const country = fc.constantFrom('US', 'DE', null)

const sorted = (holds: readonly PlannedHold[]) =>
  [...holds].sort((a, b) => (`${a.variantId} ${a.locationId}` < `${b.variantId} ${b.locationId}` ? -1 : 1))
const canonical = (plan: HoldPlan) =>
  plan.ok
    ? { ok: true, holds: sorted(plan.holds) }
    : { ok: false, short: [...plan.short].sort((a, b) => (a.variantId < b.variantId ? -1 : 1)) }
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const rankOf = (to: string | null) => (level: RankedLevel) =>
  `${to !== null && level.country === to ? 0 : 1} ${level.priority} ${level.locationId}`
const of = <Row extends { variantId: string }>(rows: readonly Row[], variantId: string) =>
  rows.filter((row) => row.variantId === variantId)

describe('planHolds', () => {
  it('holds exactly what is asked, never beyond the room of a level, or names all that is short and only that', () => {
    const law = fc.property(demand, levels, country, (wanted, shelves, to) => {
      const plan = planHolds(wanted, shelves, to)
      const short = [...wanted].filter(([id, asked]) => (availableQuantity(of(shelves, id)) ?? asked) < asked)
      expect(plan.ok).toBe(short.length === 0)
      if (!plan.ok) {
        expect(plan.short.map(({ variantId, requested }) => [variantId, requested])).toEqual(short)
        return
      }
      for (const [id, asked] of wanted) expect(sum(of(plan.holds, id).map(({ quantity }) => quantity))).toBe(asked)
      for (const { variantId, locationId, quantity } of plan.holds) {
        const level = shelves.find((each) => each.variantId === variantId && each.locationId === locationId)
        expect(quantity).toBeGreaterThan(0)
        if (!level) throw new Error('a hold on no level')
        expect(quantity).toBeLessThanOrEqual(roomAt(level) ?? quantity)
      }
      const keys = plan.holds.map(({ variantId, locationId }) => `${variantId} ${locationId}`)
      expect(new Set(keys).size).toBe(keys.length)
    })
    fc.assert(law, RUNS)
  })

  it('is the same whatever order levels and demand come in', () => {
    const law = fc.property(demand, levels, country, fc.nat(), (wanted, shelves, to, seed) => {
      const turned = [...shelves].sort(
        (a, b) => hash(`${a.variantId}${a.locationId}${seed}`) - hash(`${b.variantId}${b.locationId}${seed}`),
      )
      const other = planHolds(new Map([...wanted].reverse()), turned, to)
      expect(canonical(other)).toEqual(canonical(planHolds(wanted, shelves, to)))
    })
    fc.assert(law, RUNS)
  })

  it('sends the whole cart from the first location that has all of it', () => {
    const law = fc.property(demand, levels, country, (wanted, shelves, to) => {
      const plan = planHolds(wanted, shelves, to)
      const rank = rankOf(to)
      const first = shelves
        .filter(({ locationId }) =>
          [...wanted].every(([id, asked]) =>
            of(shelves, id).some((each) => each.locationId === locationId && shelfOf(each) >= asked),
          ),
        )
        .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]
      if (!first || wanted.size === 0) return
      expect(plan.ok && new Set(plan.holds.map(({ locationId }) => locationId))).toEqual(new Set([first.locationId]))
    })
    fc.assert(law, RUNS)
  })

  it('backorders only when the shelves of a variant are empty', () => {
    const law = fc.property(demand, levels, country, (wanted, shelves, to) => {
      const plan = planHolds(wanted, shelves, to)
      if (!plan.ok) return
      for (const [id] of wanted) {
        const holds = of(plan.holds, id)
        const quantityAt = (locationId: string) =>
          sum(holds.filter((hold) => hold.locationId === locationId).map(({ quantity }) => quantity))
        const owes = of(shelves, id).some((level) => quantityAt(level.locationId) > shelfOf(level))
        if (owes) {
          for (const level of of(shelves, id)) {
            expect(quantityAt(level.locationId)).toBeGreaterThanOrEqual(shelfOf(level))
          }
        }
      }
    })
    fc.assert(law, RUNS)
  })

  it('takes one variant from as few locations as can be, the first ones among equals: all choices tried', () => {
    const one = demand.filter(({ size }) => size === 1)
    const law = fc.property(one, levels, country, (wanted, shelves, to) => {
      const plan = planHolds(wanted, shelves, to)
      const [entry] = wanted
      if (!plan.ok || !entry) return
      const [id, asked] = entry
      const rank = rankOf(to)
      const mine = of(shelves, id).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
      // Every shelf must be emptied before anything is owed; else shelves alone.
      const onShelves = sum(mine.map(shelfOf))
      const isEnough = (some: readonly RankedLevel[]) =>
        asked <= onShelves
          ? sum(some.map(shelfOf)) >= asked
          : mine.every((level) => shelfOf(level) === 0 || some.includes(level)) &&
            sum(some.map((level) => roomAt(level) ?? Number.POSITIVE_INFINITY).map((room) => Math.max(0, room))) >=
              asked
      const enough = subsets(mine).filter(isEnough)
      const fewest = Math.min(...enough.map(({ length }) => length))
      const best = enough
        .filter(({ length }) => length === fewest)
        .map((some) => some.map(({ locationId }) => locationId))
      const used = mine
        .map(({ locationId }) => locationId)
        .filter((place) => plan.holds.some((hold) => hold.locationId === place))
      // subsets() brings them in the order of the locations, so that the first of the smallest is the one to choose.
      expect(used).toEqual(best[0])
    })
    fc.assert(law, RUNS)
  })
})

describe('stockState and stockNews', () => {
  const states = fc.array(fc.constantFrom<StockState>('ok', 'low', 'out'), { maxLength: 20 })

  it('tell a listener enough to know at every moment whether something can be had', () => {
    const law = fc.property(states, (course) => {
      let told: StockState = 'ok'
      let believes = true
      for (const now of course) {
        const news = stockNews(told, now)
        if (news === 'out') believes = false
        if (news === 'back_in_stock') believes = true
        told = now
        expect(believes).toBe(now !== 'out')
        expect(stockNews(told, now)).toBe(null)
      }
    })
    fc.assert(law)
  })

  it('are out exactly where nothing can be planned', () => {
    const law = fc.property(levels, fc.option(fc.nat({ max: 3 })), (shelves, lowStockAt) => {
      const mine = of(shelves, 'mug').map((level) => ({ ...level, lowStockAt }))
      expect(stockState(mine) === 'out').toBe(!planHolds(new Map([['mug', 1]]), mine, null).ok)
    })
    fc.assert(law, RUNS)
  })
})

/** All subsets, in the order in which a reader who goes from the first element on would pick them. */
function subsets<Item>(items: readonly Item[]): Item[][] {
  const [first, ...rest] = items
  if (first === undefined) return [[]]
  const without = subsets(rest)
  return [...without.map((some) => [first, ...some]), ...without]
}

function hash(text: string): number {
  let value = 0
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0)) | 0
  return value
}
