import { want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { movedTo } from '../../platform/http/moved.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { chooseMarket } from '../markets/choose.ts'
import { LocaleQuery } from '../markets/contract.ts'
import { marketsFamily } from '../markets/queries.ts'
import { ProductParams, ProductView, toProductView, toVariantView, VariantView } from './contract.ts'
import { publishedProducts } from './queries.ts'
import { variantsThatFit } from './variant-room.ts'
import { chooseVariants, optionFilter, pageOfVariants, VariantsQuery } from './variants.ts'

/** A published product with the shop's markets, in one trip when nothing is cached. @throws {Problem} product_not_found */
async function loadProduct({ cache, now }: Context, ref: string) {
  const [found, markets] = await cache.load([want(publishedProducts(now), [ref]), want(marketsFamily, ['all'])])
  const product = found.get(ref)?.value
  if (!product) throw new Problem('product_not_found')
  return { product, markets: markets.get('all')?.value ?? [] }
}

export const catalogRoutes = [
  route(
    {
      id: 'getProduct',
      method: 'get',
      path: '/v1/products/:product',
      summary: 'A published product by id or handle; 301 from a handle that it had before',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: ProductParams,
      query: LocaleQuery,
      returns: ProductView,
      statuses: [200, 301],
      problems: ['product_not_found'],
    },
    async (context, { params, query, request }) => {
      const { product, markets } = await loadProduct(context, params.product)
      const choice = chooseMarket(markets, query, '/query')
      const tags = [`product:${product.id}`]
      const moved = movedTo((handle) => `/v1/products/${handle}`, product, params.product, request)
      if (moved) return { ...moved, tags }
      const page = { limit: variantsThatFit(product, choice, context.now), cursor: undefined, filter: {} }
      const { rows: variants, nextCursor } = await pageOfVariants(product, product.variants, page)
      const body = toProductView(product, choice, context.now, { variants, nextCursor })
      return { body, tags }
    },
  ),
  route(
    {
      id: 'listVariants',
      method: 'get',
      path: '/v1/products/:product/variants',
      summary: 'Variants of a product, found by their options: `option.Size=M&option.Color=Red`',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: ProductParams,
      query: VariantsQuery,
      returns: shape(() => listOf(VariantView())),
      statuses: [200, 301],
      problems: ['product_not_found', 'invalid_cursor'],
    },
    async (context, { params, query, request }) => {
      const { product, markets } = await loadProduct(context, params.product)
      const choice = chooseMarket(markets, query, '/query')
      const tags = [`product:${product.id}`]
      const moved = movedTo((handle) => `/v1/products/${handle}/variants`, product, params.product, request)
      if (moved) return { ...moved, tags }
      const chosen = chooseVariants(product, query, choice.locale)
      const page = await pageOfVariants(product, chosen, {
        limit: query.limit,
        cursor: query.cursor,
        filter: optionFilter(query),
      })
      const data = page.rows.map((variant) => toVariantView(product, variant, choice, context.now))
      return { body: { data, next_cursor: page.nextCursor }, tags }
    },
  ),
]
