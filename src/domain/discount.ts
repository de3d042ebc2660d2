import { bundle } from './bundle.ts'
import { buyAndGet } from './buy-get.ts'
import {
  cheapestFirst,
  type DiscountLine,
  type Entitled,
  entitled,
  type Given,
  piecesOf,
  piecesOff,
  restOf,
  shelfPrice,
  type Terms,
} from './entitled.ts'
import type { ItemFilter } from './item-filter.ts'
import { allocate, MILLION, multiplyRatio, sum } from './money.ts'
import type { GoodsEffect, Scope, ShippingEffect, Tier, Unlock } from './promotion.ts'

/**
 * What `effect` takes off `lines`. The lines come in a fixed order (by id), because ties go to the earlier one: the order
 * in which a shopper filled the cart changes nothing.
 */
export function discountGoods(effect: GoodsEffect, lines: readonly DiscountLine[], terms: Terms): Given {
  switch (effect.type) {
    case 'percent': {
      const goods = entitled(lines, itemsOf(effect))
      const parts = rateOff(goods, effect.rate_ppm, effect.target, terms)
      return given(cap(parts, effect.max_amounts?.[terms.currency]), goods, itemsOf(effect))
    }
    case 'fixed_amount': {
      const goods = entitled(lines, itemsOf(effect))
      const amount = effect.amounts[terms.currency] ?? 0
      if (effect.per === 'order') return given(amountOff(goods, amount), goods, itemsOf(effect))
      const of = ({ quantity }: DiscountLine) => amount * (effect.per === 'unit' ? quantity : 1)
      const parts = goods.map((line) => (line ? Math.min(line.rest, of(line)) : 0))
      return given(parts, goods, itemsOf(effect))
    }
    case 'fixed_price': {
      const goods = entitled(lines, effect.items)
      const price = effect.amounts[terms.currency] ?? 0
      const parts = goods.map((line) => (line ? Math.max(0, line.rest - price * line.quantity) : 0))
      return given(parts, goods, effect.items)
    }
    case 'buy_get':
      return buyAndGet(effect, lines, terms)
    case 'bundle':
      return bundle(effect, lines, terms)
    case 'tiered':
      return tiered(effect, lines, terms)
    case 'gift':
      return gift(effect, lines, terms)
  }
}

/** What `effect` takes off a shipping price. */
export function discountShipping(effect: ShippingEffect, rateId: string, rest: number, terms: Terms): number {
  if (!isForRate(effect, rateId)) return 0
  const off =
    'rate_ppm' in effect
      ? multiplyRatio(rest, effect.rate_ppm, MILLION, terms.rounding)
      : (effect.amounts[terms.currency] ?? 0)
  return Math.min(off, rest, effect.max_amounts?.[terms.currency] ?? Number.POSITIVE_INFINITY)
}

/** Whether `effect` is about the shipping rate; all where it names none. */
export function isForRate({ rate_ids }: ShippingEffect, rateId: string): boolean {
  return !rate_ids || rate_ids.length === 0 || rate_ids.includes(rateId)
}

function itemsOf(scope: Scope): ItemFilter | undefined {
  return scope.target === 'items' ? scope.items : undefined
}

function given(parts: number[], goods: Entitled, items: ItemFilter | undefined): Given {
  const none = goods.every((line) => line === null)
  return { parts, unlock: none ? { kind: 'add', quantity: 1, items } : null }
}

/** A rate off: of the whole, spread over the lines, or of each line by itself. */
function rateOff(goods: Entitled, rate_ppm: number, target: Scope['target'], terms: Terms): number[] {
  if (target === 'order') return amountOff(goods, multiplyRatio(restOf(goods), rate_ppm, MILLION, terms.rounding))
  return goods.map((line) => (line ? multiplyRatio(line.rest, rate_ppm, MILLION, terms.rounding) : 0))
}

/** An amount off the goods together, never more than is left, spread over them by what is left of each. */
function amountOff(goods: Entitled, amount: number): number[] {
  const off = Math.min(amount, restOf(goods))
  if (off === 0) return goods.map(() => 0)
  const weights = goods.map((line) => line?.rest ?? 0)
  return allocate(off, weights)
}

function cap(parts: number[], maximum: number | undefined): number[] {
  return maximum === undefined || sum(parts) <= maximum ? parts : allocate(maximum, parts)
}

function tiered(effect: Extract<GoodsEffect, { type: 'tiered' }>, lines: readonly DiscountLine[], terms: Terms): Given {
  const items = itemsOf(effect)
  const goods = entitled(lines, items)
  const pieces = piecesOf(goods)
  const subtotal = goods.reduce((left, line) => left + (line ? line.unitAmount * line.quantity : 0), 0)
  const missingTo = (tier: Tier) =>
    'from_quantity' in tier ? tier.from_quantity - pieces : (tier.from_subtotal[terms.currency] ?? 0) - subtotal
  const [reached, ahead] = [
    effect.tiers.filter((tier) => missingTo(tier) <= 0),
    effect.tiers.filter((tier) => missingTo(tier) > 0),
  ]
  // The highest threshold is the one reached with the least to spare.
  const tier = reached.reduce<Tier | null>(
    (best, each) => (best && missingTo(best) >= missingTo(each) ? best : each),
    null,
  )
  if (tier) {
    const parts =
      'rate_ppm' in tier
        ? rateOff(goods, tier.rate_ppm, effect.target, terms)
        : amountOff(goods, tier.amounts[terms.currency] ?? 0)
    return given(parts, goods, items)
  }
  const next = ahead.reduce<Tier | null>(
    (best, each) => (best && missingTo(best) <= missingTo(each) ? best : each),
    null,
  )
  return { parts: lines.map(() => 0), unlock: next && toUnlock(next, missingTo(next), items) }
}

function toUnlock(tier: Tier, missing: number, items: ItemFilter | undefined): Unlock {
  return 'from_quantity' in tier ? { kind: 'add', quantity: missing, items } : { kind: 'spend', amount: missing, items }
}

function gift(effect: Extract<GoodsEffect, { type: 'gift' }>, lines: readonly DiscountLine[], terms: Terms): Given {
  const goods = lines.map((line) => (effect.variant_ids.includes(line.variantId) ? line : null))
  const parts = lines.map(() => 0)
  let wanted = effect.quantity
  for (const place of cheapestFirst(goods, shelfPrice)) {
    const line = lines[place]
    if (!line || wanted === 0) break
    const pieces = Math.min(wanted, line.quantity)
    wanted -= pieces
    parts[place] = piecesOff(line, pieces, MILLION, terms)
  }
  const items = { variant_ids: effect.variant_ids }
  return { parts, unlock: wanted > 0 ? { kind: 'add', quantity: wanted, items } : null }
}
