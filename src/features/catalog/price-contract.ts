import * as z from 'zod'
import { type Buyer, priceFor, priceSteps, priorPrice } from '../../domain/price.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { integerParameter, MoneyShape, money, several } from '../../platform/http/shapes.ts'
import { localeQuery } from '../markets/contract.ts'
import type { Sellable } from './sellables.ts'

/** The most variants that one call asks for. */
const MAX_ASKED = 100

const asked = <Item extends z.ZodType<string>>(item: Item) => several(item, MAX_ASKED).default([])

export const PricesQuery = shape(() =>
  z
    .strictObject({
      variant_ids: asked(idSchema('variant')).meta({ description: 'Once for each variant' }),
      skus: asked(z.string().min(1).max(100)).meta({ description: 'Once for each variant' }),
      quantity: integerParameter(1, 9999).default(1),
      ...localeQuery(),
    })
    .superRefine(({ variant_ids, skus }, context) => {
      const count = variant_ids.length + skus.length
      if (count > 0 && count <= MAX_ASKED) return
      const message = `name 1 to ${MAX_ASKED} variants by variant_ids or skus`
      context.addIssue({ code: 'custom', path: ['variant_ids'], message })
    }),
)

export const BuyerPriceView = shape(() =>
  z
    .object({
      variant_id: z.string(),
      sku: z.string().nullable(),
      price: MoneyShape().nullable().meta({ description: 'What a piece costs the one who asks, of this quantity' }),
      compare_at_price: MoneyShape().nullable(),
      lowest_price_30_days: MoneyShape().nullable().meta({
        description:
          'The lowest price of everybody in the 30 days before the reduction; where it is not above the price, there is no reduction to announce (Directive 98/6/EC, article 6a)',
      }),
      quantity_prices: z.array(z.object({ min_quantity: z.int(), price: MoneyShape() })),
      price_list_id: z.string().optional().meta({ description: 'The price list that made the price' }),
    })
    .meta({ id: 'BuyerPrice' }),
)

export function toBuyerPriceView({ variantId, sku, pricing }: Sellable, buyer: Buyer, quantity: number, now: Date) {
  const { currency } = buyer
  const price = priceFor(pricing, buyer, quantity, now)
  const prior = priorPrice(pricing, buyer, now)
  const orNull = (amount: number | null | undefined) => (amount == null ? null : money(amount, currency))
  return {
    variant_id: variantId,
    sku,
    price: orNull(price?.amount),
    compare_at_price: orNull(price?.compareAtAmount),
    lowest_price_30_days: orNull(prior),
    quantity_prices: priceSteps(pricing, buyer, now)
      .slice(1)
      .map(({ minQuantity, amount }) => ({ min_quantity: minQuantity, price: money(amount, currency) })),
    ...(price?.priceListId == null ? {} : { price_list_id: price.priceListId }),
  }
}
