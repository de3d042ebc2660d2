import { sum } from './money.ts'
import type { QuoteInput, QuoteLine } from './quote-input.ts'
import type { LineDiscount, QuotedShipping } from './quoted.ts'
import { type ShippedGoods, shippingTaxes } from './quoted-tax.ts'
import { listShippingOptions, type Parcel, type ShippingOption } from './shipping.ts'
import type { ChosenShipping } from './stacking.ts'

function needsShipping(lines: readonly QuoteLine[]): boolean {
  return lines.some(({ requiresShipping }) => requiresShipping)
}

/** What is sent of the cart, but for what it costs: that depends on the discounts. */
export function parcelOf(input: QuoteInput, lines: readonly QuoteLine[]): Omit<Parcel, 'subtotal'> {
  const items = lines.filter(({ requiresShipping }) => requiresShipping)
  return {
    currency: input.currency,
    grams: sum(items.map(({ weightGrams, quantity }) => weightGrams * quantity)),
    pieces: sum(items.map(({ quantity }) => quantity)),
    items,
    groupIds: input.buyer.groupIds,
    carrierAmounts: input.shipping.carrierAmounts,
  }
}

/** What can be chosen for `parcel`, at its price before discounts; nothing where nothing is sent. */
export function listOptions(input: QuoteInput, lines: readonly QuoteLine[], parcel: Parcel): ShippingOption[] {
  if (!needsShipping(lines)) return []
  return listShippingOptions(input.shipping.rates, parcel).map((option) => ({
    ...option,
    amount: toNetShipping(input, lines, option.amount),
  }))
}

/** The chosen option for `parcel`; null where none is chosen, or it is not offered. */
function chosenOption(input: QuoteInput, lines: readonly QuoteLine[], parcel: Parcel): ShippingOption | null {
  const rate = input.shipping.rates.find(({ id }) => id === input.shipping.chosenId)
  if (!rate || !needsShipping(lines)) return null
  const [option] = listShippingOptions([rate], parcel)
  return option ? { ...option, amount: toNetShipping(input, lines, option.amount) } : null
}

/** What the chosen option costs before its discounts, as promotions ask; `none` where nothing is sent. */
export function chooseShipping(input: QuoteInput, lines: readonly QuoteLine[], parcel: Parcel): ChosenShipping {
  if (!needsShipping(lines)) return 'none'
  const option = chosenOption(input, lines, parcel)
  return option && { rateId: option.id, amount: option.amount }
}

/**
 * The chosen option with its discounts and taxes; null where none is chosen, or it is not offered.
 * @param nets what each line costs after discounts, by which the tax of shipping is split.
 */
export function quoteShipping(
  input: QuoteInput,
  lines: readonly QuoteLine[],
  parcel: Parcel,
  nets: readonly number[],
  discounts: LineDiscount[],
): QuotedShipping | null {
  const option = chosenOption(input, lines, parcel)
  if (!option) return null
  const discount = sum(discounts.map(({ amount }) => amount))
  const net = option.amount - discount
  const taxes = input.providedTaxes
    ? [...input.providedTaxes.shipping]
    : input.taxExempt
      ? []
      : shippingTaxes(input, worthOf(lines, nets), net)
  return {
    option_id: option.id,
    name: option.name,
    source: option.source,
    pickup: option.pickup,
    amount: option.amount,
    discount,
    tax: sum(taxes.map(({ amount }) => amount)),
    discounts,
    taxes,
  }
}

function worthOf(lines: readonly QuoteLine[], values: readonly number[]): ShippedGoods[] {
  return lines.map((line, place) => ({ ...line, worth: values[place] ?? 0 }))
}

/** Shipping at its price without the tax inside it, where the buyer accounts for the tax. */
function toNetShipping(input: QuoteInput, lines: readonly QuoteLine[], amount: number): number {
  if (!input.taxExempt || !input.tax?.included) return amount
  const values = lines.map(({ unitAmount, quantity }) => unitAmount * quantity)
  return amount - sum(shippingTaxes(input, worthOf(lines, values), amount).map((tax) => tax.amount))
}
