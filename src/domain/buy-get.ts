import {
  cheapestFirst,
  type DiscountLine,
  entitled,
  type Given,
  piecesOf,
  piecesOff,
  shelfPrice,
  type Terms,
} from './entitled.ts'
import { isSameFilter } from './item-filter.ts'
import type { GoodsEffect, Unlock } from './promotion.ts'

type BuyGet = Extract<GoodsEffect, { type: 'buy_get' }>

/**
 * Sets of goods that are bought and goods that are got. A piece is one or the other, never both. There are as many sets as
 * the pieces suffice for (a piece that may be either is counted where it is needed), and the cheapest pieces are the ones
 * got, as long as enough are left to be bought.
 */
export function buyAndGet(effect: BuyGet, lines: readonly DiscountLine[], terms: Terms): Given {
  const { buy, get, max_sets = Number.POSITIVE_INFINITY } = effect
  const bought = entitled(lines, buy.items)
  const got = entitled(lines, get.items)
  const count = {
    bought: piecesOf(bought),
    got: piecesOf(got),
    either: piecesOf(lines.map((line, place) => (bought[place] || got[place] ? line : null))),
  }
  const sets = Math.min(
    Math.floor(count.bought / buy.quantity),
    Math.floor(count.got / get.quantity),
    Math.floor(count.either / (buy.quantity + get.quantity)),
    max_sets,
  )
  const parts = lines.map(() => 0)
  if (sets === 0) return { parts, unlock: missingForOne(effect, count) }
  let wanted = sets * get.quantity
  // Of the pieces that could be bought as well, so many may be given away.
  let spare = count.bought - sets * buy.quantity
  for (const place of cheapestFirst(got, shelfPrice)) {
    const line = lines[place]
    if (!line || wanted === 0) break
    const pieces = Math.min(wanted, line.quantity, bought[place] ? spare : line.quantity)
    wanted -= pieces
    if (bought[place]) spare -= pieces
    parts[place] = piecesOff(line, pieces, get.rate_ppm, terms)
  }
  return { parts, unlock: null }
}

/** What is missing for the first set: of goods that are both bought and got all of it, else what must be bought comes first. */
function missingForOne({ buy, get }: BuyGet, count: { bought: number; got: number; either: number }): Unlock {
  const together = buy.quantity + get.quantity - count.either
  if (isSameFilter(buy.items, get.items)) return { kind: 'add', quantity: together, items: buy.items }
  if (count.bought < buy.quantity) return { kind: 'add', quantity: buy.quantity - count.bought, items: buy.items }
  return { kind: 'add', quantity: Math.max(get.quantity - count.got, together), items: get.items }
}
