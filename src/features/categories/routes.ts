import { type LoadOptions, want } from '../../platform/cache/cache.ts'
import type { Context } from '../../platform/http/context.ts'
import { movedTo } from '../../platform/http/moved.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { chooseMarket } from '../markets/choose.ts'
import { LocaleQuery } from '../markets/contract.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import { CategoryNodeView, CategoryParams, CategoryView, toCategoryView, toTreeView } from './contract.ts'
import { type CategoryTree, categoriesFamily } from './queries.ts'

/** Every category, and whom the answer is for. @throws {Problem} invalid_request */
async function loadCategories({ cache }: Context, wish: MarketWish, options?: LoadOptions) {
  const [found, markets] = await cache.load([want(categoriesFamily, ['all']), want(marketsFamily, ['all'])], options)
  const { locale } = chooseMarket(markets.get('all')?.value ?? [], wish, '/query')
  return { ...(found.get('all')?.value ?? { categories: [], moved: {} }), locale }
}

export const categoryRoutes = [
  route(
    {
      id: 'listCategories',
      method: 'get',
      path: '/v1/categories',
      summary: 'The tree of categories, siblings in the shop’s order',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      query: LocaleQuery,
      returns: shape(() => listOf(CategoryNodeView())),
      problems: [],
    },
    async (context, { query }) => {
      const { categories, locale } = await loadCategories(context, query)
      return { body: { data: toTreeView(categories, locale), next_cursor: null } }
    },
  ),
  route(
    {
      id: 'getCategory',
      method: 'get',
      path: '/v1/categories/:category',
      summary:
        'A category by handle or id; its products are GET /v1/products?category=; 301 from a handle it had before',
      access: 'public',
      limit: 'browse',
      cache: 'catalog',
      params: CategoryParams,
      query: LocaleQuery,
      returns: CategoryView,
      statuses: [200, 301],
      problems: ['category_not_found'],
    },
    async (context, { params, query, request }) => {
      const ref = params.category
      const find = ({ categories, moved }: CategoryTree) =>
        categories.find(({ id, handle }) => handle === ref || id === ref) ??
        categories.find(({ id }) => id === moved[ref])
      const known = await loadCategories(context, query)
      // It may have been made since they were read: a refusal is asked of the database itself.
      const tree = find(known) ? known : await loadCategories(context, query, { fresh: true })
      const category = find(tree)
      if (!category) throw new Problem('category_not_found')
      const moved = movedTo((handle) => `/v1/categories/${handle}`, category, ref, request)
      const body = toCategoryView(category, tree.categories, tree.locale)
      return { ...(moved ?? { body }), tags: [`category:${category.id}`] }
    },
  ),
]
