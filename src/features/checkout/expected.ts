import type { Money } from '../../domain/money.ts'
import type { PricedCart } from '../cart/priced.ts'

/** What the shopper has seen and agreed to. */
export interface Expected {
  total: Money
  /** What is left to pay after gift cards; null where the cart holds none and nobody has asked. */
  amountDue: Money | null
}

/** What the shopper agreed to against what it costs now. */
export function isAsExpected({ cart, lines, quote }: PricedCart, { total, amountDue }: Expected): boolean {
  const everythingSold = lines.every(({ sellable }) => sellable !== null)
  const isSame = (expected: Money, actual: number) => expected.amount === actual && expected.currency === cart.currency
  return (
    everythingSold &&
    isSame(total, quote.totals.total) &&
    (amountDue === null || isSame(amountDue, quote.totals.amount_due))
  )
}
