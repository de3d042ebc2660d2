import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { listMarkets } from '../markets/queries.ts'
import { translationRoutes } from '../translations/admin.ts'
import { AdminCollectionView, MemberView, toAdminCollectionView, toMemberView } from './contract.ts'
import { createCollection, deleteCollection, editCollection, mustFindCollection, tagsOf } from './edit.ts'
import { CollectionIdParams, CreateCollection, UpdateCollection, UpdateMembers } from './inputs.ts'
import { listMembers } from './member-queries.ts'
import { changeMembers } from './members.ts'
import { findCollection, listCollections, touchCollection } from './queries.ts'

// Descriptions of 50,000 letters of any script.
const MAX_BYTES = 256 * 1024

const reply = replyWith('/v1/admin/collections', toAdminCollectionView)

export const collectionAdminRoutes = [
  route(
    {
      id: 'createCollection',
      method: 'post',
      path: '/v1/admin/collections',
      summary: 'Create a collection, manual or by rules',
      access: { staff: 'collections:write' },
      limit: 'staff',
      body: CreateCollection,
      maxBytes: MAX_BYTES,
      returns: AdminCollectionView,
      statuses: [201],
      problems: ['handle_taken'],
      replay: async (context, id) => reply(await mustFindCollection(context, id), 201),
    },
    async (context, { body }) => reply(await createCollection(context, body), 201),
  ),
  route(
    {
      id: 'listAdminCollections',
      method: 'get',
      path: '/v1/admin/collections',
      summary: 'All collections in the shop’s order, drafts too',
      access: { staff: 'collections:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(AdminCollectionView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const after = await openCursor('admin/collections', query.cursor, ['integer', 'text'])
      const [rows] = await db.read(listCollections(after, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/collections', ({ position, id }) => [position, id])
      return { body: { data: page.rows.map(toAdminCollectionView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getAdminCollection',
      method: 'get',
      path: '/v1/admin/collections/:collection',
      summary: 'A collection with all that staff may see of it',
      access: { staff: 'collections:read' },
      limit: 'staff',
      params: CollectionIdParams,
      returns: AdminCollectionView,
      problems: ['collection_not_found'],
    },
    async (context, { params }) => reply(await mustFindCollection(context, params.collection)),
  ),
  route(
    {
      id: 'updateCollection',
      method: 'patch',
      path: '/v1/admin/collections/:collection',
      summary: 'Change a collection; a handle that it had before leads to it from then on',
      access: { staff: 'collections:write' },
      limit: 'staff',
      params: CollectionIdParams,
      body: UpdateCollection,
      maxBytes: MAX_BYTES,
      returns: AdminCollectionView,
      problems: ['collection_not_found', 'version_mismatch', 'handle_taken'],
    },
    async (context, { params, body, ifMatch }) =>
      reply(await editCollection(context, params.collection, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteCollection',
      method: 'delete',
      path: '/v1/admin/collections/:collection',
      summary: 'Delete a collection; its products stay',
      access: { staff: 'collections:write' },
      limit: 'staff',
      params: CollectionIdParams,
      returns: null,
      statuses: [204],
      problems: ['collection_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deleteCollection(context, params.collection, ifMatch)
      return { body: null }
    },
  ),
  route(
    {
      id: 'listCollectionProducts',
      method: 'get',
      path: '/v1/admin/collections/:collection/products',
      summary: 'Products of a collection in its manual order, drafts too; of one with rules those that meet them now',
      access: { staff: 'collections:read' },
      limit: 'staff',
      params: CollectionIdParams,
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(MemberView())),
      versioned: true,
      problems: ['collection_not_found', 'invalid_cursor'],
    },
    async (context, { params, query }) => {
      const list = JSON.stringify(['admin/collections', params.collection, 'products'])
      const opened = await openCursor(list, query.cursor, ['integer', 'text'])
      const collection = await mustFindCollection(context, params.collection)
      const after = opened ? { position: opened[0], tie: opened[1] } : null
      const [rows] = await context.db.read(listMembers(collection, after, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, ({ position, tie }) => [position, tie])
      const body = { data: page.rows.map(toMemberView), next_cursor: page.nextCursor }
      return { body, version: collection.version }
    },
  ),
  route(
    {
      id: 'updateCollectionProducts',
      method: 'patch',
      path: '/v1/admin/collections/:collection/products',
      summary: 'Add, remove and move products of a manual collection; If-Match is the collection’s version',
      access: { staff: 'collections:write' },
      limit: 'staff',
      params: CollectionIdParams,
      body: UpdateMembers,
      returns: AdminCollectionView,
      problems: ['collection_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await changeMembers(context, params.collection, body, ifMatch)),
  ),
  ...translationRoutes({
    subject: 'collection',
    resource: 'collections',
    params: CollectionIdParams,
    access: { read: 'collections:read', write: 'collections:write' },
    missing: 'collection_not_found',
    find: findCollection,
    touch: touchCollection,
    tagsOf,
    listMarkets,
  }),
]
