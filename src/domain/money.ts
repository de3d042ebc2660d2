/** An amount in integer minor units (cents, yen, fils) of an ISO 4217 currency. */
export interface Money {
  amount: number
  currency: string
}

/** How a fraction of a minor unit is settled: `half_up` away from zero, `half_even` to the even neighbour. */
export type Rounding = 'half_up' | 'half_even'

/** One whole, in parts per million: the unit of every percentage and tax rate (20 % = 200_000, 8.875 % = 88_750). */
export const MILLION = 1_000_000

/** The highest price of one piece, in minor units: 9,999 of it on each of 200 lines, taxed, is still an exact sum. */
export const MAX_PRICE = 2_000_000_000

// ISO 4217 list one, active codes that money is paid in; those without two decimals are listed with theirs.
const TWO_DECIMALS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'
const OTHER_DECIMALS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
])
const KNOWN = new Set([...TWO_DECIMALS.split(' '), ...Object.keys(OTHER_DECIMALS)])

/** Whether `code` is an active ISO 4217 currency, upper case. */
export function isCurrency(code: string): boolean {
  return KNOWN.has(code)
}

/** Decimals of the currency's minor unit by ISO 4217: USD 2, JPY 0, KWD 3. */
export function minorDigits(currency: string): number {
  return OTHER_DECIMALS[currency] ?? 2
}

/** An amount of each of some currencies: ISO 4217 code -> minor units. */
export type Amounts = Readonly<Record<string, number>>

/**
 * `amount * numerator / denominator`, rounded once. Exact for every safe integer, because it is done in BigInt:
 * a price of 10^12 times a rate in parts per million no longer fits a double.
 * @throws {RangeError} when the denominator is not positive or the result is not a safe integer.
 */
export function multiplyRatio(amount: number, numerator: number, denominator: number, rounding: Rounding): number {
  if (denominator <= 0) throw new RangeError('multiplyRatio: denominator must be positive')
  // Most carts stay far below 2^53, where doubles are as exact and ten times faster.
  const small = amount * numerator
  const integers = Number.isInteger(amount) && Number.isInteger(numerator) && Number.isInteger(denominator)
  if (integers && small >= 0 && small * 2 < Number.MAX_SAFE_INTEGER && denominator * 2 < Number.MAX_SAFE_INTEGER) {
    const rest = small % denominator
    const whole = (small - rest) / denominator
    const roundUp = rest * 2 > denominator || (rest * 2 === denominator && (rounding === 'half_up' || whole % 2 === 1))
    return roundUp ? whole + 1 : whole
  }
  return multiplyFraction(amount, BigInt(numerator), BigInt(denominator), rounding)
}

/** The same for fractions beyond 2^53: several rates on top of each other. */
export function multiplyFraction(amount: number, numerator: bigint, denominator: bigint, rounding: Rounding): number {
  if (denominator <= 0n) throw new RangeError('multiplyFraction: denominator must be positive')
  const product = BigInt(amount) * numerator
  const negative = product < 0n
  const magnitude = negative ? -product : product
  const whole = magnitude / denominator
  const twiceRest = (magnitude % denominator) * 2n
  const roundUp =
    twiceRest > denominator || (twiceRest === denominator && (rounding === 'half_up' || whole % 2n === 1n))
  const rounded = Number(roundUp ? whole + 1n : whole)
  if (!Number.isSafeInteger(rounded)) throw new RangeError('multiplyFraction: result is not a safe integer')
  return negative && rounded !== 0 ? -rounded : rounded
}

/**
 * Splits `total` (minor units, not negative) by `weights`; the parts always sum back to `total`. Leftover units go to
 * the largest remainders, earlier positions first.
 * @param weights non-negative integers; all zero means an even split.
 * @throws {RangeError} on a negative total or weight, or when there is something to split and nobody to take it.
 */
export function allocate(total: number, weights: readonly (number | bigint)[]): number[] {
  if (!Number.isSafeInteger(total) || total < 0) throw new RangeError('allocate: total must be a non-negative integer')
  if (weights.some((weight) => (typeof weight === 'number' && !Number.isSafeInteger(weight)) || weight < 0)) {
    throw new RangeError('allocate: weights must be non-negative integers')
  }
  if (weights.length === 0) {
    if (total === 0) return []
    throw new RangeError('allocate: no weights')
  }
  const even = weights.every((weight) => weight === 0 || weight === 0n)
  const { parts, rests } = split(total, even ? weights.map(() => 1) : weights)
  let leftover = parts.reduce((left, part) => left - part, total)
  if (leftover === 0) return parts
  const order = parts.map((_, index) => index)
  order.sort((left, right) => compareRests(rests[right], rests[left]) || left - right)
  for (const index of order) {
    if (leftover === 0) break
    parts[index] = (parts[index] ?? 0) + 1
    leftover -= 1
  }
  return parts
}

/** The whole units of each share of `total`, and what was left over of each, all by one measure. */
function split(total: number, shares: readonly (number | bigint)[]): { parts: number[]; rests: (number | bigint)[] } {
  // As in multiplyRatio: most are small enough for doubles, which are as exact there.
  const sum = shares.reduce<number>((left, share) => (typeof share === 'number' ? left + share : Number.NaN), 0)
  if (sum <= Number.MAX_SAFE_INTEGER && total * sum <= Number.MAX_SAFE_INTEGER) {
    const rests = shares.map((share) => (total * Number(share)) % sum)
    return { parts: shares.map((share, index) => (total * Number(share) - (rests[index] ?? 0)) / sum), rests }
  }
  const whole = BigInt(total)
  const exact = shares.map((share) => BigInt(share))
  const large = exact.reduce((left, right) => left + right, 0n)
  return {
    parts: exact.map((share) => Number((whole * share) / large)),
    rests: exact.map((share) => (whole * share) % large),
  }
}

function compareRests(left: number | bigint = 0, right: number | bigint = 0): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** `left + right` of one currency. @throws {RangeError} when they differ: amounts of two currencies never add. */
export function sumMoney(currency: string, amounts: readonly Money[]): Money {
  let amount = 0
  for (const money of amounts) {
    if (money.currency !== currency) throw new RangeError(`sumMoney: ${money.currency} is not ${currency}`)
    amount += money.amount
  }
  return { amount, currency }
}

/**
 * Reads a decimal as people and CSV files write it ("19.99", "1,299.00", "50") into minor units of `currency`.
 * Null when it is not a non-negative number, has more decimals than the currency (unless they are zeros), or is not a
 * safe integer: nothing is rounded silently.
 */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text.trim())
  if (!match) return null
  const digits = minorDigits(currency)
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return null
  const amount = Number((match[1] ?? '').replaceAll(',', '') + fraction.padEnd(digits, '0'))
  return Number.isSafeInteger(amount) ? amount : null
}

/** The amount as a decimal with the currency behind it, for messages: `19.99 USD`, `1999 JPY`. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = minorDigits(currency)
  const sign = amount < 0 ? '-' : ''
  const padded = String(Math.abs(amount)).padStart(digits + 1, '0')
  return digits === 0
    ? `${sign}${padded} ${currency}`
    : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)} ${currency}`
}

/** The sum of integer amounts. @throws {RangeError} past 2^53, where it would no longer be exact. */
export function sum(amounts: readonly number[]): number {
  return exact(amounts.reduce((left, right) => left + right, 0))
}

/** `amount` as it is. @throws {RangeError} past 2^53, where integers are no longer exact. */
export function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError('money: an amount is too large')
  return amount
}
