import type { ItemFilter } from '../../domain/item-filter.ts'
import type { PromotionEffect, Scope, Tier } from '../../domain/promotion.ts'
import { toAmounts, toMoneys, toPercent, toPpm } from '../../platform/http/amounts.ts'
import type { EffectInput } from './effect-shape.ts'

type ComponentInput = Extract<EffectInput, { type: 'bundle' }>['components'][number]
type TierInput = Extract<EffectInput, { type: 'tiered' }>['tiers'][number]
type Gift = { rate_ppm: number } | { amounts: Record<string, number> }

/** An effect as it is stored: rates in parts per million, amounts by currency. */
export function toEffect(input: EffectInput): PromotionEffect {
  switch (input.type) {
    case 'percent':
      return {
        ...{ type: input.type, ...toScope(input), rate_ppm: toPpm(input.percent) },
        ...(input.max_amounts ? { max_amounts: toAmounts(input.max_amounts) } : {}),
      }
    case 'fixed_amount':
      return { type: input.type, ...toScope(input), amounts: toAmounts(input.amounts), per: input.per }
    case 'fixed_price':
      return { type: input.type, amounts: toAmounts(input.amounts), ...itemsOf(input) }
    case 'buy_get': {
      const { percent: off, ...got } = input.get
      const get = { quantity: got.quantity, ...itemsOf(got), rate_ppm: toPpm(off) }
      return { type: input.type, buy: toComponent(input.buy), get, ...maxSetsOf(input) }
    }
    case 'bundle': {
      const components = input.components.map(toComponent)
      return { type: input.type, components, amounts: toAmounts(input.amounts), ...maxSetsOf(input) }
    }
    case 'tiered':
      return { type: input.type, ...toScope(input), tiers: input.tiers.map(toTier) }
    case 'gift':
      return { type: input.type, variant_ids: input.variant_ids, quantity: input.quantity }
    case 'shipping':
      return {
        ...{ type: input.type, ...toGift(input) },
        ...(input.rate_ids ? { rate_ids: input.rate_ids } : {}),
        ...(input.max_amounts ? { max_amounts: toAmounts(input.max_amounts) } : {}),
      }
  }
}

/** An effect as staff wrote it: what is shown may be sent again. */
export function toEffectView(effect: PromotionEffect) {
  switch (effect.type) {
    case 'percent': {
      const { rate_ppm, max_amounts, ...rest } = effect
      return { ...rest, percent: toPercent(rate_ppm), ...(max_amounts ? { max_amounts: toMoneys(max_amounts) } : {}) }
    }
    case 'fixed_amount':
    case 'fixed_price':
    case 'bundle':
      return { ...effect, amounts: toMoneys(effect.amounts) }
    case 'buy_get': {
      const { rate_ppm, ...get } = effect.get
      return { ...effect, get: { ...get, percent: toPercent(rate_ppm) } }
    }
    case 'tiered':
      return { ...effect, tiers: effect.tiers.map(toTierView) }
    case 'gift':
      return effect
    case 'shipping': {
      const { type, rate_ids, max_amounts } = effect
      return {
        ...{ type, ...toGiftView(effect) },
        ...(rate_ids ? { rate_ids: [...rate_ids] } : {}),
        ...(max_amounts ? { max_amounts: toMoneys(max_amounts) } : {}),
      }
    }
  }
}

function toScope({ target, items }: { target: Scope['target']; items?: ItemFilter | undefined }): Scope {
  return target === 'items' ? { target, ...itemsOf({ items }) } : { target }
}

function toComponent({ quantity, items }: ComponentInput) {
  return { quantity, ...itemsOf({ items }) }
}

function itemsOf({ items }: { items?: ItemFilter | undefined }): { items?: ItemFilter } {
  return items ? { items } : {}
}

function maxSetsOf({ max_sets }: { max_sets?: number | undefined }): { max_sets?: number } {
  return max_sets === undefined ? {} : { max_sets }
}

function toTier(tier: TierInput): Tier {
  const from =
    tier.from_quantity === undefined
      ? { from_subtotal: toAmounts(tier.from_subtotal ?? []) }
      : { from_quantity: tier.from_quantity }
  return { ...from, ...toGift(tier) }
}

function toTierView(tier: Tier) {
  const from =
    'from_quantity' in tier ? { from_quantity: tier.from_quantity } : { from_subtotal: toMoneys(tier.from_subtotal) }
  return { ...from, ...toGiftView(tier) }
}

function toGift({ percent, amounts }: Pick<TierInput, 'percent' | 'amounts'>): Gift {
  return percent === undefined ? { amounts: toAmounts(amounts ?? []) } : { rate_ppm: toPpm(percent) }
}

function toGiftView(gift: Readonly<Gift>) {
  return 'rate_ppm' in gift ? { percent: toPercent(gift.rate_ppm) } : { amounts: toMoneys(gift.amounts) }
}
