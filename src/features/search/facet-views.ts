import { boundsOf } from '../../domain/price-bucket.ts'
import { money } from '../../platform/http/shapes.ts'
import { OPTION_PREFIX } from './contract.ts'
import { type CountedValue, countedFacets, type FacetKind, type FacetsRow } from './facets.ts'
import { type ListFilter, partsOf } from './filter.ts'
import type { ListLinks } from './list-links.ts'

const MOST_VALUES = 50
const MOST_OPTIONS = 20
const MOST_VALUES_OF_AN_OPTION = 100

/** A facet of a list and its values, as they are counted. */
interface Counted {
  kind: FacetKind
  parameter: string
  values: readonly CountedValue[]
  atLeast: boolean
}

/** What a list can be narrowed down by, as the API says it. */
export function toFacets(row: FacetsRow, filter: ListFilter, links: ListLinks, currency: string) {
  return readCounts(row, filter).flatMap((facet) => {
    const values = valuesOf(facet, filter, links, currency)
    const name = facet.kind === 'option' ? facet.parameter.slice(OPTION_PREFIX.length) : null
    return values.length === 0 ? [] : [{ kind: facet.kind, name, values }]
  })
}

export function toTotal({ total, values, atLeast }: FacetsRow) {
  if (total !== null) return { count: total, at_least: false }
  const [, , count = 0] = (JSON.parse(values ?? '[]') as CountedValue[]).find(([kind]) => kind === 'all') ?? []
  return { count, at_least: atLeast === 1 }
}

/** The facets of a row. Options that the list does not ask for come all at once, and are told apart by their names. */
function readCounts(row: FacetsRow, filter: ListFilter): Counted[] {
  const together = JSON.parse(row.values ?? '[]') as CountedValue[]
  return countedFacets(filter, partsOf(filter)).flatMap(({ kind, parameter }, index): Counted[] => {
    const own = row[`values${index}`]
    const values = own === undefined ? together : (JSON.parse(String(own)) as CountedValue[])
    const isOwn = own !== undefined
    const counted = {
      kind,
      values: values.filter(([shelf]) => isOfKind(kind, shelf)),
      atLeast: (isOwn ? row[`atLeast${index}`] : row.atLeast) === 1,
    }
    if (kind !== 'option') return [{ ...counted, parameter: parameter ?? '' }]
    const byName = Map.groupBy(counted.values, ([, shelf]) => OPTION_PREFIX + readOption(shelf)[0])
    if (parameter !== null) return [{ ...counted, parameter, values: byName.get(parameter) ?? [] }]
    for (const [name] of filter.options) byName.delete(OPTION_PREFIX + name)
    return [...byName].slice(0, MOST_OPTIONS).map(([each, some]) => ({ ...counted, parameter: each, values: some }))
  })
}

function isOfKind(kind: FacetKind, shelf: string): boolean {
  if (kind === 'category') return shelf === 'category' || shelf === 'own'
  if (kind === 'availability') return shelf.startsWith('available')
  return kind === 'price' ? shelf.startsWith('price:') : shelf === kind
}

/** `option:` and a JSON array of an option's name and value. */
function readOption(shelf: string): [name: string, value: string] {
  return JSON.parse(shelf.slice('option:'.length)) as [string, string]
}

function valuesOf(
  { kind, parameter, values, atLeast }: Counted,
  filter: ListFilter,
  links: ListLinks,
  currency: string,
) {
  const counts = (products: number, selected: boolean, query: string) => ({
    count: products,
    at_least: atLeast,
    selected,
    query,
  })
  if (kind === 'price') {
    const buckets = values.map(([, shelf, products]) => ({ bucket: Number(shelf.split(':').at(-1)), products }))
    return buckets
      .sort((one, other) => one.bucket - other.bucket)
      .map(({ bucket, products }) => {
        const { min, max } = boundsOf(bucket)
        const selected = filter.priceMin === min && filter.priceMax === max
        const query = links.withOnly({
          price_min: selected ? null : String(min),
          price_max: selected ? null : String(max),
        })
        return { min: money(min, currency), max: money(max, currency), ...counts(products, selected, query) }
      })
  }
  if (kind === 'availability') {
    return ['true', 'false'].flatMap((value) => {
      const found = values.find(([, shelf]) =>
        value === 'false' ? shelf === 'sold_out' : shelf.startsWith('available:'),
      )
      const selected = filter.inStock === (value === 'true')
      if (!found && !selected) return []
      const query = links.withOnly({ in_stock: selected ? null : value })
      const label = value === 'true' ? 'in_stock' : 'sold_out'
      return [{ value, label, ...counts(found?.[2] ?? 0, selected, query) }]
    })
  }
  const known = values.map(([, shelf, products, given, handle, title]) => {
    const value = handle ?? (kind === 'option' ? readOption(shelf)[1] : shelf.slice(kind.length + 1))
    const selected = given !== null
    const query = selected ? links.without(parameter, String(given)) : links.with(parameter, value)
    return { value, label: title ?? value, ...counts(products, selected, query) }
  })
  const spelt = new Set(values.map(([, , , given]) => given))
  // What is asked for and has no products is there too: whoever asks for it must be able to stop.
  const empty = givenOf(parameter, filter).filter((value) => !spelt.has(value))
  const most = kind === 'option' ? MOST_VALUES_OF_AN_OPTION : MOST_VALUES
  return [
    ...known
      .sort((one, other) => Number(other.selected) - Number(one.selected) || other.count - one.count)
      .slice(0, most),
    ...empty.map((value) => ({ value, label: value, ...counts(0, true, links.without(parameter, value)) })),
  ].sort((one, other) => other.count - one.count)
}

/** What a list asks for by a parameter. */
function givenOf(
  parameter: string,
  { collections, categories, tags, vendors, options }: ListFilter,
): readonly string[] {
  const given: Record<string, readonly string[]> = {
    collection: collections,
    category: categories,
    tag: tags,
    vendor: vendors,
  }
  const option = options.find(([name]) => OPTION_PREFIX + name === parameter)
  return option ? option[1] : (given[parameter] ?? [])
}
