/**
 * A shop of any size as plain SQL: the same products whenever it is asked for, and no round trip a product. Every share is
 * one of the catalog, so that each collection, category, vendor and tag grows with it.
 */

/** The moment the shop is looked at: later than anything is published, earlier than what is scheduled. */
export const GENERATED_NOW = Date.UTC(2026, 10, 1)

/** When the first product came. */
export const FIRST_PUBLISHED = Date.UTC(2025, 0, 1)
const DAY = 24 * 3600 * 1000

/** Shelves of the generated shop, by what makes each of them different. */
export const SHELVES = {
  /** A fifth of all products, in the staff's order. */
  collection: 'steady-sellers',
  /** A rule (tag is sale): a tenth. */
  ruled: 'on-sale',
  /** Nine of ten products are scheduled for later. */
  scheduled: 'coming-soon',
  /** Nine of ten products have been taken off sale by their schedule. */
  ended: 'last-season',
  /** Hardly one product has a price in yen. */
  unpriced: 'hardly-in-yen',
  category: 'home',
  leaf: 'home-1',
  vendor: 'Vendor 1',
  tag: 'tone-1',
} as const

/** The market with prices of its own. */
export const OWN_PRICES_COUNTRY = 'DE'

const ADJECTIVES = ['Amber', 'Brisk', 'Calm', 'Dusty', 'Early', 'Faded', 'Grand', 'Hollow', 'Ivory', 'Jolly', 'Keen']
const NOUNS = [
  'Apron',
  'Basket',
  'Candle',
  'Desk',
  'Easel',
  'Flask',
  'Globe',
  'Hammock',
  'Iron',
  'Jug',
  'Kettle',
  'Lamp',
]
const COLORS = ['Black', 'Blue', 'Clay', 'Green', 'White']

/**
 * A pseudo-random integer of product `i`, the same every time. Squared between two steps of a generator: without that,
 * products at equal distances would get numbers at equal distances. @param salt makes it another one.
 */
const chance = (salt: number) => {
  const first = `((i * 48271 + ${salt * 6962117 + 12345}) % 2147483647)`
  return `(${first} * ${first} % 2147483647 * 16807 % 2147483647)`
}
const pick = (words: readonly string[], salt: number) =>
  `json_extract('${JSON.stringify(words)}', '$[' || (${chance(salt)} % ${words.length}) || ']')`

const ID = { product: 'prod', variant: 'var', image: 'img', collection: 'col', category: 'cat', market: 'mkt' } as const
const id = (kind: keyof typeof ID, number: string) => `printf('${ID[kind]}_%026d', ${number})`

/** The id of product `number`, counted from 1. */
export function generatedProductId(number: number): string {
  return `prod_${String(number).padStart(26, '0')}`
}

const COLLECTIONS = [SHELVES.collection, SHELVES.ruled, SHELVES.scheduled, SHELVES.ended, SHELVES.unpriced]
const LEAVES = 8
const SALE_RULE = JSON.stringify([{ field: 'tag', operator: 'is', value: 'sale' }])

