import { compareIds, decideCandidates, refuseSecond } from './candidates.ts'
import { exact, sum } from './money.ts'
import type { QuoteInput, QuoteLine } from './quote-input.ts'
import type {
  AppliedPromotion,
  EarnedGift,
  LineDiscount,
  Quote,
  QuotedLine,
  QuotedShipping,
  RefusedPromotion,
  TaxSum,
  Totals,
} from './quoted.ts'
import { chooseShipping, listOptions, parcelOf, quoteShipping } from './quoted-shipping.ts'
import { zoneTaxes } from './quoted-tax.ts'
import { type Application, combinesWith, type Refusal, stackPromotions } from './stacking.ts'
import { type QuotedTax, ratesFor, withoutTax } from './tax.ts'

/**
 * The one place that adds up totals. Pure: the same input gives the same quote, and the order of lines or promotions
 * changes no amount. Steps: line subtotals -> discounts on goods, then on the order, spread over lines by largest
 * remainder -> shipping and its discounts -> tax per line and on shipping -> tender. All amounts are minor units of
 * `input.currency`.
 * @throws {RangeError} for two lines with one id, and past 2^53, where a sum would no longer be exact.
 */
export function quote(input: QuoteInput): Quote {
  // Ties between remainders go to the lower id, never to the earlier position: line order must change nothing.
  const lines = [...input.lines]
    .sort((left, right) => compareIds(left.id, right.id))
    .map((line) => toNetPrice(line, input))
  if (lines.some(({ id }, index) => id === lines[index + 1]?.id)) throw new RangeError('quote: two lines share an id')
  const subtotals = lines.map(({ unitAmount, quantity }) => exact(unitAmount * quantity))
  const subtotal = sum(subtotals)
  const goods = lines.map((line, place) => ({ ...line, rest: subtotals[place] ?? 0 }))

  const parcel = parcelOf(input, lines)
  const { candidates, seconds, refused } = decideCandidates(input.promotions, input.refusals, lines, {
    ...input.buyer,
    currency: input.currency,
    now: input.now,
    limitsClaimed: input.limitsClaimed,
  })
  const stack = stackPromotions(candidates, {
    currency: input.currency,
    rounding: input.rounding.mode,
    lines: goods,
    limitsClaimed: input.limitsClaimed,
    shippingFor: (rest) => chooseShipping(input, lines, { ...parcel, subtotal: rest }),
  })
  const discounts = lines.map((_, place) =>
    stack.applied.flatMap((applied) => toDiscount(applied, applied.parts[place])),
  )
  const quoted = lines.map((line, place) => quoteLine(input, line, subtotals[place] ?? 0, discounts[place] ?? []))
  const nets = quoted.map((line) => line.subtotal - line.discount)
  const netParcel = { ...parcel, subtotal: sum(nets) }
  const shippingDiscounts = stack.applied.flatMap((applied) => toDiscount(applied, applied.shipping))
  const shipping = quoteShipping(input, lines, netParcel, nets, shippingDiscounts)
  const byId = new Map(quoted.map((line) => [line.id, line]))
  const totals = addUp(subtotal, quoted, shipping, input.tax?.included ?? false)
  const giftCards = spendGiftCards(totals.total, input.giftCards)
  return {
    currency: input.currency,
    lines: input.lines.flatMap(({ id }) => byId.get(id) ?? []),
    shipping,
    shippingOptions: listOptions(input, lines, netParcel),
    applied: stack.applied.map(toApplied),
    refused: [...refused, ...stack.refused, ...seconds.map((candidate) => refuseSecond(candidate, stack.refused))]
      .map(toRefused)
      .sort(byPromotion),
    gifts: giftsOf(stack),
    taxes: sumTaxes([...quoted.flatMap(({ taxes }) => taxes), ...(shipping?.taxes ?? [])]),
    taxExempt: input.taxExempt,
    rounding: input.rounding,
    giftCards,
    totals: { ...totals, amount_due: totals.total - sum(giftCards.map(({ amount }) => amount)) },
  }
}

