import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discountGoods } from '../../src/domain/discount.ts'
import type { DiscountLine } from '../../src/domain/entitled.ts'
import { type ItemFilter, matchesItem } from '../../src/domain/item-filter.ts'
import type { GoodsEffect } from '../../src/domain/promotion.ts'
import { line } from '../support/quoting.ts'

const TERMS = { currency: 'USD', rounding: 'half_up' as const }
const RUNS = {
  numRuns: Number(process.env.RUNS ?? 3000),
  seed: Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31)),
}
const TIME_LIMIT = 60_000 + RUNS.numRuns * 20

type BuyGet = Extract<GoodsEffect, { type: 'buy_get' }>
type Bundle = Extract<GoodsEffect, { type: 'bundle' }>
type Piece = DiscountLine

const few = fc.integer({ min: 1, max: 3 })
// Overlapping pools: some goods are both, some neither.
const items: fc.Arbitrary<ItemFilter | undefined> = fc.constantFrom(
  undefined,
  { tags: ['x'] },
  { tags: ['y'] },
  { tags: ['x', 'y'] },
  { exclude: { tags: ['x'] } },
)
const tinyCart = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 2, 3, 7, 10, 10), few, fc.subarray(['x', 'y'])), { maxLength: 4 })
  .map((lines) =>
    lines.map(([price, quantity, tags], index) => ({
      ...line(`line_${index}`, price, quantity, { tags }),
      rest: price * quantity,
    })),
  )
  .filter((lines) => lines.reduce((left, { quantity }) => left + quantity, 0) <= 9)
const maxSets = fc.constantFrom({}, {}, { max_sets: 1 }, { max_sets: 2 })
const buyGet: fc.Arbitrary<BuyGet> = fc.tuple(few, items, few, items, maxSets).map(([buy, bought, get, got, most]) => ({
  type: 'buy_get',
  buy: { quantity: buy, items: bought ?? {} },
  get: { quantity: get, items: got ?? {}, rate_ppm: 1_000_000 },
  ...most,
}))
const bundle: fc.Arbitrary<Bundle> = fc
  .tuple(fc.array(fc.tuple(few, items), { minLength: 1, maxLength: 3 }), fc.nat({ max: 25 }), maxSets)
  .map(([components, price, most]) => ({
    type: 'bundle',
    components: components.map(([quantity, filter]) => ({ quantity, items: filter ?? {} })),
    amounts: { USD: price },
    ...most,
  }))

const sum = (amounts: readonly number[]) => amounts.reduce((left, right) => left + right, 0)
const pieces = (lines: readonly DiscountLine[]) => lines.flatMap((each) => Array<Piece>(each.quantity).fill(each))

/** Every way to choose some of the pieces. */
function* choices<Item>(all: readonly Item[]): Generator<[Item[], Item[]]> {
  for (let bits = 0; bits < 2 ** all.length; bits += 1) {
    const isChosen = (_: Item, index: number) => ((bits >> index) & 1) === 1
    yield [all.filter(isChosen), all.filter((item, index) => !isChosen(item, index))]
  }
}

/** As many sets as can be made in any way, and of those ways the one that gives away least. */
function leastGivenAway(lines: readonly DiscountLine[], { buy, get, max_sets }: BuyGet): number {
  let best = { sets: 0, given: 0 }
  for (const [got, left] of choices(pieces(lines))) {
    if (!got.every((piece) => matchesItem(get.items, piece)) || got.length % get.quantity !== 0) continue
    const sets = got.length / get.quantity
    const bought = left.filter((piece) => matchesItem(buy.items, piece)).length
    if (bought < sets * buy.quantity || sets > (max_sets ?? Number.POSITIVE_INFINITY)) continue
    const given = sum(got.map(({ unitAmount }) => unitAmount))
    if (sets > best.sets || (sets === best.sets && given < best.given)) best = { sets, given }
  }
  return best.given
}

/** The most that any number of sets saves, made of any pieces in any way. */
function mostSaved(lines: readonly DiscountLine[], { components, amounts, max_sets }: Bundle): number {
  let best = 0
  const counts = components.map(() => 0)
  const assign = ([piece, ...rest]: readonly Piece[], worth: number): void => {
    if (!piece) {
      const sets = (counts[0] ?? 0) / (components[0]?.quantity ?? 1)
      if (!Number.isInteger(sets) || sets > (max_sets ?? Number.POSITIVE_INFINITY)) return
      if (components.every(({ quantity }, index) => counts[index] === sets * quantity)) {
        best = Math.max(best, worth - sets * (amounts.USD ?? 0))
      }
      return
    }
    assign(rest, worth)
    components.forEach(({ items: filter }, index) => {
      if (!matchesItem(filter, piece)) return
      counts[index] = (counts[index] ?? 0) + 1
      assign(rest, worth + piece.unitAmount)
      counts[index] = (counts[index] ?? 0) - 1
    })
  }
  assign(pieces(lines), 0)
  return best
}

function given(effect: GoodsEffect, lines: readonly DiscountLine[]): number[] {
  const { parts } = discountGoods(effect, lines, TERMS)
  expect(parts.length).toBe(lines.length)
  parts.forEach((part, place) => {
    expect(part >= 0 && part <= (lines[place]?.rest ?? 0)).toBe(true)
  })
  return parts
}

describe('over tiny carts, tried in every way', () => {
  it(
    'buy and get gives as many sets as can be made, and of the cheapest pieces',
    () => {
      const law = fc.property(tinyCart, buyGet, (lines, effect) => {
        expect(sum(given(effect, lines))).toBe(leastGivenAway(lines, effect))
      })
      fc.assert(law, RUNS)
    },
    TIME_LIMIT,
  )

  it(
    'a bundle saves as much as it can',
    () => {
      const law = fc.property(tinyCart, bundle, (lines, effect) => {
        fc.pre(pieces(lines).length <= 7)
        expect(sum(given(effect, lines))).toBe(mostSaved(lines, effect))
      })
      fc.assert(law, RUNS)
    },
    TIME_LIMIT,
  )

  it(
    'what is missing for a set of buy and get, once added, makes one',
    () => {
      const law = fc.property(tinyCart, buyGet, (lines, effect) => {
        const { unlock } = discountGoods(effect, lines, TERMS)
        fc.pre(unlock?.kind === 'add')
        if (unlock?.kind !== 'add') return
        // What was bought may be missing first, and then what is got.
        let cart: DiscountLine[] = lines
        for (let step = 0, next = unlock; next?.kind === 'add' && step < 3; step += 1) {
          const tags = next.items?.tags ?? []
          const more = line(`more_${step}`, 10, next.quantity, { tags })
          cart = [...cart, { ...more, rest: 10 * next.quantity }]
          const after = discountGoods(effect, cart, TERMS)
          if (after.unlock === null) {
            expect(step).toBeLessThan(2)
            return
          }
          if (after.unlock.kind === 'add') next = after.unlock
        }
        expect.fail('following what is said to be missing leads nowhere')
      })
      fc.assert(law, RUNS)
    },
    TIME_LIMIT,
  )
})
