import * as z from 'zod'
import { CurrencyCode, isDistinct, money } from './shapes.ts'

const PPM_PER_PERCENT = 10_000
/** Higher than any cart is worth, and far from where sums are no longer exact. */
const MAX_AMOUNT = 1_000_000_000_000

/** An amount in each of some currencies. @param least of each, in minor units. */
export const AmountsShape = (least: 0 | 1) =>
  z
    .array(z.strictObject({ amount: z.int().min(least).max(MAX_AMOUNT), currency: CurrencyCode() }))
    .max(200)
    .refine((amounts) => isDistinct(amounts.map(({ currency }) => currency)), 'must name each currency once')

/** Percent as people write it: 12.5 is 12.5 %. */
export const percentShape = () =>
  z
    .number()
    .max(100)
    // 8.2 * 10_000 is 81_999.99...: whether a decimal is meant is seen at six more digits.
    .refine((value) => Number.isInteger(Math.round(value * PPM_PER_PERCENT * 1e6) / 1e6), 'has at most 4 decimals')

/** Percent as people write it, in parts per million. */
export function toPpm(percent: number): number {
  return Math.round(percent * PPM_PER_PERCENT)
}

export function toPercent(ppm: number): number {
  return ppm / PPM_PER_PERCENT
}

/** Amounts as they are stored, by currency. */
export function toAmounts(amounts: readonly { amount: number; currency: string }[]): Record<string, number> {
  return Object.fromEntries(amounts.map(({ amount, currency }) => [currency, amount]))
}

export function toMoneys(amounts: Readonly<Record<string, number>>) {
  return Object.entries(amounts).map(([currency, amount]) => money(amount, currency))
}