/** @param subtotal of the line, and the `discounts` that fall to it. */
function quoteLine(input: QuoteInput, line: QuoteLine, subtotal: number, discounts: LineDiscount[]): QuotedLine {
  const discount = sum(discounts.map(({ amount }) => amount))
  const net = subtotal - discount
  const taxes = lineTaxes(input, line, net)
  const tax = sum(taxes.map(({ amount }) => amount))
  return {
    id: line.id,
    unitAmount: line.unitAmount,
    priceListId: line.priceListId,
    subtotal,
    discount,
    tax,
    total: net + (input.tax?.included ? 0 : tax),
    discounts,
    taxes,
  }
}

function addUp(
  subtotal: number,
  lines: readonly QuotedLine[],
  shipping: QuotedShipping | null,
  included: boolean,
): Omit<Totals, 'amount_due'> {
  const amount = shipping?.amount ?? 0
  const discount = sum(lines.map((line) => line.discount)) + (shipping?.discount ?? 0)
  const tax = sum(lines.map((line) => line.tax)) + (shipping?.tax ?? 0)
  return {
    subtotal,
    discount,
    shipping: amount,
    shipping_discount: shipping?.discount ?? 0,
    tax,
    shipping_tax: shipping?.tax ?? 0,
    total: exact(subtotal - discount + amount + (included ? 0 : tax)),
    tax_included: included,
  }
}

function byPromotion(left: RefusedPromotion, right: RefusedPromotion): number {
  return compareIds(left.promotionId, right.promotionId) || compareIds(left.code ?? '', right.code ?? '')
}

function toApplied({ candidate, lane, parts, shipping }: Application): AppliedPromotion {
  const { id, title } = candidate.promotion
  return { promotionId: id, code: candidate.code, title, lane, amount: sum(parts) + shipping }
}

function toRefused({ candidate, why, unlock }: Refusal): RefusedPromotion {
  const { id, title } = candidate.promotion
  return { promotionId: id, code: candidate.code, title, reason: why, unlock }
}

function toDiscount({ candidate }: Application, amount: number | undefined): LineDiscount[] {
  if (!amount) return []
  return [{ promotion_id: candidate.promotion.id, code: candidate.code, title: candidate.promotion.title, amount }]
}

/** Gifts whose conditions the cart meets and that do not lie in it, or not all of them. */
function giftsOf({ applied, refused }: { applied: readonly Application[]; refused: readonly Refusal[] }): EarnedGift[] {
  // What an exclusive promotion would keep out is not promised.
  const waiting = refused.filter(
    ({ candidate, why }) => why === 'no_entitled_items' && combinesWith(candidate.promotion, applied),
  )
  return [...applied, ...waiting].flatMap(({ candidate: { promotion }, unlock }) =>
    promotion.effect.type === 'gift' && unlock?.kind === 'add'
      ? [
          {
            promotionId: promotion.id,
            title: promotion.title,
            variantIds: promotion.effect.variant_ids,
            quantity: unlock.quantity,
          },
        ]
      : [],
  )
}

function lineTaxes(input: QuoteInput, line: QuoteLine, net: number): QuotedTax[] {
  if (input.providedTaxes) return [...(input.providedTaxes.lines.get(line.id) ?? [])]
  if (input.taxExempt) return []
  return zoneTaxes(input, line.taxCategory, net, line.quantity)
}

/** A line at its price without the tax inside it, where the buyer accounts for the tax. */
function toNetPrice(line: QuoteLine, { tax: zone, taxExempt, rounding }: QuoteInput): QuoteLine {
  if (!taxExempt || !zone?.included) return line
  return { ...line, unitAmount: withoutTax(line.unitAmount, { rounding }, ratesFor(zone, line.taxCategory)) }
}

function sumTaxes(taxes: readonly QuotedTax[]): TaxSum[] {
  const sums = new Map<string, TaxSum>()
  for (const { name, rate_ppm, amount } of taxes) {
    const key = `${rate_ppm} ${name}`
    sums.set(key, { name, rate_ppm, amount: amount + (sums.get(key)?.amount ?? 0) })
  }
  return [...sums.values()].sort((left, right) => right.rate_ppm - left.rate_ppm || compareIds(left.name, right.name))
}

/** Cards are tender, not discount: they change what is due, never what is taxed. */
function spendGiftCards(total: number, cards: QuoteInput['giftCards']): Quote['giftCards'] {
  let due = total
  return cards.flatMap(({ id, balance }) => {
    const amount = Math.min(due, Math.max(0, balance))
    due -= amount
    return amount > 0 ? [{ id, amount }] : []
  })
}
