import type { ListSort } from '../../domain/collection.ts'
import { priceBucket } from '../../domain/price-bucket.ts'
import { invalid } from '../../platform/http/problem.ts'
import { type ListWish, OPTION_PREFIX, optionsOf } from './contract.ts'

/** Different filters are AND; several values of one are OR, except tags, where all must be there. */
export interface ListFilter {
  /** What is searched for: products that no search finds are left out; null where nothing is. */
  text: string | null
  collections: readonly string[]
  categories: readonly string[]
  /** Whether a category has the products of those below it. */
  descendants: boolean
  tags: readonly string[]
  vendors: readonly string[]
  options: readonly (readonly [name: string, values: readonly string[]])[]
  /** Minor units of the buyer's currency. */
  priceMin: number | null
  priceMax: number | null
  inStock: boolean | null
  /** `relevance` where something is searched for. */
  sort: ListSort | 'relevance'
}

/** How the name of a shelf is made of what a request says; the price buckets are those of the buyer. */
export type ShelfName =
  | readonly [how: 'collection' | 'category' | 'own', handle: string]
  | readonly [how: 'vendor' | 'tag', name: string]
  | readonly [how: 'option', name: string, value: string]
  | readonly [how: 'available' | 'sold_out']
  | readonly [how: 'price', bucket: number]

/** One condition on the shelves of a product: it stands on one of these. */
export interface Part {
  /** The parameter of the list that asks for it; `price` stands for two. */
  parameter: string
  shelves: readonly ShelfName[]
  /** Whether `listings` has the rows of its shelves: a list can walk it where it is one. */
  walked: boolean
}

/** Everything that a search finds, the best first. */
export function searchFor(text: string): ListFilter {
  const nothing = { collections: [], categories: [], descendants: true, tags: [], vendors: [], options: [] }
  return { text, ...nothing, priceMin: null, priceMax: null, inStock: null, sort: 'relevance' }
}

/** @throws {Problem} invalid_request where parameters do not go together. */
export function toFilter(query: ListWish): ListFilter {
  const { q: text = null, price_min: priceMin = null, price_max: priceMax = null } = query
  const { sort = text === null ? 'newest' : 'relevance' } = query
  if (priceMin !== null && priceMax !== null && priceMin > priceMax) {
    throw invalid('/query/price_min', 'must not be above price_max')
  }
  if (sort === 'relevance' && text === null)
    throw invalid('/query/sort', 'relevance is that of q, and nothing is searched for')
  if (sort === 'manual' && query.collection?.length !== 1) {
    throw invalid('/query/sort', 'manual needs exactly one collection')
  }
  if (query.descendants !== undefined && !query.category) {
    throw invalid('/query/descendants', 'says something of a category, and none is asked for')
  }
  return {
    text,
    collections: query.collection ?? [],
    categories: query.category ?? [],
    descendants: query.descendants !== 'false',
    tags: query.tag ?? [],
    vendors: query.vendor ?? [],
    options: optionsOf(query),
    priceMin,
    priceMax,
    inStock: query.in_stock === undefined ? null : query.in_stock === 'true',
    sort,
  }
}

/** What a filter asks of the shelves of a product; all of it must hold. */
export function partsOf(filter: ListFilter): Part[] {
  const part = (parameter: string, walked: boolean, shelves: readonly ShelfName[]): Part[] =>
    shelves.length === 0 ? [] : [{ parameter, walked, shelves }]
  const category = filter.descendants ? 'category' : 'own'
  const stock: ShelfName = filter.inStock ? ['available'] : ['sold_out']
  return [
    ...part(
      'collection',
      true,
      filter.collections.map((handle) => ['collection', handle]),
    ),
    ...part(
      'category',
      true,
      filter.categories.map((handle) => [category, handle]),
    ),
    ...part(
      'vendor',
      true,
      filter.vendors.map((vendor) => ['vendor', vendor]),
    ),
    ...filter.tags.flatMap((tag) => part('tag', true, [['tag', tag]])),
    ...filter.options.flatMap(([name, values]) =>
      part(
        OPTION_PREFIX + name,
        false,
        values.map((value) => ['option', name, value]),
      ),
    ),
    ...part('in_stock', false, filter.inStock === null ? [] : [stock]),
    ...part(
      'price',
      false,
      bucketsOf(filter).map((bucket) => ['price', bucket]),
    ),
  ]
}

/** The highest amount that prices have a bucket for: as much as a request may name. */
const HIGHEST = 1_000_000_000_000

/** The buckets that a price within the bounds may be in; none where there is no bound. */
function bucketsOf({ priceMin, priceMax }: ListFilter): number[] {
  if (priceMin === null && priceMax === null) return []
  const first = priceBucket(priceMin ?? 0)
  const last = priceBucket(priceMax ?? HIGHEST)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
