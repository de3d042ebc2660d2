import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { images, products } from '../../platform/db/schema/catalog.ts'
import { productPrices } from '../../platform/db/schema/listings.ts'
import { isAvailable } from '../listings/rules.ts'
import { translatedTitle } from '../translations/queries.ts'

/** A product as a list shows it, in the currency and locale of the CTE `buyer`. */
export interface CardRow {
  id: string
  /** Among the listed products: what tells equal ones apart in the order of a list. */
  number: number
  handle: string
  /** In the buyer's locale. */
  title: string
  vendor: string
  tags: string
  minAmount: number | null
  maxAmount: number | null
  minCompareAtAmount: number | null
  maxCompareAtAmount: number | null
  image: string | null
  available: number
  /** Unix milliseconds at which its price changes, or it goes, by what is known now. */
  currentUntil: number
}

/** True where the card's product can be bought. */
const isCardAvailable = sql`(${isAvailable(sql`n.product_id`)} AND pp.product_id IS NOT NULL)`

/** The columns of a `CardRow`, over `n` (listed_products) and what `cardJoins` adds. */
export const cardColumns = sql`n.product_id AS id, n.number, p.handle,
  coalesce(${translatedTitle(sql`n.product_id`, sql`(SELECT locale FROM buyer)`)}, p.title) AS title, p.vendor, p.tags,
  pp.min_amount AS minAmount, pp.max_amount AS maxAmount,
  pp.min_compare_at_amount AS minCompareAtAmount, pp.max_compare_at_amount AS maxCompareAtAmount,
  (SELECT json_object('id', i.id, 'url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height)
    FROM ${images} AS i WHERE i.product_id = n.product_id ORDER BY i.position LIMIT 1) AS image,
  ${isCardAvailable} AS available,
  min(n.unpublished_at, coalesce(pp.valid_until, ${FOREVER})) AS currentUntil`

/** A card's product and its price now, if it has one in the buyer's currency: `p` and `pp`. Without `n` both are null. */
export function cardJoins(now: Date): SQL {
  return sql`LEFT JOIN ${products} AS p ON p.id = n.product_id LEFT JOIN ${productPrices} AS pp ON ${isPriceNow(BUYER, now)}`
}

const BUYER = { currency: sql`(SELECT currency FROM buyer)`, market: sql`(SELECT market_id FROM buyer)` }

/** True for the price `pp` that `n` has now for a buyer. */
export function isPriceNow({ currency, market }: { currency: SQL; market: SQL }, now: Date): SQL {
  return sql`pp.product_id = n.product_id AND pp.currency = ${currency} AND pp.market_id = ${market}
    AND pp.valid_from <= ${now.getTime()} AND pp.valid_until > ${now.getTime()}`
}

/** True for listed products `n` that are on sale now. */
export function isListedNow(now: Date): SQL {
  return sql`n.published_at <= ${now.getTime()} AND n.unpublished_at > ${now.getTime()}`
}
