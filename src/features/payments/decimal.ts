import { type Money, minorDigits, parseAmount } from '../../domain/money.ts'

/**
 * An amount as many services write it: `19.99`. @param digits the decimals that the service wants, where it counts otherwise than
 * ISO 4217. @throws {RangeError} when it cannot be written with so few: `isDecimal` tells before.
 */
export function toDecimal({ amount, currency }: Money, digits: number = minorDigits(currency)): string {
  const unit = 10 ** (minorDigits(currency) - digits)
  if (!Number.isInteger(amount / unit))
    throw new RangeError(`an amount of ${currency} has more than ${digits} decimals`)
  const padded = String(amount / unit).padStart(digits + 1, '0')
  return digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/** Whether an amount can be written with so many decimals. */
export function isDecimal({ amount, currency }: Money, digits: number): boolean {
  return Number.isInteger(amount / 10 ** (minorDigits(currency) - digits))
}

/** What a service has written; null when it is no amount of a currency. Nothing is rounded. */
export function fromDecimal(value: unknown, currency: unknown): Money | null {
  if (typeof value !== 'string' || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return null
  const amount = /^\d+(?:\.\d+)?$/.test(value) ? parseAmount(value, currency) : null
  return amount === null ? null : { amount, currency }
}
