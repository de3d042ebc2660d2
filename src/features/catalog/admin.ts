import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { AdminProductView, toAdminProductView } from './admin-contract.ts'
import { ProductIdParams } from './contract.ts'
import { createProduct, editProduct, mustFindProduct } from './edit.ts'
import { CreateProduct, UpdateProduct } from './inputs.ts'
import { listProducts, pageOfProducts, toProducts } from './queries.ts'

const reply = replyWith('/v1/admin/products', toAdminProductView)

export const catalogAdminRoutes = [
  route(
    {
      id: 'createProduct',
      method: 'post',
      path: '/v1/admin/products',
      summary: 'Create a product with its variants, prices and first stock',
      access: { staff: 'products:write' },
      limit: 'staff',
      body: CreateProduct,
      maxBytes: 1024 * 1024,
      returns: AdminProductView,
      statuses: [201],
      problems: ['handle_taken', 'sku_taken'],
      replay: async (context, id) => reply(await mustFindProduct(context, id), 201),
    },
    async (context, { body }) => reply(await createProduct(context, body), 201),
  ),
  route(
    {
      id: 'listAdminProducts',
      method: 'get',
      path: '/v1/admin/products',
      summary: 'All products, newest first, whatever their status',
      access: { staff: 'products:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(AdminProductView())),
      problems: ['invalid_cursor'],
    },
    async ({ db, now }, { query }) => {
      const position = await openCursor('admin/products', query.cursor, ['text'])
      const found = toProducts(
        await db.read(...listProducts(pageOfProducts(position?.[0] ?? null, query.limit + 1), now)),
      )
      const newestFirst = found.sort((left, right) => (left.id < right.id ? 1 : -1))
      const page = await cutPage(newestFirst, query.limit, 'admin/products', ({ id }) => [id])
      return { body: { data: page.rows.map(toAdminProductView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getAdminProduct',
      method: 'get',
      path: '/v1/admin/products/:product',
      summary: 'A product with all that staff may see of it',
      access: { staff: 'products:read' },
      limit: 'staff',
      params: ProductIdParams,
      returns: AdminProductView,
      problems: ['product_not_found'],
    },
    async (context, { params }) => reply(await mustFindProduct(context, params.product)),
  ),
  route(
    {
      id: 'updateProduct',
      method: 'patch',
      path: '/v1/admin/products/:product',
      summary: 'Change a product; If-Match guards against a change in between',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: ProductIdParams,
      body: UpdateProduct,
      maxBytes: 1024 * 1024,
      returns: AdminProductView,
      problems: ['product_not_found', 'version_mismatch', 'handle_taken', 'sku_taken', 'out_of_stock'],
    },
    async (context, { params, body, ifMatch }) => reply(await editProduct(context, params.product, body, ifMatch)),
  ),
]
