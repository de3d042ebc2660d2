import { allocate, MILLION, multiplyRatio, type Rounding } from './money.ts'
import { decidePromotion, type PromotionCandidate, type PromotionRefusal } from './promotion.ts'
import type { ShippingOption } from './shipping.ts'
import { rateFor, type TaxZone, taxOn } from './tax.ts'

/** Where and how fractions are rounded: stored on every order, so that its sums can be recomputed for ever. */
export interface RoundingPolicy {
  mode: Rounding
  level: 'line'
}

export const DEFAULT_ROUNDING: RoundingPolicy = { mode: 'half_up', level: 'line' }

export interface QuoteLine {
  id: string
  quantity: number
  /** The price of one, in minor units of the quote's currency. */
  unitAmount: number
  /** Null for goods that are not taxed. */
  taxCategory: string | null
  requiresShipping: boolean
}

export interface QuoteInput {
  currency: string
  lines: readonly QuoteLine[]
  promotions: readonly PromotionCandidate[]
  /** Limits of these promotions were met when the cart's own pending order claimed them. */
  limitsClaimed: boolean
  /** Promotion id -> why it may not be used here, found out by an earlier complete. */
  refusals: Readonly<Record<string, PromotionRefusal>>
  shipping: ShippingOption | null
  tax: TaxZone | null
  rounding: RoundingPolicy
  /** Tender in the order it is used; balances in minor units of the quote's currency. */
  giftCards: readonly { id: string; balance: number }[]
  now: Date
}

export interface LineDiscount {
  promotion_id: string
  code: string | null
  title: string
  amount: number
}

export interface LineTax {
  name: string
  rate_ppm: number
  amount: number
}

export interface QuotedLine {
  id: string
  subtotal: number
  discount: number
  tax: number
  total: number
  discounts: LineDiscount[]
  taxes: LineTax[]
}

export interface QuotedShipping {
  option_id: string
  name: string
  amount: number
  discount: number
  tax: number
  taxes: LineTax[]
}

/** Minor units. `total = subtotal - discount + shipping + (tax_included ? 0 : tax)`; `amount_due` is after gift cards. */
export interface Totals {
  subtotal: number
  discount: number
  shipping: number
  shipping_discount: number
  tax: number
  shipping_tax: number
  total: number
  tax_included: boolean
  amount_due: number
}

export interface AppliedPromotion {
  promotionId: string
  code: string | null
  title: string
  amount: number
}

export interface Quote {
  currency: string
  lines: QuotedLine[]
  shipping: QuotedShipping | null
  applied: AppliedPromotion[]
  refused: { promotionId: string; code: string | null; reason: PromotionRefusal }[]
  giftCards: { id: string; amount: number }[]
  totals: Totals
}

/**
 * The one place that adds up totals. Pure: the same input gives the same quote, and the order of lines or promotions
 * changes no amount. Steps: line subtotals -> order discounts spread over lines by largest remainder -> shipping ->
 * tax per line and on shipping -> tender. All amounts are minor units of `input.currency`.
 */
export function quote(input: QuoteInput): Quote {
  // Ties between remainders go to the lower id, never to the earlier position: line order must change nothing.
  const byId = [...input.lines].sort((left, right) => (left.id < right.id ? -1 : 1))
  const subtotals = byId.map((line) => line.unitAmount * line.quantity)
  const subtotal = sum(subtotals)
  const { discounts, applied, refused } = applyPromotions(input, subtotals, subtotal)
  const included = input.tax?.included ?? false

  const quoted = new Map<string, QuotedLine>()
  byId.forEach((line, index) => {
    const gross = subtotals[index] ?? 0
    const lineDiscounts = discounts[index] ?? []
    const discount = sum(lineDiscounts.map(({ amount }) => amount))
    const taxes = taxLines(gross - discount, line.taxCategory, input.tax, input.rounding.mode)
    const tax = sum(taxes.map(({ amount }) => amount))
    const total = gross - discount + (included ? 0 : tax)
    quoted.set(line.id, { id: line.id, subtotal: gross, discount, tax, total, discounts: lineDiscounts, taxes })
  })
  if (quoted.size !== input.lines.length) throw new RangeError('quote: two lines share an id')
  const lines = input.lines.flatMap(({ id }) => quoted.get(id) ?? [])
  const shipping = quoteShipping(input)

  const shippingAmount = shipping?.amount ?? 0
  const discount = sum(lines.map((line) => line.discount)) + (shipping?.discount ?? 0)
  const tax = sum(lines.map((line) => line.tax)) + (shipping?.tax ?? 0)
  const total = subtotal - discount + shippingAmount + (included ? 0 : tax)
  const giftCards = spendGiftCards(total, input.giftCards)
  return {
    currency: input.currency,
    lines,
    shipping,
    applied,
    refused,
    giftCards,
    totals: {
      subtotal,
      discount,
      shipping: shippingAmount,
      shipping_discount: shipping?.discount ?? 0,
      tax,
      shipping_tax: shipping?.tax ?? 0,
      total,
      tax_included: included,
      amount_due: total - sum(giftCards.map(({ amount }) => amount)),
    },
  }
}

