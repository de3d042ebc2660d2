import type { Destination } from './area.ts'
import type { ProvidedTaxes } from './quote-input.ts'
import type { Quote } from './quoted.ts'
import type { QuotedTax } from './tax.ts'

/** What a tax provider is asked: what everything costs after discounts, and where it is supplied. */
export interface TaxRequest {
  currency: string
  destination: Destination & { city: string }
  /** Whether the amounts contain the tax. */
  included: boolean
  lines: {
    id: string
    variant_id: string
    sku: string | null
    category: string | null
    quantity: number
    amount: number
  }[]
  /** Zero where nothing is shipped. */
  shipping: number
}

/** One tax as a provider tells it. */
export interface ProvidedTax {
  name: string
  /** Parts per million: 20 % = 200_000. */
  ratePpm: number
  amount: number
}

export interface TaxAnswer {
  lines: ReadonlyMap<string, readonly ProvidedTax[]>
  shipping: readonly ProvidedTax[]
}

/**
 * A service that works taxes out instead of the shop's own zones. It must not have effects: a cart is quoted many times
 * before it is ordered, and its answer may be remembered for some minutes. It need not keep time: after the caller's limit
 * the zones' rates stand in, and the cart says TAX_ESTIMATED.
 */
export interface TaxProvider {
  readonly name: string
  calculate(request: TaxRequest, signal: AbortSignal): Promise<TaxAnswer>
}

/**
 * An answer in the form a quote takes, or null when it cannot be one: a line that was not answered or not asked for, an
 * amount that is no whole number of minor units or more than what it is on.
 */
export function toProvidedTaxes(request: TaxRequest, answer: TaxAnswer): ProvidedTaxes | null {
  if (answer.lines.size !== request.lines.length) return null
  const lines = new Map<string, QuotedTax[]>()
  for (const { id, amount, category } of request.lines) {
    const taxes = toQuotedTaxes(answer.lines.get(id), amount, category ?? '')
    if (!taxes) return null
    lines.set(id, taxes)
  }
  const shipping = toQuotedTaxes(answer.shipping, request.shipping, 'shipping')
  return shipping && { lines, shipping }
}

function toQuotedTaxes(taxes: readonly ProvidedTax[] | undefined, base: number, category: string): QuotedTax[] | null {
  if (!taxes) return null
  const sound = taxes.every(({ amount, ratePpm }) => isWhole(amount) && isWhole(ratePpm))
  const sum = taxes.reduce((left, { amount }) => left + amount, 0)
  if (!sound || sum > base) return null
  return taxes.map(({ name, ratePpm, amount }) => ({
    ...{ zone_id: null, category, name, rate_ppm: ratePpm, compound: false },
    ...{ base, amount },
  }))
}

function isWhole(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0
}

/** Whether a quote's taxes may come from a provider: of an exempt buyer nobody need ask. */
export function mayBeProvided({ lines, taxExempt }: Pick<Quote, 'lines' | 'taxExempt'>): boolean {
  return lines.length > 0 && !taxExempt
}
