import type { CollectionRule } from '../../src/domain/collection.ts'
import { type Offer, type Price, priceFor } from '../../src/domain/price.ts'
import { priceBucket } from '../../src/domain/price-bucket.ts'
import type { ProductStatus } from '../../src/domain/product.ts'
import { testEnv } from './env.ts'

/** Whether shoppers may see and buy a product at a moment, by its own fields alone. */
function isOnSale(
  { status, publishedAt, unpublishedAt }: { status: string; publishedAt: number | null; unpublishedAt: number | null },
  now: Date,
): boolean {
  const at = now.getTime()
  return status === 'active' && publishedAt !== null && publishedAt <= at && at < (unpublishedAt ?? Infinity)
}

/** A product as lists should show it, from what is stored about it alone. */
export interface Shown {
  id: string
  /** What it was numbered as when it was first listed: in any order, what tells equal ones apart. */
  number: number
  title: string
  publishedAt: number
  min: number | null
  max: number | null
  available: boolean
  shelves: Map<string, number>
}

interface ProductRow {
  number: number | null
  id: string
  title: string
  vendor: string
  product_type: string
  status: ProductStatus
  tags: string
  published_at: number | null
  unpublished_at: number | null
  path: string | null
}

const all = async <Row>(statement: string, ...values: unknown[]): Promise<Row[]> =>
  (
    await testEnv()
      .DB.prepare(statement)
      .bind(...values)
      .all<Row>()
  ).results

/**
 * The published products of a vendor, read from the tables that staff write and put together in plain code: no derived row
 * is looked at, but for the number that a product was given. @param marketId one with prices of its own, or null.
 */
export async function readShown(vendors: readonly string[], marketId: string | null, now: Date): Promise<Shown[]> {
  const names = JSON.stringify(vendors)
  const products = await all<ProductRow>(
    `SELECT p.*, (SELECT path FROM categories WHERE id = p.category_id) AS path,
       (SELECT number FROM listed_products WHERE product_id = p.id) AS number FROM products AS p
     WHERE vendor IN (SELECT value FROM json_each(?))`,
    names,
  )
  const mine = 'v.product_id IN (SELECT id FROM products WHERE vendor IN (SELECT value FROM json_each(?)))'
  const variants = await all<{ id: string; product_id: string }>(
    `SELECT v.id, v.product_id FROM variants AS v WHERE v.archived = 0 AND ${mine}`,
    names,
  )
  const prices = await all<Price & { variantId: string }>(
    `SELECT x.variant_id AS variantId, x.currency, x.market_id AS marketId, x.min_quantity AS minQuantity, x.amount,
       x.compare_at_amount AS compareAtAmount, x.since FROM prices AS x JOIN variants AS v ON v.id = x.variant_id WHERE ${mine}`,
    names,
  )
  const offers = await all<Offer & { variantId: string }>(
    `SELECT o.variant_id AS variantId, l.id AS priceListId, o.currency, l.market_id AS marketId, o.amount, o.since,
       l.customer_group_id AS customerGroupId, o.min_quantity AS minQuantity, l.starts_at AS startsAt, l.ends_at AS endsAt
     FROM price_list_prices AS o JOIN price_lists AS l ON l.id = o.price_list_id JOIN variants AS v ON v.id = o.variant_id
     WHERE l.status = 'active' AND ${mine}`,
    names,
  )
  const levels = await all<{ variant_id: string; free: number }>(
    `SELECT s.variant_id, s.on_hand - s.held AS free FROM stock_levels AS s JOIN variants AS v ON v.id = s.variant_id
     WHERE ${mine}`,
    names,
  )
  const collections = await all<{ id: string; kind: string; match: string; rules: string }>('SELECT * FROM collections')
  const members = await all<{ collection_id: string; product_id: string; position: number }>(
    'SELECT * FROM collection_products',
  )
  const buyer = { currency: 'USD', marketId, groupIds: [] }

  return products.flatMap((product): Shown[] => {
    const { id, title, status, published_at: publishedAt, unpublished_at: unpublishedAt } = product
    if (!isOnSale({ status, publishedAt, unpublishedAt }, now) || publishedAt === null) return []
    const own = variants.filter((variant) => variant.product_id === id)
    const amounts = own.flatMap((variant) => {
      const of = <Row extends { variantId: string }>(rows: readonly Row[]) =>
        rows.filter(({ variantId }) => variantId === variant.id)
      const pricing = { prices: of(prices), offers: of(offers), history: [] }
      return priceFor(pricing, buyer, 1, now)?.amount ?? []
    })
    const sellable = own.some((variant) => levels.some((level) => level.variant_id === variant.id && level.free > 0))
    const tags = JSON.parse(product.tags) as string[]
    const regular = own.flatMap((variant) =>
      prices.flatMap((price) =>
        price.variantId === variant.id && price.currency === 'USD' && price.marketId === '' && price.minQuantity === 1
          ? [price.amount]
          : [],
      ),
    )
    const meets = (rule: CollectionRule): boolean => {
      switch (rule.field) {
        case 'in_stock':
          return sellable === rule.value
        case 'price':
          if (regular.length === 0) return false
          return rule.operator === 'at_least' ? Math.min(...regular) >= rule.value : Math.min(...regular) <= rule.value
        case 'tag':
          return tags.includes(rule.value) === (rule.operator === 'is')
        case 'vendor':
          return (product.vendor === rule.value) === (rule.operator === 'is')
        default:
          return (product.product_type === rule.value) === (rule.operator === 'is')
      }
    }
    const shelves = new Map<string, number>([
      [`vendor:${product.vendor}`, 0],
      ...tags.map((tag) => [`tag:${tag}`, 0] as const),
    ])
    for (const category of JSON.parse(product.path ?? '[]') as string[]) shelves.set(category, 0)
    for (const collection of collections) {
      const rules = JSON.parse(collection.rules) as CollectionRule[]
      const member = members.find((each) => each.collection_id === collection.id && each.product_id === id)
      if (member) shelves.set(collection.id, member.position)
      const chosen = collection.match === 'all' ? rules.every(meets) : rules.some(meets)
      if (collection.kind === 'rules' && rules.length > 0 && chosen) shelves.set(collection.id, 0)
    }
    const range =
      amounts.length === 0 ? { min: null, max: null } : { min: Math.min(...amounts), max: Math.max(...amounts) }
    return [
      {
        id,
        number: product.number ?? 0,
        title,
        publishedAt,
        ...range,
        available: sellable && amounts.length > 0,
        shelves,
      },
    ]
  })
}

