import { type Money, minorDigits } from '../../../domain/money.ts'

/**
 * Decimals that Adyen counts by where they are not those of ISO 4217 (docs.adyen.com, currency codes: "the decimals in the
 * table on this page are leading").
 */
const ADYEN_DIGITS: Readonly<Record<string, number>> = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 }

/** As Adyen writes an amount; null where it has no such small units: 10.50 of a currency that it counts in whole ones. */
export function toAdyen({ amount, currency }: Money): { value: number; currency: string } | null {
  const value = shift(amount, (ADYEN_DIGITS[currency] ?? minorDigits(currency)) - minorDigits(currency))
  return value === null ? null : { value, currency }
}

/** An amount of Adyen's as ours; null where it is none that can be told exactly. */
export function fromAdyen(value: number, currency: string): Money | null {
  const amount = shift(value, minorDigits(currency) - (ADYEN_DIGITS[currency] ?? minorDigits(currency)))
  return amount === null ? null : { amount, currency }
}

function shift(amount: number, digits: number): number | null {
  const shifted = digits >= 0 ? amount * 10 ** digits : amount / 10 ** -digits
  return Number.isSafeInteger(shifted) ? shifted : null
}
