import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { listMarkets } from '../markets/queries.ts'
import { translationRoutes } from '../translations/admin.ts'
import { AdminCategoryView, toAdminCategoryView } from './contract.ts'
import { createCategory, deleteCategory, editCategory, mustFindCategory, tagsOf } from './edit.ts'
import { CategoryIdParams, CreateCategory, UpdateCategory } from './inputs.ts'
import { findCategory, pageOfCategories, touchCategory } from './queries.ts'

// Descriptions of 50,000 letters of any script.
const MAX_BYTES = 256 * 1024

const reply = replyWith('/v1/admin/categories', toAdminCategoryView)

export const categoryAdminRoutes = [
  route(
    {
      id: 'createCategory',
      method: 'post',
      path: '/v1/admin/categories',
      summary: 'Create a category at the top or below another one',
      access: { staff: 'collections:write' },
      limit: 'staff',
      body: CreateCategory,
      maxBytes: MAX_BYTES,
      returns: AdminCategoryView,
      statuses: [201],
      problems: ['handle_taken', 'category_conflict'],
      replay: async (context, id) => reply(await mustFindCategory(context, id), 201),
    },
    async (context, { body }) => reply(await createCategory(context, body), 201),
  ),
  route(
    {
      id: 'listAdminCategories',
      method: 'get',
      path: '/v1/admin/categories',
      summary: 'All categories, each with its parent and its path from the root',
      access: { staff: 'collections:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(AdminCategoryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const after = await openCursor('admin/categories', query.cursor, ['integer', 'text'])
      const [rows] = await db.read(pageOfCategories(after, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/categories', ({ position, id }) => [position, id])
      return { body: { data: page.rows.map(toAdminCategoryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getAdminCategory',
      method: 'get',
      path: '/v1/admin/categories/:category',
      summary: 'A category with all that staff may see of it',
      access: { staff: 'collections:read' },
      limit: 'staff',
      params: CategoryIdParams,
      returns: AdminCategoryView,
      problems: ['category_not_found'],
    },
    async (context, { params }) => reply(await mustFindCategory(context, params.category)),
  ),
  route(
    {
      id: 'updateCategory',
      method: 'patch',
      path: '/v1/admin/categories/:category',
      summary: 'Change a category, or move it with all that stands below it',
      access: { staff: 'collections:write' },
      limit: 'staff',
      params: CategoryIdParams,
      body: UpdateCategory,
      maxBytes: MAX_BYTES,
      returns: AdminCategoryView,
      problems: ['category_not_found', 'version_mismatch', 'handle_taken', 'category_conflict'],
    },
    async (context, { params, body, ifMatch }) => reply(await editCategory(context, params.category, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteCategory',
      method: 'delete',
      path: '/v1/admin/categories/:category',
      summary: 'Delete a category that has no products and none below it',
      access: { staff: 'collections:write' },
      limit: 'staff',
      params: CategoryIdParams,
      returns: null,
      statuses: [204],
      problems: ['category_not_found', 'version_mismatch', 'category_not_empty'],
    },
    async (context, { params, ifMatch }) => {
      await deleteCategory(context, params.category, ifMatch)
      return { body: null }
    },
  ),
  ...translationRoutes({
    subject: 'category',
    resource: 'categories',
    params: CategoryIdParams,
    access: { read: 'collections:read', write: 'collections:write' },
    missing: 'category_not_found',
    find: findCategory,
    touch: touchCategory,
    tagsOf,
    listMarkets,
  }),
]