/** What stands before the first product: markets, a warehouse, collections, a category with eight below it. */
export function shopStatements(): string[] {
  const market = (number: number, name: string, currency: string, locales: string[], tax: 0 | 1, own: 0 | 2) =>
    `INSERT INTO markets (id, name, currency, locales, tax_included, position, own_prices)
      VALUES (${id('market', String(number))}, '${name}', '${currency}', '${JSON.stringify(locales)}', ${tax}, ${number}, ${own})`
  const country = (code: string, number: number) =>
    `INSERT INTO market_countries VALUES ('${code}', ${id('market', String(number))}, 0)`
  return [
    market(1, 'United States', 'USD', ['en-US'], 0, 0),
    market(2, 'Germany', 'EUR', ['de-DE', 'en-GB'], 1, 2),
    market(3, 'Japan', 'JPY', ['ja-JP'], 1, 0),
    ...[country('US', 1), country(OWN_PRICES_COUNTRY, 2), country('JP', 3)],
    "INSERT INTO locations (id, name, country, is_default) VALUES ('loc_00000000000000000000000001', 'Warehouse', 'US', 1)",
    ...COLLECTIONS.map(
      (handle, index) => `INSERT INTO collections
        (id, handle, title, description_html, position, version, created_at, updated_at, kind, rules)
        VALUES (${id('collection', String(index + 1))}, '${handle}', '${handle}', '', ${index}, 1, 0, 0,
          ${handle === SHELVES.ruled ? `'rules', '${SALE_RULE}'` : "'manual', '[]'"})`,
    ),
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${LEAVES})
      INSERT INTO categories SELECT ${id('category', 'i')}, CASE i WHEN 0 THEN '${SHELVES.category}' ELSE '${SHELVES.category}-' || i END,
        CASE WHEN i > 0 THEN ${id('category', '0')} END,
        CASE i WHEN 0 THEN json_array(${id('category', '0')}) ELSE json_array(${id('category', '0')}, ${id('category', 'i')}) END,
        i, 'Category ' || i, '', NULL, NULL, NULL, '{}', '{}', 1, 0, 0 FROM n`,
  ]
}

// What products are in: one of twenty is not on sale by its schedule, nine of ten have a price in EUR, three in JPY.
const SCHEDULED = 'i % 40 = 3'
const ENDED = 'i % 40 = 7'
const IN_EUR = 'i % 10 <> 4'
const IN_JPY = 'i % 10 IN (0, 2, 5)'
const MEMBERS: readonly (readonly [handle: string, members: string])[] = [
  [SHELVES.collection, `${chance(1)} % 5 = 0`],
  [SHELVES.scheduled, `(${SCHEDULED} OR i % 360 = 4)`],
  [SHELVES.ended, `(${ENDED} OR i % 360 = 6)`],
  [SHELVES.unpriced, `(i % 10 IN (1, 4) OR i % 1000 = 5)`],
]

/** Products `from` to `to`, both among them, with variants, prices, stock, pictures, tags, translations, collections. */
export function productStatements(from: number, to: number): string[] {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`
  // One to three variants; the second of two products in three, the third of one in three.
  const pieces = `${numbers}, v(i, k) AS (SELECT i, k FROM n JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2)
    WHERE k <= i % 3)`
  const variant = id('variant', 'i * 10 + k')
  const usd = `(500 + ${chance(2)} % 30000 + k * 100)`
  const price = (currency: string, market: string, amount: string, where: string) =>
    `${pieces} INSERT INTO prices SELECT ${variant}, '${currency}', ${market}, 1, ${amount},
      CASE WHEN i % 10 = 0 THEN ${amount} + 1000 END, ${FIRST_PUBLISHED} FROM v WHERE ${where}`
  return [
    `${numbers} INSERT INTO products SELECT ${id('product', 'i')}, 'product-' || i,
      ${pick(ADJECTIVES, 3)} || ' ' || ${pick(NOUNS, 4)} || ' ' || (${chance(5)} % 100000), '<p>A thing to have.</p>',
      'Vendor ' || (i % 8), 'thing', 'active', '["Color"]',
      CASE WHEN i % 10 = 0 THEN json_array('sale', 'tone-' || (i % 7)) ELSE json_array('tone-' || (i % 7)) END,
      NULL, NULL, '{}', '{}', 1, ${FIRST_PUBLISHED}, ${FIRST_PUBLISHED},
      CASE WHEN ${SCHEDULED} THEN ${GENERATED_NOW + 30 * DAY} + i ELSE ${FIRST_PUBLISHED} + i * 45000 + ${chance(6)} % 45000 END,
      CASE WHEN ${ENDED} THEN ${GENERATED_NOW - 30 * DAY} - i * 10 END,
      CASE WHEN i % 20 = 1 THEN ${id('category', '0')} ELSE ${id('category', `(1 + i % ${LEAVES})`)} END, '{}' FROM n`,
    `${numbers} INSERT INTO product_tags SELECT 'tone-' || (i % 7), ${id('product', 'i')} FROM n
      UNION ALL SELECT 'sale', ${id('product', 'i')} FROM n WHERE i % 10 = 0`,
    `${numbers} INSERT INTO images SELECT ${id('image', 'i')}, ${id('product', 'i')}, 0,
      'https://images.shop.example/' || i || '.jpg', 'A picture', 800, 800 FROM n`,
    `${pieces} INSERT INTO variants (id, product_id, position, sku, title, options, option_key, barcode, weight_grams,
        requires_shipping, taxable, tax_category, image_id, archived)
      SELECT ${variant}, ${id('product', 'i')}, k, 'SKU-' || i || '-' || k, json_extract('${JSON.stringify(COLORS)}', '$[' || k || ']'),
        json_object('Color', json_extract('${JSON.stringify(COLORS)}', '$[' || k || ']')), 'c' || k, NULL, 200, 1, 1, 'standard',
        NULL, 0 FROM v`,
    `${pieces} INSERT INTO stock_levels
      (variant_id, location_id, policy, backorder_limit, on_hand, held, incoming, updated_at) SELECT ${variant}, 'loc_00000000000000000000000001', 'deny', NULL,
      CASE WHEN ${chance(7)} % 40 = 0 THEN 0 ELSE 25 END, 0, 0, ${FIRST_PUBLISHED} FROM v`,
    price('USD', "''", usd, 'true'),
    price('EUR', "''", `(${usd} - 40)`, IN_EUR),
    price('JPY', "''", `(${usd} * 150)`, IN_JPY),
    price('EUR', id('market', '2'), `(${usd} - 90)`, 'i % 10 = 2'),
    // A third have been sold lately, some of them much.
    `${numbers} INSERT INTO product_sales SELECT ${id('product', 'i')}, 1 + ${chance(9)} % 40 * (${chance(10)} % 40) FROM n
      WHERE i % 3 = 0`,
    `${numbers} INSERT INTO translations SELECT ${id('product', 'i')}, 'de', json_object('title', 'Ding ' || i), 0
      FROM n`,
    ...MEMBERS.map(
      ([handle, members]) => `${numbers} INSERT INTO collection_products
        SELECT ${id('collection', String(COLLECTIONS.indexOf(handle as (typeof COLLECTIONS)[number]) + 1))}, ${id('product', 'i')},
          ${chance(8)} % 1000003 FROM n WHERE ${members}`,
    ),
  ]
}