/** Each promotion takes its share of what the ones before it left; before is decided by priority, then by id. */
function applyPromotions(input: QuoteInput, subtotals: readonly number[], subtotal: number) {
  const discounts: LineDiscount[][] = subtotals.map(() => [])
  const rest = [...subtotals]
  const applied: AppliedPromotion[] = []
  const refused: Quote['refused'] = []
  const context = { subtotal, currency: input.currency, now: input.now, limitsClaimed: input.limitsClaimed }
  const ordered = [...input.promotions].sort(byPriority)
  const seen = new Set<string>()
  for (const { promotion, code } of ordered) {
    // Two codes of one promotion are still one promotion.
    if (seen.has(promotion.id)) {
      refused.push({ promotionId: promotion.id, code, reason: 'not_combinable' })
      continue
    }
    seen.add(promotion.id)
    const refusal = input.refusals[promotion.id]
    const decision = refusal ? { ok: false as const, why: refusal } : decidePromotion(promotion, context)
    if (!decision.ok) {
      refused.push({ promotionId: promotion.id, code, reason: decision.why })
      continue
    }
    const amount = multiplyRatio(sum(rest), promotion.effect.rate_ppm, MILLION, input.rounding.mode)
    if (amount === 0) {
      refused.push({ promotionId: promotion.id, code, reason: 'no_entitled_items' })
      continue
    }
    allocate(amount, rest).forEach((part, index) => {
      if (part === 0) return
      rest[index] = (rest[index] ?? 0) - part
      discounts[index]?.push({ promotion_id: promotion.id, code, title: promotion.title, amount: part })
    })
    applied.push({ promotionId: promotion.id, code, title: promotion.title, amount })
  }
  return { discounts, applied, refused }
}

function byPriority(left: PromotionCandidate, right: PromotionCandidate): number {
  const byPromotion =
    left.promotion.priority - right.promotion.priority || compare(left.promotion.id, right.promotion.id)
  return byPromotion || compare(left.code ?? '', right.code ?? '')
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function quoteShipping(input: QuoteInput): QuotedShipping | null {
  if (!input.shipping || !input.lines.some((line) => line.requiresShipping)) return null
  const { id, name, amount } = input.shipping
  const taxes = taxLines(amount, input.tax?.shippingCategory ?? null, input.tax, input.rounding.mode)
  return { option_id: id, name, amount, discount: 0, tax: sum(taxes.map((tax) => tax.amount)), taxes }
}

function taxLines(net: number, category: string | null, zone: TaxZone | null, rounding: Rounding): LineTax[] {
  const rate = rateFor(zone, category)
  if (!zone || !rate) return []
  return [{ name: rate.name, rate_ppm: rate.ratePpm, amount: taxOn(net, rate, zone.included, rounding) }]
}

/** Cards are tender, not discount: they change what is due, never what is taxed. */
function spendGiftCards(total: number, cards: QuoteInput['giftCards']): Quote['giftCards'] {
  let due = total
  return cards.flatMap(({ id, balance }) => {
    const amount = Math.min(due, balance)
    due -= amount
    return amount > 0 ? [{ id, amount }] : []
  })
}

/** @throws {RangeError} past 2^53: beyond it a sum would no longer be exact. */
function sum(amounts: readonly number[]): number {
  const total = amounts.reduce((left, right) => left + right, 0)
  if (!Number.isSafeInteger(total)) throw new RangeError('quote: an amount is too large')
  return total
}
