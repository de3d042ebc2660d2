import * as z from 'zod'
import { want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { apiOrigin, storefrontOf } from '../../platform/http/storefront.ts'
import { categoriesFamily } from '../categories/queries.ts'
import { collectionsFamily } from '../collections/queries.ts'
import { chooseMarket, listLocales } from '../markets/choose.ts'
import { LocaleQuery } from '../markets/contract.ts'
import { marketsFamily } from '../markets/queries.ts'
import { type FeedLimits, writeFeed } from './merchant-feed.ts'
import { listStretch, stretchesFamily } from './queries.ts'
import { entriesPerFile, languagesOf, renderIndex, renderSitemap, type SitemapEntry } from './sitemap.ts'
import { pathOf } from './storefront.ts'
import { streamTexts } from './stream.ts'

export interface Limits {
  /** Addresses in a sitemap file; the protocol allows 50,000. */
  urls: number
  feed: FeedLimits
}

const LIMITS: Limits = { urls: 10_000, feed: { products: 250, variants: 2000 } }

const KINDS = ['collections', 'categories', 'products'] as const
type Kind = (typeof KINDS)[number]
const FILE = /^(collections|categories|products)-([1-9]\d{0,5})\.xml$/

const SitemapParams = shape(() =>
  z.object({ file: z.string().max(40).meta({ description: 'As the index names it', example: 'products-1.xml' }) }),
)

/** What sitemaps are made of, apart from products: all of it in one trip when nothing is cached. */
async function loadShop(context: Context, urls: number) {
  const { cache } = context
  const [shelves, tree, found] = await cache.load([
    want(collectionsFamily, ['all']),
    want(categoriesFamily, ['all']),
    want(marketsFamily, ['all']),
  ])
  const languages = languagesOf(storefrontOf(context), listLocales(found.get('all')?.value ?? []))
  return {
    collections: shelves.get('all')?.value.collections ?? [],
    categories: tree.get('all')?.value.categories ?? [],
    languages,
    perFile: entriesPerFile(urls, languages.length),
  }
}

/** Where the files of products begin. */
async function loadStretches({ cache, now }: Context, perFile: number) {
  const [places] = await cache.load([want(stretchesFamily(perFile, now), [String(perFile)])])
  return places.get(String(perFile))?.value ?? []
}

function toEntry(kind: Kind) {
  return ({ handle, updatedAt }: { handle: string; updatedAt: number }): SitemapEntry => ({
    path: pathOf(kind, handle),
    updatedAt,
  })
}

/** The entries of a file, or null where the shop has no such file. One whose products have all gone is empty. */
async function loadEntries(context: Context, kind: Kind, index: number, shop: Awaited<ReturnType<typeof loadShop>>) {
  const { db, now } = context
  const { perFile } = shop
  if (kind !== 'products') {
    const entries = shop[kind].slice(index * perFile, (index + 1) * perFile)
    return entries.length === 0 ? null : entries.map(toEntry(kind))
  }
  const places = await loadStretches(context, perFile)
  const from = places[index]
  if (!from) return null
  const [rows] = await db.read(listStretch(from, places[index + 1] ?? null, { limit: perFile, now }))
  return rows.map(toEntry(kind))
}

/** Made with its limits, so that tests need no shop of ten thousand products. */
export function feedRoutes(limits: Limits = LIMITS): Route[] {
  return [
    route(
      {
        id: 'getSitemapIndex',
        method: 'get',
        path: '/sitemap.xml',
        summary: 'The sitemap index of the storefront: collections, categories and products that are published',
        access: 'public',
        limit: 'browse',
        cache: 'feed',
        returns: null,
        mediaType: 'application/xml',
        problems: [],
      },
      async (context) => {
        const { collections, categories, perFile } = await loadShop(context, limits.urls)
        const stretches = await loadStretches(context, perFile)
        const filesOf = (entries: readonly unknown[]) => Math.ceil(entries.length / perFile)
        const counts = {
          collections: filesOf(collections),
          categories: filesOf(categories),
          products: stretches.length,
        }
        const files = KINDS.flatMap((kind) =>
          Array.from({ length: counts[kind] }, (_, index) => `${apiOrigin(context)}/sitemaps/${kind}-${index + 1}.xml`),
        )
        return { body: renderIndex(files) }
      },
    ),
    route(
      {
        id: 'getSitemap',
        method: 'get',
        path: '/sitemaps/:file',
        summary: 'One file of the sitemap index',
        access: 'public',
        limit: 'browse',
        cache: 'feed',
        params: SitemapParams,
        returns: null,
        mediaType: 'application/xml',
        problems: ['not_found'],
      },
      async (context, { params }) => {
        const [, kind, number] = FILE.exec(params.file) ?? []
        if (kind === undefined) throw new Problem('not_found')
        const shop = await loadShop(context, limits.urls)
        const entries = await loadEntries(context, kind as Kind, Number(number) - 1, shop)
        if (!entries) throw new Problem('not_found')
        return { body: renderSitemap(entries, storefrontOf(context), shop.languages) }
      },
    ),
    route(
      {
        id: 'getProductFeed',
        method: 'get',
        path: '/feeds/products.xml',
        summary: 'A Google Merchant product feed (RSS 2.0): every published variant with a price in the currency',
        access: 'public',
        limit: 'feed',
        cache: 'feed',
        query: LocaleQuery,
        returns: null,
        mediaType: 'application/xml',
        streams: true,
        problems: [],
      },
      async (context, { query }) => {
        const [markets] = await context.cache.load([want(marketsFamily, ['all'])])
        const choice = chooseMarket(markets.get('all')?.value ?? [], query, '/query')
        const body = await streamTexts(writeFeed(context, choice, limits.feed), (error) =>
          context.log.error('feed_broken_off', error),
        )
        return new Response(body, { headers: { 'Content-Type': 'application/xml; charset=utf-8' } })
      },
    ),
  ]
}
