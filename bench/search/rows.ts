import { variantTitle } from '../../src/features/catalog/product.ts'
import { FIRST_PUBLISHED, GENERATED_NOW, generatedProductId } from '../catalog/generated.ts'
import { type GeneratedProduct, generatedProduct, KINDS } from './generated.ts'
import { DEPARTMENTS } from './words.ts'

// The longest text that D1 takes is two megabytes.
const ROWS_AT_ONCE = 1000
const DAY = 24 * 3600 * 1000

type Row = Readonly<Record<string, string | number | null>>
/** Rows of one table, all with the same columns. */
type Rows = readonly [table: string, rows: readonly Row[]]

/** A statement for each thousand rows. */
function insertAll(database: D1Database, [table, rows]: Rows): D1PreparedStatement[] {
  const columns = Object.keys(rows[0] ?? {})
  const values = columns.map((_, index) => `json_extract(value, '$[${index}]')`)
  const statement = `INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_each(?)`
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, chunk) => {
    const part = rows.slice(chunk * ROWS_AT_ONCE, (chunk + 1) * ROWS_AT_ONCE)
    return database.prepare(statement).bind(JSON.stringify(part.map((row) => columns.map((column) => row[column]))))
  })
}

const idOf = (kind: 'cat' | 'col' | 'mkt' | 'var' | 'img' | 'loc', number: number) =>
  `${kind}_${String(number).padStart(26, '0')}`
const departmentId = (department: number) => idOf('cat', 1 + department)
export const kindId = (kind: number) => idOf('cat', 100 + kind)
const WAREHOUSE = idOf('loc', 1)
const COLLECTIONS = ['new-arrivals', 'staff-picks', 'for-the-weekend', 'small-batch']
const MARKETS = [
  { country: 'US', name: 'United States', currency: 'USD', locales: ['en-US'] },
  { country: 'DE', name: 'Europe', currency: 'EUR', locales: ['de-DE', 'fr-FR', 'es-ES'] },
  { country: 'JP', name: 'Japan', currency: 'JPY', locales: ['ja-JP'] },
]

/** What stands before the first product: three markets, a warehouse, collections, departments with kinds of goods in them. */
export function shopRows(database: D1Database): D1PreparedStatement[] {
  const stored = { version: 1, created_at: 0, updated_at: 0 }
  const category = (id: string, title: string, position: number, parent: string | null): Row => ({
    ...{ id, title, position, handle: title.toLowerCase().replaceAll(' ', '-'), parent_id: parent },
    ...{ path: JSON.stringify(parent === null ? [id] : [parent, id]), description_html: '' },
    ...{ metadata: '{}', private_metadata: '{}', ...stored },
  })
  const departments = DEPARTMENTS.map(({ title: [title] }, index) => category(departmentId(index), title, index, null))
  const kinds = KINDS.map(({ title: [title], department }, index) =>
    category(kindId(index), title, index, departmentId(department)),
  )
  const tables: Rows[] = [
    [
      'markets',
      MARKETS.map(({ name, currency, locales }, index) => ({
        ...{ id: idOf('mkt', index), name, currency, locales: JSON.stringify(locales) },
        ...{ tax_included: 1, position: index, own_prices: 0 },
      })),
    ],
    [
      'market_countries',
      MARKETS.map(({ country }, index) => ({ country, market_id: idOf('mkt', index), position: 0 })),
    ],
    ['locations', [{ id: WAREHOUSE, name: 'Warehouse', country: 'US', is_default: 1 }]],
    [
      'collections',
      COLLECTIONS.map((handle, position) => ({
        ...{
          id: idOf('col', 1 + position),
          handle,
          title: handle.replaceAll('-', ' '),
          description_html: '',
          position,
        },
        ...stored,
      })),
    ],
    ['categories', departments],
    ['categories', kinds],
  ]
  return tables.flatMap((rows) => insertAll(database, rows))
}

