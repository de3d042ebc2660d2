import { type SQL, sql } from 'drizzle-orm'
import { FOREVER } from '../../domain/price.ts'
import { images, products } from '../../platform/db/schema/catalog.ts'
import { productPrices } from '../../platform/db/schema/listings.ts'
import { isAvailable } from '../listings/rules.ts'
import { translatedTitle } from '../translations/queries.ts'

/** A product as a list shows it, in the currency and locale of the CTE `buyer`. */
export interface CardRow {
  id: string
  handle: string
  /** In the buyer's locale. */
  title: string
  /** As the source has it: what lists sort by. */
  sortTitle: string
  vendor: string
  tags: string
  position: number
  publishedAt: number
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
export const isCardAvailable = sql`(${isAvailable(sql`l.product_id`)} AND pp.product_id IS NOT NULL)`

/** The columns of a `CardRow`, over `l` (listings) and what `cardJoins` adds. */
export const cardColumns = sql`l.product_id AS id, p.handle,
  coalesce(${translatedTitle(sql`l.product_id`, sql`(SELECT locale FROM buyer)`)}, l.title) AS title,
  l.title AS sortTitle, p.vendor, p.tags, l.position, l.published_at AS publishedAt,
  pp.min_amount AS minAmount, pp.max_amount AS maxAmount,
  pp.min_compare_at_amount AS minCompareAtAmount, pp.max_compare_at_amount AS maxCompareAtAmount,
  (SELECT json_object('id', i.id, 'url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height)
    FROM ${images} AS i WHERE i.product_id = l.product_id ORDER BY i.position LIMIT 1) AS image,
  ${isCardAvailable} AS available,
  min(l.unpublished_at, coalesce(pp.valid_until, ${FOREVER})) AS currentUntil`

/** A card's product and its price now, if it has one in the buyer's currency: `p` and `pp`. */
export function cardJoins(now: Date): SQL {
  return sql`CROSS JOIN ${products} AS p ON p.id = l.product_id
    LEFT JOIN ${productPrices} AS pp ON pp.product_id = l.product_id AND pp.currency = (SELECT currency FROM buyer)
      AND pp.market_id = (SELECT market_id FROM buyer) AND pp.valid_from <= ${now.getTime()} AND pp.valid_until > ${now.getTime()}`
}

/** True for listings of products that are on sale now. The plus leaves the order of rows to other indexes. */
export function isListedNow(now: Date): SQL {
  return sql`+l.published_at <= ${now.getTime()} AND l.unpublished_at > ${now.getTime()}`
}
