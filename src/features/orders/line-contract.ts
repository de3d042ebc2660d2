import * as z from 'zod'
import type { Money } from '../../domain/money.ts'
import { shape } from '../../platform/http/schema.ts'
import { MetadataShape, MoneyShape } from '../../platform/http/shapes.ts'
import { TaxView, toTaxView } from '../cart/contract.ts'
import type { OrderLineRow } from './queries.ts'

const Discount = shape(() =>
  z.object({ promotion_id: z.string(), code: z.string().nullable(), title: z.string(), amount: MoneyShape() }),
)

export const OrderLineView = shape(() =>
  z
    .object({
      id: z.string(),
      product_id: z.string(),
      variant_id: z.string(),
      sku: z.string().nullable(),
      handle: z.string(),
      title: z.string(),
      variant_title: z.string(),
      image_url: z.string().nullable(),
      quantity: z.int(),
      fulfilled_quantity: z.int().meta({ description: 'Shipped so far' }),
      removed_quantity: z.int().meta({ description: 'Taken out of the order before it was shipped' }),
      refunded_quantity: z.int(),
      attributes: MetadataShape(),
      unit_price: MoneyShape(),
      compare_at_unit_price: MoneyShape().nullable(),
      subtotal: MoneyShape(),
      discount: MoneyShape(),
      tax: MoneyShape(),
      total: MoneyShape(),
      discounts: z.array(Discount()),
      taxes: z.array(TaxView()),
    })
    .meta({ id: 'OrderLine' }),
)

/** @param inCurrency minor units as money of the order. */
export function toOrderLineView(line: OrderLineRow, inCurrency: (amount: number) => Money) {
  return {
    id: line.id,
    product_id: line.productId,
    variant_id: line.variantId,
    sku: line.sku,
    handle: line.handle,
    title: line.title,
    variant_title: line.variantTitle,
    image_url: line.imageUrl,
    quantity: line.quantity,
    fulfilled_quantity: line.fulfilledQuantity,
    removed_quantity: line.removedQuantity,
    refunded_quantity: line.refundedQuantity,
    attributes: line.attributes,
    unit_price: inCurrency(line.unitAmount),
    compare_at_unit_price: line.compareAtUnitAmount === null ? null : inCurrency(line.compareAtUnitAmount),
    subtotal: inCurrency(line.subtotal),
    discount: inCurrency(line.discount),
    tax: inCurrency(line.tax),
    total: inCurrency(line.total),
    discounts: line.discounts.map((discount) => ({ ...discount, amount: inCurrency(discount.amount) })),
    taxes: line.taxes.map((tax) => toTaxView(tax, inCurrency)),
  }
}
