import { type Buyer, priceFor, priceSteps } from '../../domain/price.ts'
import type { QuoteLine } from '../../domain/quote-input.ts'
import type { QuotedLine } from '../../domain/quoted.ts'
import { ratesFor, type TaxZone, withoutTax } from '../../domain/tax.ts'
import { titleIn } from '../../domain/translation.ts'
import { availableOf, translatedVariantTitle } from '../catalog/product.ts'
import type { Sellable } from '../catalog/sellables.ts'
import type { CartLineRow, CartRow } from './queries.ts'

export interface PricedLine {
  row: CartLineRow
  /** Null when the variant is not for sale any more, or not in this currency. */
  sellable: Sellable | null
  /** In the cart's locale; null when the variant is not for sale any more. */
  title: string | null
  variantTitle: string | null
  /** What the catalog asks for one; `quoted.unitAmount` is what this buyer pays of it. */
  unitAmount: number
  /** The price before a reduction, and the one last told, as this buyer would pay them: without tax where exempt. */
  compareAtUnitAmount: number | null
  previousUnitAmount: number | null
  /** How many can be sold now; null is without limit. */
  available: number | null
  quoted: QuotedLine
}

/** A line with what the shop says of its variant and price, before the whole cart is quoted. */
interface FoundLine {
  row: CartLineRow
  sellable: Sellable | null
  price: ReturnType<typeof priceFor>
  buyer: Buyer
}

/** @param sellables by variant id; a line whose variant is absent, or has no price here, is not for sale. */
export function findLines(
  buyer: Buyer,
  rows: readonly CartLineRow[],
  sellables: ReadonlyMap<string, Sellable>,
  now: Date,
): FoundLine[] {
  return rows.map((row) => {
    const known = sellables.get(row.variantId)
    const sellable = known && (known.unpublishedAt ?? Number.POSITIVE_INFINITY) > now.getTime() ? known : null
    const price = sellable ? priceFor(sellable.pricing, buyer, row.quantity, now) : null
    return { row, sellable: price ? sellable : null, price, buyer }
  })
}

/** What is quoted of a line; null for one that is not for sale. */
export function toQuoteLine({ row, sellable, price }: FoundLine): QuoteLine | null {
  if (!sellable || !price) return null
  return {
    id: row.id,
    quantity: row.quantity,
    unitAmount: price.amount,
    priceListId: price.priceListId,
    productId: sellable.productId,
    variantId: sellable.variantId,
    collectionIds: sellable.collectionIds,
    tags: sellable.tags,
    reduced: price.compareAtAmount !== null,
    taxCategory: sellable.taxCategory,
    requiresShipping: sellable.requiresShipping,
    weightGrams: sellable.weightGrams,
  }
}

/** The line as it is shown, with what the quote says of it. */
export function toPricedLine(
  { row, sellable, price, buyer }: FoundLine,
  cart: CartRow,
  quoted: QuotedLine | undefined,
  /** @param netZone the zone whose tax a buyer does not pay that catalog prices contain. */
  { now, netZone }: { now: Date; netZone: TaxZone | null },
): PricedLine {
  const current = price?.amount ?? row.seenUnitAmount ?? 0
  const seen = row.seenCurrency === cart.currency ? row.seenUnitAmount : null
  // The price of another quantity is no other price: whoever takes more knows that a piece gets cheaper.
  const isNews =
    sellable !== null &&
    price !== null &&
    seen !== null &&
    seen !== price.amount &&
    priceSteps(sellable.pricing, buyer, now).every(({ amount }) => amount !== seen)
  const asPaid = (amount: number) =>
    netZone ? withoutTax(amount, netZone, ratesFor(netZone, sellable?.taxCategory ?? null)) : amount
  const compareAt = price?.compareAtAmount ?? null
  return {
    row,
    sellable,
    ...titlesOf(sellable, cart.locale),
    unitAmount: current,
    compareAtUnitAmount: compareAt === null ? null : asPaid(compareAt),
    previousUnitAmount: isNews ? asPaid(seen) : null,
    available: sellable ? availableOf(sellable.levels) : 0,
    quoted: quoted ?? { ...UNSOLD, id: row.id, unitAmount: current, priceListId: price?.priceListId ?? null },
  }
}

/** What a line costs that is not for sale any more. */
const UNSOLD = { subtotal: 0, discount: 0, tax: 0, total: 0, discounts: [], taxes: [] }

function titlesOf(sellable: Sellable | null, locale: string): { title: string | null; variantTitle: string | null } {
  if (!sellable) return { title: null, variantTitle: null }
  const { translations, optionNames, options } = sellable
  return {
    title: titleIn(sellable, locale),
    variantTitle: translatedVariantTitle(optionNames, options, translations, locale),
  }
}
