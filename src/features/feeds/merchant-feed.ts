import type { Context } from '../../platform/http/context.ts'
import { apiOrigin, storefrontOf } from '../../platform/http/storefront.ts'
import type { Named } from '../catalog/product.ts'
import { toUnitMeasure } from '../catalog/queries.ts'
import type { LevelJson } from '../inventory/queries.ts'
import type { MarketChoice } from '../markets/choose.ts'
import { parsePricing } from '../prices/queries.ts'
import { type FeedProduct, type FeedVariant, renderItem } from './merchant-item.ts'
import { type FeedProductRow, type FeedVariantRow, listFeedProducts, listFeedVariants } from './queries.ts'
import { pathOf } from './storefront.ts'
import { element, XML_DECLARATION } from './xml.ts'

export interface FeedLimits {
  /** Products of one D1 trip. */
  products: number
  /** Variants of one D1 trip, unless a single product has more: what is held in memory is bounded by it. */
  variants: number
}

/**
 * The product feed (RSS 2.0 with Google's namespace) as texts that follow one another: each is what one D1 trip has brought,
 * so that the largest shop takes no more memory than a page of it. All of it is priced at the time of the request; what is
 * published or taken away meanwhile may be in it or not.
 */
export async function* writeFeed(
  context: Context,
  choice: MarketChoice,
  limits: FeedLimits,
): AsyncGenerator<string, void> {
  let head = openChannel(context, choice)
  for await (const items of writeItems(context, choice, limits)) {
    yield head + items
    head = ''
  }
  yield `${head}</channel>\n</rss>\n`
}

/** Each trip reads the variants of the products that the one before has found, and finds the next ones. */
async function* writeItems(context: Context, choice: MarketChoice, limits: FeedLimits): AsyncGenerator<string, void> {
  const { db, now } = context
  const options = { limit: limits.products, locale: choice.locale, now }
  let [found] = await db.read(listFeedProducts(null, options))
  while (found.length > 0) {
    const page = takePage(found, limits.variants)
    const ids = page.map(({ productId }) => productId)
    const [variants, next] = await db.read(listFeedVariants(ids, now), listFeedProducts(page.at(-1) ?? null, options))
    const variantsOf = Map.groupBy(variants, ({ productId }) => productId)
    yield page
      .flatMap((row) => {
        const product = toFeedProduct(context, row, choice.locale)
        const own = (variantsOf.get(row.productId) ?? []).map(toFeedVariant)
        return own.map((variant) => renderItem(product, variant, choice, now))
      })
      .join('')
    found = next
  }
}

/** The first products that have no more than `maxVariants` together, one at least. */
function takePage(rows: readonly FeedProductRow[], maxVariants: number): FeedProductRow[] {
  let variants = 0
  const end = rows.findIndex(({ variantCount }, index) => {
    variants += variantCount
    return index > 0 && variants > maxVariants
  })
  return end < 0 ? [...rows] : rows.slice(0, end)
}

function openChannel(context: Context, { currency, country, locale }: MarketChoice): string {
  const link = storefrontOf(context).url('', locale)
  return [
    `${XML_DECLARATION}\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>`,
    element('title', `Products of ${new URL(link).host}`),
    element('link', link),
    element('description', `What is sold in ${currency} to ${country}`),
    element('language', locale),
    '\n',
  ].join('')
}

function toFeedProduct(context: Context, row: FeedProductRow, locale: string): FeedProduct {
  const options = JSON.parse(row.options) as string[]
  const images = JSON.parse(row.images) as { id: string; url: string }[]
  return {
    id: row.productId,
    title: row.title,
    descriptionHtml: row.descriptionHtml,
    vendor: row.vendor,
    productType: row.productType,
    options,
    translations: row.optionTexts === null ? {} : { [locale]: { options: JSON.parse(row.optionTexts) } },
    images: images.map(({ id, url }) => ({ id, url: url.startsWith('/') ? apiOrigin(context) + url : url })),
    breadcrumbs: JSON.parse(row.breadcrumbs) as Named[],
    link: storefrontOf(context).url(pathOf('products', row.handle), locale),
  }
}

function toFeedVariant(row: FeedVariantRow): FeedVariant {
  return {
    id: row.id,
    options: JSON.parse(row.options) as Record<string, string>,
    barcode: row.barcode,
    weightGrams: row.weightGrams,
    requiresShipping: row.requiresShipping === 1,
    imageId: row.imageId,
    unitMeasure: toUnitMeasure(row),
    pricing: parsePricing(row.pricing),
    levels: JSON.parse(row.levels) as LevelJson[],
  }
}
