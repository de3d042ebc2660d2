import type { Money } from '../../domain/money.ts'
import { invalid } from '../../platform/http/problem.ts'

/**
 * The minor units of an amount that staff name with its currency, so that nobody gives back yen for dollars; null stays null.
 * @param pointer where the request names it.
 */
export function amountIn({ currency }: { currency: string }, wish: Money | null, pointer: string): number | null {
  if (!wish) return null
  if (wish.currency !== currency) throw invalid(`${pointer}/currency`, `must be ${currency}, the order's currency`)
  return wish.amount
}
