import type { PromotionConditions, PromotionEffect } from '../src/domain/promotion.ts'
import type { Goods } from './goods.ts'

/** What the demo shop gives: one promotion of most kinds. */
export interface DemoPromotion {
  title: string
  /** None makes it automatic. */
  codes: string[]
  effect: PromotionEffect
  conditions: PromotionConditions
  customerLimit: number | null
  /** Lower ones are applied first. */
  priority: number
}

/** @param goods names products and variants. */
export function listDemoPromotions(goods: Goods): DemoPromotion[] {
  const variants = (handle: string) => goods.product(handle).variants.map(({ id }) => id)
  const always = { customerLimit: null, conditions: {} }
  return [
    {
      ...{ title: '3 for 2 on soap and candles', codes: [], priority: 5, ...always },
      effect: {
        type: 'buy_get',
        buy: { quantity: 2, items: { product_ids: bath(goods) } },
        get: { quantity: 1, items: { product_ids: bath(goods) }, rate_ppm: 1_000_000 },
      },
    },
    {
      ...{ title: 'A mug and a bag of coffee', codes: [], priority: 6, ...always },
      effect: {
        type: 'bundle',
        components: [
          { quantity: 1, items: { product_ids: [goods.product('emalje-mug').id] } },
          { quantity: 1, items: { product_ids: [goods.product('bal-coffee').id] } },
        ],
        amounts: { USD: 2200, EUR: 2000, JPY: 3000 },
      },
    },
    {
      ...{ title: 'A repair kit with everything above 250', codes: [], priority: 7, customerLimit: null },
      effect: { type: 'gift', variant_ids: variants('lapp-repair-kit'), quantity: 1 },
      conditions: { minimum_subtotal: { USD: 25_000, EUR: 23_000, JPY: 36_000 } },
    },
    {
      ...{ title: '10 % off to welcome you', codes: ['WELCOME10'], priority: 10, customerLimit: 1, conditions: {} },
      effect: { type: 'percent', target: 'order', rate_ppm: 100_000 },
    },
    {
      ...{ title: '5 % off large orders', codes: [], priority: 20, customerLimit: null },
      effect: { type: 'percent', target: 'order', rate_ppm: 50_000 },
      conditions: { minimum_subtotal: { USD: 15_000, EUR: 14_000, JPY: 22_000 } },
    },
    {
      ...{ title: 'Free shipping', codes: ['SHIPFREE'], priority: 30, ...always },
      effect: { type: 'shipping', rate_ppm: 1_000_000, max_amounts: { USD: 1000, EUR: 900, JPY: 1500 } },
    },
  ]
}

function bath(goods: Goods): string[] {
  return ['skjaer-soap', 'granbar-candle'].map((handle) => goods.product(handle).id)
}
