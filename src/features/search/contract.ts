import * as z from 'zod'
import { LIST_SORTS } from '../../domain/collection.ts'
import { MAX_QUERY } from '../../domain/search-query.ts'
import { shape } from '../../platform/http/schema.ts'
import {
  ImageView,
  integerParameter,
  listOf,
  MoneyShape,
  money,
  pageQuery,
  several,
} from '../../platform/http/shapes.ts'
import { PriceRange } from '../catalog/contract.ts'
import { localeQuery } from '../markets/contract.ts'
import type { CardRow } from './cards.ts'

/** What lists can be narrowed down by. */
export const FACET_KINDS = ['collection', 'category', 'vendor', 'tag', 'option', 'availability', 'price'] as const

/** What a card has besides its id; `fields` picks among it. */
export const CARD_FIELDS = [
  'handle',
  'title',
  'vendor',
  'price_range',
  'compare_at_price_range',
  'image',
  'available',
  'tags',
] as const
type CardField = 'id' | (typeof CARD_FIELDS)[number]

/** The most products that `ids` or `skus` may name. */
const MAX_NAMED = 100
/** The most values of one filter, and the most different options, that a list is filtered by. */
const MAX_VALUES = 20
const MAX_OPTIONS = 10
/** What a parameter that filters by an option begins with; the option's name comes behind it. */
export const OPTION_PREFIX = 'option.'
const MAX_OPTION_NAME = 255

const named = (max: number) => several(z.string().min(1).max(255), max).optional()
/** Values of a filter, whose order means nothing. */
const values = () => named(MAX_VALUES).transform((given) => given?.sort())
const minorUnits = () => integerParameter(0, 1_000_000_000_000)
const yesOrNo = () => z.enum(['true', 'false']).optional()

/** A list in one parameter, which says what it may name. */
const fieldList = <Name extends string>(names: readonly Name[]) =>
  z
    .string()
    .max(500)
    .transform((given, ctx): Name[] => {
      const asked = given.split(',')
      const known = names.filter((name) => asked.includes(name))
      if (asked.every((name) => known.includes(name as Name))) return known
      ctx.addIssue({ code: 'custom', message: `must name some of ${names.join(', ')}, parted by commas` })
      return z.NEVER
    })
    .meta({ override: { type: 'string', pattern: `^(${names.join('|')})(,(${names.join('|')}))*$` } })

const listParameters = () => ({
  q: z
    .string()
    .min(1)
    .max(MAX_QUERY)
    .optional()
    .meta({ description: `Products that this search finds, misspelt words and all; at most ${MAX_QUERY} characters` }),
  ids: named(MAX_NAMED).meta({ description: 'These products, in this order; goes with no filter' }),
  skus: named(MAX_NAMED).meta({ description: 'The products of these SKUs, in this order; goes with no filter' }),
  collection: values().meta({ description: 'Handles of collections: products of one of them' }),
  category: values().meta({ description: 'Handles of categories: products of one of them' }),
  descendants: yesOrNo().meta({
    description: 'Whether a category has the products of those below it; true unless said otherwise',
  }),
  tag: values().meta({ description: 'Products with all of these' }),
  vendor: values().meta({ description: 'Products of one of them' }),
  price_min: minorUnits()
    .meta({ description: 'Products with a variant that costs this or more: minor units of the currency' })
    .optional(),
  price_max: minorUnits()
    .meta({ description: 'Products with a variant that costs this or less: minor units of the currency' })
    .optional(),
  in_stock: yesOrNo().meta({
    description: '`true`: products of which a variant can be bought now, in this currency; `false`: what is sold out',
  }),
  sort: z
    .enum(['relevance', ...LIST_SORTS])
    .optional()
    .meta({
      description:
        '`relevance` by default where something is searched for, and only there, else `newest`; `manual` needs one collection; by price, products without one are left out',
    }),
  facets: yesOrNo().meta({
    description: 'Whether the answer says what the list can be narrowed down by, and how many products it has',
  }),
  fields: fieldList(['id', ...CARD_FIELDS])
    .optional()
    .meta({
      description: `What the answer has of each product besides its id, parted by commas: ${CARD_FIELDS.join(', ')}; all by default`,
    }),
  ...pageQuery(),
  ...localeQuery(),
})

type ListParameters = ReturnType<typeof listParameters>

/** Refuses what is neither a parameter of the list nor named like an option, and more options than a list takes. */
function checkNames(known: object): z.core.CheckFn<Record<string, unknown>> {
  return ({ value, issues }) => {
    const others = Object.keys(value).filter((name) => !Object.hasOwn(known, name))
    const options = others.filter((name) => name.startsWith(OPTION_PREFIX))
    const keys = others.filter((name) => !options.includes(name))
    if (keys.length > 0) issues.push({ code: 'unrecognized_keys', keys, input: value })
    for (const [index, name] of options.entries()) {
      const length = name.length - OPTION_PREFIX.length
      const fault =
        length < 1 || length > MAX_OPTION_NAME
          ? `must name an option in 1 to ${MAX_OPTION_NAME} letters`
          : index >= MAX_OPTIONS
            ? `is one option too many: a list takes ${MAX_OPTIONS}`
            : null
      if (fault) issues.push({ code: 'custom', message: fault, path: [name], input: value })
    }
  }
}

