import { type Money, minorDigits } from '../../../domain/money.ts'
import { fromDecimal, isDecimal, toDecimal } from '../decimal.ts'
import { isObject } from '../json.ts'

/** What PayPal takes (developer.paypal.com/api/rest/reference/currency-codes). */
const CURRENCIES = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' '),
)
// ISO 4217 has two decimals for the forint and the Taiwan dollar, PayPal has none.
const WITHOUT_DECIMALS = new Set(['HUF', 'JPY', 'TWD'])

function digitsOf(currency: string): number {
  return WITHOUT_DECIMALS.has(currency) ? 0 : minorDigits(currency)
}

/** Why PayPal cannot take an amount; null when it can. */
export function refuseAmount(amount: Money): string | null {
  const { currency } = amount
  if (!CURRENCIES.has(currency)) return `PayPal takes no ${currency}`
  return isDecimal(amount, digitsOf(currency)) ? null : `PayPal takes only whole ${currency}`
}

export function toPayPalMoney(amount: Money): { currency_code: string; value: string } {
  return { currency_code: amount.currency, value: toDecimal(amount, digitsOf(amount.currency)) }
}

/** @throws {Error} on anything but an amount. */
export function fromPayPalMoney(value: unknown): Money {
  const money = isObject(value) ? fromDecimal(value.value, value.currency_code) : null
  if (!money) throw new Error('PayPal answered an amount that cannot be read')
  return money
}
