import type { ListSort } from '../../src/domain/collection.ts'
import type { ListFilter } from '../../src/features/search/filter.ts'
import type { Stocked } from './filtered-shop.ts'

// What lists and their counts should be, in plain code over all products: nothing derived is looked at.

const encoder = new TextEncoder()

/** By code points, as the database does. */
function compareTexts(one: string, other: string): number {
  const [left, right] = [encoder.encode(one), encoder.encode(other)]
  const place = left.findIndex((byte, index) => byte !== right[index])
  return place < 0 ? left.length - right.length : (left[place] ?? 0) - (right[place] ?? -1)
}

/** A condition of a filter by its parameter, those of prices as one. */
const CONDITIONS: Readonly<Record<string, (filter: ListFilter, product: Stocked, buyer: string) => boolean>> = {
  collection: ({ collections }, product) =>
    collections.length === 0 || collections.some((handle) => handle !== 'hidden' && product.collections.has(handle)),
  category: ({ categories, descendants }, { categories: path, ownCategory }) =>
    categories.length === 0 ||
    categories.some((handle) => (descendants ? path.includes(handle) : ownCategory === handle)),
  vendor: ({ vendors }, { vendor }) => vendors.length === 0 || vendors.includes(vendor),
  tag: ({ tags }, product) => tags.every((tag) => product.tags.includes(tag)),
  in_stock: ({ inStock }, { available, prices }, buyer) =>
    inStock === null || (inStock ? available && prices[buyer] !== null : !available),
  price: ({ priceMin, priceMax }, { prices }, buyer) => {
    const range = prices[buyer]
    if (priceMin === null && priceMax === null) return true
    return !!range && range.max >= (priceMin ?? 0) && range.min <= (priceMax ?? Number.POSITIVE_INFINITY)
  },
}

/** The products that meet a filter. @param without a parameter that is left out. */
export function meeting(shop: readonly Stocked[], filter: ListFilter, buyer: string, without?: string): Stocked[] {
  return shop.filter(
    (product) =>
      product.isOnSale &&
      Object.entries(CONDITIONS).every(([name, meets]) => name === without || meets(filter, product, buyer)) &&
      filter.options.every(
        ([name, values]) =>
          `option.${name}` === without ||
          product.options.some(([own, value]) => own === name && values.includes(value)),
      ),
  )
}

/** A list of them, put in order. */
export function listOf(shop: readonly Stocked[], filter: ListFilter, buyer: string): Stocked[] {
  const { sort } = filter
  const place = ({ collections }: Stocked) => collections.get(filter.collections[0] ?? '') ?? 0
  const least = ({ prices }: Stocked) => prices[buyer]?.min ?? 0
  const orders: Record<ListSort, (one: Stocked, other: Stocked) => number> = {
    newest: (one, other) => other.publishedAt - one.publishedAt || other.number - one.number,
    best_selling: (one, other) => other.sold - one.sold || other.number - one.number,
    title: (one, other) => compareTexts(one.title, other.title) || one.number - other.number,
    manual: (one, other) => place(one) - place(other) || other.number - one.number,
    price_asc: (one, other) => least(one) - least(other) || one.number - other.number,
    price_desc: (one, other) => least(other) - least(one) || other.number - one.number,
  }
  return meeting(shop, filter, buyer)
    .filter(({ prices }) => !sort.startsWith('price') || prices[buyer])
    .sort(orders[sort === 'relevance' ? 'newest' : sort])
}