/** Products `from` to `to`, both among them, of the shop that `seed` makes. */
export function productRows(database: D1Database, { from, to, seed }: { from: number; to: number; seed: number }) {
  const all = Array.from({ length: to - from + 1 }, (_, index): Numbered => {
    const number = from + index
    return { number, id: generatedProductId(number), ...generatedProduct(number, seed) }
  })
  const tables: Rows[] = [
    ['products', all.map(toProduct)],
    ['product_tags', all.flatMap(({ id, tags }) => tags.map((tag) => ({ tag, product_id: id })))],
    ['images', all.map(toImage)],
    ...variantTables(all),
    [
      'translations',
      all.flatMap(({ id, translations }) =>
        Object.entries(translations).map(([locale, title]) => ({
          ...{ subject_id: id, locale, fields: JSON.stringify({ title }), updated_at: 0 },
        })),
      ),
    ],
    [
      'collection_products',
      all
        .filter(({ number }) => number % 3 === 0)
        .map(({ id, number }) => ({
          ...{ collection_id: idOf('col', 1 + ((number / 3) % COLLECTIONS.length)), product_id: id, position: number },
        })),
    ],
    ['product_sales', all.filter(({ sold }) => sold > 0).map(({ id, sold }) => ({ product_id: id, units: sold }))],
  ]
  return tables.flatMap((rows) => insertAll(database, rows))
}

interface Numbered extends GeneratedProduct {
  number: number
  id: string
}

/** One of fifty is scheduled for later. */
function toProduct({ id, number, title, text, vendor, type, options, tags, kind }: Numbered): Row {
  const at = FIRST_PUBLISHED + number * 45_000
  return {
    ...{ id, title, vendor, handle: `product-${number}`, description_html: text, product_type: type, status: 'active' },
    ...{ options: JSON.stringify(options.map(({ name }) => name)), tags: JSON.stringify(tags.toSorted()) },
    ...{ published_at: number % 50 === 3 ? GENERATED_NOW + 30 * DAY : at, category_id: kindId(kind) },
    ...{ metadata: '{}', private_metadata: '{}', custom_fields: '{}', version: 1, created_at: at, updated_at: at },
  }
}

function toImage({ id, number }: Numbered): Row {
  const url = `https://images.shop.example/${number}.jpg`
  return { id: idOf('img', number), product_id: id, position: 0, url, alt: '', width: 800, height: 800 }
}

/** Every choice of options is a variant; all have a price in USD, nine of ten products one in EUR, none in JPY. */
function variantTables(products: readonly Numbered[]): Rows[] {
  const variants = products.flatMap((product) =>
    choicesOf(product).map((choice, position) => ({
      ...{ product, choice, position, id: idOf('var', product.number * 10 + position) },
    })),
  )
  const price = (variant: string, currency: string, amount: number, before: number | null): Row => ({
    ...{ variant_id: variant, currency, market_id: '', min_quantity: 1, amount, compare_at_amount: before },
    since: FIRST_PUBLISHED,
  })
  return [
    [
      'variants',
      variants.map(({ id, product, choice, position }) => ({
        ...{ id, product_id: product.id, position, sku: `${product.sku}-${position + 1}` },
        ...{ title: variantTitle(Object.keys(choice), choice), options: JSON.stringify(choice) },
        ...{ option_key: JSON.stringify(Object.values(choice)), weight_grams: 200, requires_shipping: 1 },
        ...{ taxable: 1, tax_category: 'standard', archived: 0 },
      })),
    ],
    [
      'stock_levels',
      variants.map(({ id, product }) => ({
        ...{ variant_id: id, location_id: WAREHOUSE, policy: 'deny', on_hand: product.onHand },
        ...{ held: 0, incoming: 0, updated_at: FIRST_PUBLISHED },
      })),
    ],
    [
      'prices',
      variants.flatMap(({ id, product: { number, price: amount }, position }) => {
        const own = amount + position * 100
        const dollars = price(id, 'USD', own, number % 10 === 0 ? own + 2000 : null)
        return number % 10 === 4 ? [dollars] : [dollars, price(id, 'EUR', own - 40, null)]
      }),
    ],
  ]
}

export function choicesOf({ options }: GeneratedProduct): Record<string, string>[] {
  return options.reduce<Record<string, string>[]>(
    (choices, { name, values }) => choices.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value }))),
    [{}],
  )
}