const text = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0)

/** The products of a shelf in an order of lists, as their cards should tell them. */
export function listOf(products: readonly Shown[], shelf: string, sort: string) {
  const byPrice = sort.startsWith('price')
  const there = products.filter(({ shelves, min }) => shelves.has(shelf) && !(byPrice && min === null))
  const place = ({ shelves }: Shown) => shelves.get(shelf) ?? 0
  const orders: Record<string, (left: Shown, right: Shown) => number> = {
    newest: (left, right) => right.publishedAt - left.publishedAt || right.number - left.number,
    title: (left, right) => text(left.title, right.title) || left.number - right.number,
    manual: (left, right) => place(left) - place(right) || right.number - left.number,
    price_asc: (left, right) => (left.min ?? 0) - (right.min ?? 0) || left.number - right.number,
    price_desc: (left, right) => (right.min ?? 0) - (left.min ?? 0) || right.number - left.number,
  }
  return there.sort(orders[sort]).map(({ id, min, max, available }) => ({ id, min, max, available }))
}

/**
 * Counts of facets on the shelves of these vendors that are not those of their products, in US dollars: what the shop counts
 * beside what these products make.
 */
export async function miscounts(vendors: readonly string[], products: readonly Shown[]): Promise<unknown[]> {
  const counted = await all<{ shelf: string; value: string; products: number }>(
    `SELECT o.name AS shelf, v.name AS value, f.products FROM facet_counts AS f
     JOIN shelves AS o ON o.number = f.shelf JOIN shelves AS v ON v.number = f.value
     WHERE o.name IN (SELECT value FROM json_each(?)) AND (v.kind IN ('vendor', 'tag', 'category', 'collection')
       OR v.kind IN ('available:USD:', 'price:USD:'))`,
    JSON.stringify(vendors.map((vendor) => `vendor:${vendor}`)),
  )
  const expected = new Map<string, number>()
  for (const { shelves, available, min, max } of products) {
    const [lowest, highest] = min === null || max === null ? [1, 0] : [priceBucket(min), priceBucket(max)]
    const buckets = Array.from({ length: highest - lowest + 1 }, (_, index) => `price:USD::${lowest + index}`)
    const values = [...shelves.keys(), ...(available ? ['available:USD:'] : []), ...buckets]
    const [shelf] = [...shelves.keys()].filter((name) => name.startsWith('vendor:'))
    for (const value of values) {
      const pair = `${shelf} has ${value}`
      expected.set(pair, (expected.get(pair) ?? 0) + 1)
    }
  }
  const actual = new Map(counted.map(({ shelf, value, products: count }) => [`${shelf} has ${value}`, count]))
  const pairs = [...new Set([...expected.keys(), ...actual.keys()])]
  return pairs
    .filter((pair) => expected.get(pair) !== actual.get(pair))
    .map((pair) => `${pair}: ${actual.get(pair) ?? 0} times, not ${expected.get(pair) ?? 0}`)
}