export const ListQuery = shape(() => {
  const known = listParameters()
  const options = values().meta({
    title: 'option',
    description: '`option.Color=Red`: products with a variant of one of the values; of all options that are named',
    pattern: `^${OPTION_PREFIX.replace('.', '\\.')}.+$`,
  })
  // To the type there are the known parameters alone: options are taken out by their names, by `optionsOf`.
  return z.object(known).catchall(options).check(checkNames(known)) as unknown as z.ZodObject<ListParameters>
})

export type ListWish = z.output<ReturnType<typeof ListQuery>>

/** The options that a list is filtered by, with the values of each, in the order of their names. */
export function optionsOf(query: ListWish): [name: string, values: string[]][] {
  const given = Object.entries(query as Record<string, unknown>).filter(([name]) => name.startsWith(OPTION_PREFIX))
  return given
    .map(([name, list]): [string, string[]] => [name.slice(OPTION_PREFIX.length), list as string[]])
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

/** The most products that are said to go with one. */
export const MAX_RELATED = 24

export const RelatedQuery = shape(() =>
  z.strictObject({ limit: integerParameter(1, MAX_RELATED).default(8), ...localeQuery() }),
)

const cardFields = () => ({
  handle: z.string(),
  title: z.string(),
  vendor: z.string(),
  price_range: PriceRange()
    .nullable()
    .meta({ description: 'What a piece costs now, sales included; null where it is not sold in this currency' }),
  compare_at_price_range: PriceRange()
    .nullable()
    .meta({ description: 'Of the variants that are reduced: what they cost before' }),
  image: ImageView().nullable(),
  available: z.boolean().meta({ description: 'Whether any variant can be bought now' }),
  tags: z.array(z.string()),
})

export const CardView = shape(() => z.object({ id: z.string(), ...cardFields() }).meta({ id: 'ProductCard' }))

const HighlightsView = shape(() =>
  z
    .object({
      title: z.string().nullable(),
      snippet: z.string().nullable().meta({ description: 'What stands around it in the description' }),
    })
    .meta({
      id: 'Highlights',
      description:
        'Only of a search: HTML with what was found in `<mark>` and everything else escaped; null where nothing was',
    }),
)

/** A card of a list that may have been asked for some of its fields alone. */
export const ListedCardView = shape(() =>
  z
    .object({ id: z.string(), ...z.object(cardFields()).partial().shape, highlights: HighlightsView().optional() })
    .meta({
      id: 'ListedProductCard',
      description: 'A product as a list shows it. Every field is there unless `fields` asks for some.',
    }),
)

const FacetView = shape(() =>
  z
    .object({
      kind: z.enum(FACET_KINDS),
      name: z.string().nullable().meta({ description: 'Of an option, which; null otherwise' }),
      values: z.array(
        z.object({
          value: z.string().optional().meta({ description: 'As the parameter takes it; absent of prices' }),
          label: z.string().optional().meta({ description: 'In the locale, where it is a title; absent of prices' }),
          min: MoneyShape().optional().meta({ description: 'Of prices: the lowest and the highest that are counted' }),
          max: MoneyShape().optional(),
          count: z
            .int()
            .meta({ description: 'Products of the list that have it, whatever else is named of this facet' }),
          at_least: z.boolean().meta({ description: 'Whether there are more than were counted' }),
          selected: z.boolean().meta({ description: 'Whether the list asks for it' }),
          query: z
            .string()
            .meta({ description: 'The query string of the list with this value, or without it if selected' }),
        }),
      ),
    })
    .meta({
      id: 'Facet',
      description: 'What a list can be narrowed down by: the commonest values first, prices ascending.',
    }),
)

export const ListView = shape(() =>
  listOf(ListedCardView()).extend({
    corrected_query: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'Only of a search: what a misspelt one was taken for; null where it was not' }),
    facets: z.array(FacetView()).optional().meta({ description: 'Only where `facets=true`' }),
    total: z
      .object({ count: z.int(), at_least: z.boolean() })
      .optional()
      .meta({ description: 'Only where `facets=true`: products that meet the filters, those without a price too' }),
  }),
)

export function toCardView(row: CardRow, currency: string) {
  const { minAmount, maxAmount, minCompareAtAmount, maxCompareAtAmount } = row
  const range = (min: number | null, max: number | null) =>
    min === null || max === null ? null : { min: money(min, currency), max: money(max, currency) }
  return {
    id: row.id,
    handle: row.handle,
    title: row.title,
    vendor: row.vendor,
    price_range: range(minAmount, maxAmount),
    compare_at_price_range: range(minCompareAtAmount, maxCompareAtAmount),
    image: row.image === null ? null : JSON.parse(row.image),
    available: row.available === 1,
    tags: JSON.parse(row.tags) as string[],
  }
}

/** A card with those fields alone, and its id. @param fields null for all. */
export function slim(card: ReturnType<typeof toCardView>, fields: readonly CardField[] | null) {
  if (fields === null) return card
  return { id: card.id, ...Object.fromEntries(fields.map((field) => [field, card[field]])) }
}
