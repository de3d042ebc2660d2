import { type Item, type ItemFilter, matchesItem } from './item-filter.ts'
import { MILLION, multiplyRatio, type Rounding } from './money.ts'
import type { Unlock } from './promotion.ts'

/** A line as a discount finds it. */
export interface DiscountLine extends Item {
  quantity: number
  /** Before any discount. */
  unitAmount: number
  /** What the discounts before have left of the line, in minor units. */
  rest: number
}

export interface Terms {
  currency: string
  rounding: Rounding
}

/** What an effect gives: an amount for each line by its place, from 0 to its rest; or nothing, and what would change that. */
export interface Given {
  parts: number[]
  unlock: Unlock | null
}

/** The lines that a discount is about, by their place; null where it is not. */
export type Entitled = (DiscountLine | null)[]

export function entitled(lines: readonly DiscountLine[], filter: ItemFilter | undefined): Entitled {
  return filter ? lines.map((line) => (matchesItem(filter, line) ? line : null)) : [...lines]
}

export function restOf(goods: Entitled): number {
  return goods.reduce((left, line) => left + (line?.rest ?? 0), 0)
}

export function piecesOf(goods: Entitled): number {
  return goods.reduce((left, line) => left + (line?.quantity ?? 0), 0)
}

/** `pieces` of a line at `rate_ppm` off, as their share of what is left of it. */
export function piecesOff(
  { rest, quantity }: DiscountLine,
  pieces: number,
  rate_ppm: number,
  { rounding }: Terms,
): number {
  return Math.min(rest, multiplyRatio(rest, pieces * rate_ppm, quantity * MILLION, rounding))
}

/** The places of `goods`, those of the lowest `price` first; of equal ones in the lines' own order. */
export function cheapestFirst(goods: Entitled, price: (line: DiscountLine) => number): number[] {
  const places = goods.flatMap((line, place) => (line ? [{ place, price: price(line) }] : []))
  return places.sort((left, right) => left.price - right.price || left.place - right.place).map(({ place }) => place)
}

/** What a piece costs before any discount: what is cheap and what is dear is read off the shelf. */
export function shelfPrice({ unitAmount }: DiscountLine): number {
  return unitAmount
}
