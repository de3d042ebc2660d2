import * as z from 'zod'
import { optionName, optionValue, translated } from '../../domain/translation.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { invalid } from '../../platform/http/problem.ts'
import { shape } from '../../platform/http/schema.ts'
import { pageQuery } from '../../platform/http/shapes.ts'
import { localeQuery } from '../markets/contract.ts'
import type { Product, ProductVariant } from './product.ts'

/** A product's answer holds this many variants at most; the rest are read page by page. */
export const VARIANT_PAGE = 120

const OPTION = 'option.'

export const VariantsQuery = shape(() =>
  z
    .object({
      ...localeQuery(),
      ...pageQuery(),
    })
    .catchall(z.string().min(1).max(255))
    .superRefine((query, context) => {
      const known = ['currency', 'country', 'locale', 'limit', 'cursor']
      for (const key of Object.keys(query)) {
        if (known.includes(key) || key.startsWith(OPTION)) continue
        context.addIssue({ code: 'custom', path: [key], message: 'is not part of the contract' })
      }
    })
    .meta({ description: '`option.<name>=<value>` chooses by an option, once each' }),
)

/** The variants that a query chooses, in the product's order. Names and values may be the source's or the locale's.
 *  @throws {Problem} invalid_request for an option or value that the product does not have, saying which it has. */
export function chooseVariants(
  product: Product,
  query: Readonly<Record<string, unknown>>,
  locale: string,
): ProductVariant[] {
  const wishes = Object.entries(query).flatMap(([key, value]) =>
    key.startsWith(OPTION) ? [{ key, name: key.slice(OPTION.length), value: String(value) }] : [],
  )
  const texts = translated(product.translations, locale, 'options')
  const chosen = wishes.map(({ key, name, value }) => {
    const option = product.options.find((each) => each === name || optionName(texts, each) === name)
    if (option === undefined) {
      throw invalid(
        `/query/${key}`,
        `is not an option of this product; it has: ${product.options.join(', ') || 'none'}`,
      )
    }
    const values = [...new Set(product.variants.flatMap(({ options }) => options[option] ?? []))]
    const found = values.find((each) => each === value || optionValue(texts, option, each) === value)
    if (found === undefined) throw invalid(`/query/${key}`, `must be one of ${values.join(', ')}`)
    return { option, value: found }
  })
  return product.variants.filter(({ options }) => chosen.every(({ option, value }) => options[option] === value))
}

/**
 * Cuts a page of `variants`. A cursor names the last variant shown and its place: where that variant is gone meanwhile, the
 * next one has moved up into its place. @throws {Problem} invalid_cursor
 */
export async function pageOfVariants(
  product: Product,
  variants: readonly ProductVariant[],
  { limit, cursor, filter }: { limit: number; cursor: string | undefined; filter: unknown },
) {
  const list = JSON.stringify(['variants', product.id, filter])
  const position = await openCursor(list, cursor, ['text', 'integer'])
  const start = position ? startBehind(position, variants) : 0
  const places = variants.slice(start, start + limit + 1).map((variant, index) => ({ variant, place: start + index }))
  const { rows, nextCursor } = await cutPage(places, limit, list, ({ variant, place }) => [variant.id, place])
  return { rows: rows.map(({ variant }) => variant), nextCursor }
}

function startBehind([last, place]: readonly [string, number], variants: readonly ProductVariant[]): number {
  const found = variants.findIndex(({ id }) => id === last)
  // A forged place may lie before the first one.
  return found === -1 ? Math.max(place, 0) : found + 1
}

/** The options that a query chooses by: part of what its cursor is good for. */
export function optionFilter(query: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(query).filter(([key]) => key.startsWith(OPTION))
  return Object.fromEntries(entries.sort().map(([key, value]) => [key, String(value)]))
}
