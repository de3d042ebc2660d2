import * as z from 'zod'
import { MAX_PRICE } from '../../domain/money.ts'
import { FOREVER } from '../../domain/price.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CurrencyCode, Timestamp, timestamp } from '../../platform/http/shapes.ts'
import type { PriceListPriceRow, PriceListRow } from './list-queries.ts'

/** The most entries that one call sets, or removes. */
const MAX_ENTRIES = 500
const PPM_PER_PERCENT = 10_000

const listFields = () => ({
  title: z.string().trim().min(1).max(255),
  status: z.enum(['active', 'paused', 'archived']).meta({ description: 'Only an active list asks anything' }),
  market_id: idSchema('market')
    .nullable()
    .meta({ description: 'Only in this market, which has own_prices, and in its currency; null is every market' }),
  customer_group_id: idSchema('customerGroup')
    .nullable()
    .meta({ description: 'Only for this group; null is everybody' }),
  starts_at: Timestamp().nullable().meta({ description: 'Null is from always' }),
  ends_at: Timestamp().nullable().meta({ description: 'From then on it asks nothing any more; null is never' }),
})

export const CreatePriceList = shape(() => {
  const fields = listFields()
  return z
    .strictObject({
      ...fields,
      status: fields.status.default('active'),
      market_id: fields.market_id.default(null),
      customer_group_id: fields.customer_group_id.default(null),
      starts_at: fields.starts_at.default(null),
      ends_at: fields.ends_at.default(null),
    })
    .meta({ id: 'CreatePriceList' })
})

export const UpdatePriceList = shape(() => z.strictObject(listFields()).partial().meta({ id: 'UpdatePriceList' }))

export const PriceListParams = shape(() => z.object({ price_list: idSchema('priceList') }))

const entryKey = () => ({
  variant_id: idSchema('variant').optional(),
  sku: z.string().trim().min(1).max(100).optional(),
  currency: CurrencyCode(),
  min_quantity: z.int().min(1).max(9999).default(1).meta({ description: 'Holds from this many pieces on' }),
})
const namesOne = ({ variant_id, sku }: { variant_id?: string | undefined; sku?: string | undefined }) =>
  (variant_id === undefined) !== (sku === undefined)
const oneName = { path: ['variant_id'], message: 'give either variant_id or sku' }

export const ChangePrices = shape(() =>
  z
    .strictObject({
      set: z
        .array(z.strictObject({ ...entryKey(), amount: z.int().min(0).max(MAX_PRICE) }).refine(namesOne, oneName))
        .max(MAX_ENTRIES)
        .default([]),
      remove: z.array(z.strictObject(entryKey()).refine(namesOne, oneName)).max(MAX_ENTRIES).default([]),
    })
    .meta({ id: 'ChangePrices' }),
)

export const ReducePrices = shape(() =>
  z
    .strictObject({
      percent: z
        .number()
        .gt(0)
        .max(100)
        .refine((percent) => Math.abs(toPpm(percent) - percent * PPM_PER_PERCENT) < 1e-6, 'has at most 4 decimals')
        .meta({ description: 'Off the regular prices as they are now' }),
      currency: CurrencyCode().optional().meta({ description: 'Only prices in this currency' }),
      collection_id: idSchema('collection').optional(),
      product_ids: z.array(idSchema('product')).min(1).max(100).optional(),
      all: z.literal(true).optional(),
      round_to: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(1)
        .meta({ description: 'Amounts are rounded half up to a multiple of so many minor units' }),
    })
    .refine(
      ({ collection_id, product_ids, all }) =>
        [collection_id, product_ids, all].filter((each) => each !== undefined).length === 1,
      { path: ['all'], message: 'give exactly one of collection_id, product_ids and all' },
    )
    .meta({ id: 'ReducePrices' }),
)

/** Percent as people write it, in parts per million. */
export function toPpm(percent: number): number {
  return Math.round(percent * PPM_PER_PERCENT)
}

export const AdminPriceListView = shape(() =>
  z
    .object({
      id: z.string(),
      title: z.string(),
      status: z.enum(['active', 'paused', 'archived']),
      market_id: z.string().nullable(),
      customer_group_id: z.string().nullable(),
      starts_at: z.string().nullable(),
      ends_at: z.string().nullable(),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'AdminPriceList' }),
)

export function toAdminPriceListView(row: PriceListRow) {
  return {
    id: row.id,
    title: row.title,
    status: row.status,
    market_id: row.marketId === '' ? null : row.marketId,
    customer_group_id: row.customerGroupId,
    starts_at: row.startsAt === 0 ? null : timestamp(row.startsAt),
    ends_at: row.endsAt === FOREVER ? null : timestamp(row.endsAt),
    version: row.version,
    created_at: timestamp(row.createdAt),
    updated_at: timestamp(row.updatedAt),
  }
}

export const ListPriceView = shape(() =>
  z
    .object({
      variant_id: z.string(),
      sku: z.string().nullable(),
      currency: z.string(),
      amount: z.int(),
      min_quantity: z.int(),
    })
    .meta({ id: 'PriceListPrice' }),
)

export function toListPriceView(row: PriceListPriceRow & { sku: string | null }) {
  const { variantId, sku, currency, amount, minQuantity } = row
  return { variant_id: variantId, sku, currency, amount, min_quantity: minQuantity }
}
