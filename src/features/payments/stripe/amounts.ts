import { type Money, minorDigits } from '../../../domain/money.ts'

// https://docs.stripe.com/currencies: what Stripe counts in whole units. ISK and UGX have no decimals by ISO 4217 either, but
// Stripe goes on counting them in hundredths; MGA has two, and Stripe counts it in ariary.
const WHOLE_UNITS = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const HUNDREDTHS = new Set(['ISK', 'UGX'])

function stripeDigits(currency: string): number {
  if (WHOLE_UNITS.has(currency)) return 0
  return HUNDREDTHS.has(currency) ? 2 : minorDigits(currency)
}

/** How many powers of ten Stripe's number has more than ours; negative where it has fewer. */
function shiftOf(currency: string): number {
  return stripeDigits(currency) - minorDigits(currency)
}

/**
 * `money` as Stripe counts it; null where it cannot: of a currency with three decimals the last one must be 0, and the hundredths
 * of one that Stripe counts whole must be 00.
 */
export function toStripeAmount({ amount, currency }: Money): number | null {
  const shift = shiftOf(currency)
  const scaled = shift < 0 ? amount / 10 ** -shift : amount * 10 ** shift
  if (!Number.isSafeInteger(scaled)) return null
  return stripeDigits(currency) === 3 && scaled % 10 !== 0 ? null : scaled
}

/** What Stripe has counted, in ISO 4217 minor units; null when it is no amount. @param currency as Stripe writes it: `usd`. */
export function fromStripeAmount(amount: unknown, currency: unknown): Money | null {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) return null
  if (typeof currency !== 'string' || !/^[a-z]{3}$/.test(currency)) return null
  const code = currency.toUpperCase()
  const shift = shiftOf(code)
  const scaled = shift < 0 ? amount * 10 ** -shift : amount / 10 ** shift
  return Number.isSafeInteger(scaled) ? { amount: scaled, currency: code } : null
}
