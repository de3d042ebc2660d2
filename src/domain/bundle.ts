import { cheapestFirst, type DiscountLine, entitled, type Given, piecesOf, piecesOff, type Terms } from './entitled.ts'
import { type ItemFilter, isSameFilter } from './item-filter.ts'
import { allocate, MILLION } from './money.ts'
import type { GoodsEffect } from './promotion.ts'

type Bundle = Extract<GoodsEffect, { type: 'bundle' }>

/**
 * Sets for one price: of the pieces that cost most after the discounts before, and no set more than is cheaper that way.
 * The saving is spread over the pieces of the sets by what they would have cost.
 */
export function bundle(effect: Bundle, lines: readonly DiscountLine[], terms: Terms): Given {
  const { components, max_sets = Number.POSITIVE_INFINITY } = effect
  const price = effect.amounts[terms.currency] ?? 0
  const goods = goodsOf(components, lines)
  const none = lines.map(() => 0)
  const missing = choose(goods, lines, 1).short
  if (missing) return { parts: none, unlock: { kind: 'add', ...missing } }

  // Not rounded: the ups and downs of rounding would hide where a further set stops to help.
  const worthOf = (sets: number) => {
    const { pieces, short } = choose(goods, lines, sets)
    if (short) return Number.NEGATIVE_INFINITY
    return pieces.reduce((left, taken, place) => left + taken * priceLeft(lines[place]), 0)
  }
  // Each further set holds cheaper pieces and saves less.
  let [sets, most] = [0, Math.min(max_sets, ...goods.components.map(({ most: sets }) => sets))]
  while (sets < most) {
    const middle = Math.floor((sets + most) / 2)
    if (worthOf(middle + 1) - worthOf(middle) > price) sets = middle + 1
    else most = middle
  }
  const values = choose(goods, lines, sets).pieces.map((taken, place) => costOf(lines[place], taken, terms))
  const saving = values.reduce((left, right) => left + right, 0) - sets * price
  return { parts: saving > 0 ? allocate(saving, values) : none, unlock: null }
}

/** What one piece costs after the discounts before: a fraction where they do not divide by the pieces. */
function priceLeft(line: DiscountLine | undefined): number {
  return line ? line.rest / line.quantity : 0
}

function costOf(line: DiscountLine | undefined, pieces: number, terms: Terms): number {
  return line && pieces > 0 ? piecesOff(line, pieces, MILLION, terms) : 0
}

interface Component {
  quantity: number
  items: ItemFilter | undefined
  /** By place, whether the line is of its goods. */
  holds: boolean[]
  /** For each component the places of the goods that are of both. */
  shared: number[][]
  /** How many sets its goods suffice for. */
  most: number
}

interface BundleGoods {
  components: Component[]
  /** The places of all goods that are of any component, the dearest first. */
  dearest: number[]
}

function goodsOf(all: Bundle['components'], lines: readonly DiscountLine[]): BundleGoods {
  // The one with the fewest goods first: what serves for it should not go to another.
  const components = all
    .map(({ quantity, items }) => {
      const pool = entitled(lines, items)
      return { quantity, items, pool, pieces: piecesOf(pool) }
    })
    .sort((left, right) => left.pieces - right.pieces)
  const useful = lines.map((line, place) => (components.some(({ pool }) => pool[place]) ? line : null))
  return {
    components: components.map(({ quantity, items, pool, pieces }) => ({
      ...{ quantity, items, holds: pool.map((line) => line !== null) },
      shared: components.map((other) => lines.flatMap((_, place) => (pool[place] && other.pool[place] ? [place] : []))),
      most: Math.floor(pieces / quantity),
    })),
    dearest: cheapestFirst(useful, (line) => -priceLeft(line)),
  }
}

/**
 * The pieces of each line that make `sets` sets of the most worth, and what they are short of. A piece that could be of
 * several components goes where there is room, and those that came before move over for it where they can: the dearest
 * first, so that no other choice is worth more (the greedy algorithm on a transversal matroid; Edmonds, 1971).
 */
function choose({ components, dearest }: BundleGoods, lines: readonly DiscountLine[], sets: number) {
  const room = components.map(({ quantity }) => sets * quantity)
  const held = components.map(() => lines.map(() => 0))
  const pieces = lines.map(() => 0)
  let open = room.reduce((left, free) => left + free, 0)
  for (const place of dearest) {
    let left = lines[place]?.quantity ?? 0
    while (left > 0 && open > 0) {
      const moves = findRoom(components, room, held, place)
      if (!moves) break
      const last = moves.at(-1)?.to ?? 0
      const some = Math.min(left, room[last] ?? 0, ...moves.map(({ from, what }) => countOf(held, from, what)))
      for (const { from, to, what } of moves) {
        add(held, from, what, -some)
        add(held, to, what, some)
      }
      room[last] = (room[last] ?? 0) - some
      pieces[place] = (pieces[place] ?? 0) + some
      left -= some
      open -= some
    }
    if (open === 0) break
  }
  return { pieces, short: shortOf(components, room) }
}

/** The goods of which there are too few, of the first component that lacks any: all that is missing of the like. */
function shortOf(components: readonly Component[], room: readonly number[]) {
  const first = components.find((_, index) => (room[index] ?? 0) > 0)
  if (!first) return null
  const { items } = first
  const quantity = components.reduce(
    (left, component, index) => left + (isSameFilter(component.items, items) ? (room[index] ?? 0) : 0),
    0,
  )
  return { quantity, items }
}

/** Pieces of the line at `what` go from a component to another; the first move comes from the cart: null. */
interface Move {
  from: number | null
  to: number
  what: number
}

/** The fewest moves that bring a piece of the line at `place` into a component; null where there is no room for it. */
function findRoom(
  components: readonly Component[],
  room: readonly number[],
  held: readonly number[][],
  place: number,
): Move[] | null {
  const direct = components.findIndex(({ holds }, index) => holds[place] && (room[index] ?? 0) > 0)
  if (direct >= 0) return [{ from: null, to: direct, what: place }]
  const seen = new Set<number>()
  let paths: Move[][] = components.flatMap(({ holds }, to) => (holds[place] ? [[{ from: null, to, what: place }]] : []))
  while (paths.length > 0) {
    const next: Move[][] = []
    for (const path of paths) {
      const at = path.at(-1)?.to ?? 0
      if (seen.has(at)) continue
      seen.add(at)
      if ((room[at] ?? 0) > 0) return path
      components[at]?.shared.forEach((places, to) => {
        const what = seen.has(to) ? undefined : places.find((each) => countOf(held, at, each) > 0)
        if (what !== undefined) next.push([...path, { from: at, to, what }])
      })
    }
    paths = next
  }
  return null
}

function countOf(held: readonly number[][], component: number | null, place: number): number {
  return component === null ? Number.POSITIVE_INFINITY : (held[component]?.[place] ?? 0)
}

function add(held: readonly number[][], component: number | null, place: number, pieces: number): void {
  const counts = component === null ? undefined : held[component]
  if (counts) counts[place] = (counts[place] ?? 0) + pieces
}
