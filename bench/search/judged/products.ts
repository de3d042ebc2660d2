import { CLOTHING } from './clothing.ts'
import { ELECTRONICS } from './electronics.ts'
import { HOME } from './home.ts'
import { LEISURE } from './leisure.ts'

/** A product of the judged catalog. */
export interface JudgedProduct {
  handle: string
  title: string
  vendor: string
  type: string
  /** The handle of its category. */
  category: string
  tags: string[]
  options: { name: string; values: string[] }[]
  /** Of the first variant: the others have a number behind it. Thirteen digits are its barcode too. */
  sku: string
  /** Minor units of USD. */
  price: number
  /** Pieces sold lately. */
  sold: number
  /** Titles by locale. */
  translations: Record<string, string>
  text: string
}

/** Of the categories that products name. */
export const CATEGORY_TITLES: Readonly<Record<string, string>> = {
  hoodies: 'Hoodies',
  't-shirts': 'T-Shirts',
  jackets: 'Jackets',
  trousers: 'Trousers & Jeans',
  dresses: 'Dresses',
  knitwear: 'Knitwear',
  shoes: 'Shoes',
  accessories: 'Accessories',
  bags: 'Bags',
  swimwear: 'Swimwear',
  storage: 'Storage & Laundry',
  kitchen: 'Kitchen',
  lighting: 'Lighting',
  decor: 'Decor',
  bedding: 'Bedding',
  bathroom: 'Bathroom',
  furniture: 'Furniture',
  garden: 'Garden',
  audio: 'Audio',
  phones: 'Phones & Accessories',
  computers: 'Computers',
  cameras: 'Cameras',
  tv: 'TV & Video',
  'coffee-tea': 'Coffee & Tea',
  sweets: 'Sweets',
  pantry: 'Pantry',
  fitness: 'Fitness',
  cycling: 'Cycling',
  camping: 'Camping',
  'team-sports': 'Team Sports',
  toys: 'Toys',
  games: 'Games & Puzzles',
  books: 'Books',
}

const COLUMNS = 12

/** The catalog, in the order in which its files have it. */
export const JUDGED_PRODUCTS: readonly JudgedProduct[] = [CLOTHING, HOME, ELECTRONICS, LEISURE].flatMap((table) =>
  table.trim().split('\n').map(readProduct),
)

function readProduct(line: string): JudgedProduct {
  const cells = line.split('|').map((cell) => cell.trim())
  if (cells.length !== COLUMNS) throw new Error(`a product has ${COLUMNS} columns: ${line}`)
  const [handle = '', title = '', vendor = '', type = '', category = '', tags = '', options = '', sku = ''] = cells
  const [price, sold, translations = '', text = ''] = cells.slice(8)
  return {
    ...{ handle, title, vendor, type, category, sku, text },
    tags: listOf(tags, ','),
    options: pairsOf(options).map(([name, values]) => ({ name, values: listOf(values, ',') })),
    price: Number(price),
    sold: Number(sold),
    translations: Object.fromEntries(pairsOf(translations)),
  }
}

function listOf(text: string, between: string): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** `name: value; name: value`. */
function pairsOf(text: string): [name: string, value: string][] {
  return listOf(text, ';').map((pair) => {
    const colon = pair.indexOf(':')
    return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()]
  })
}
