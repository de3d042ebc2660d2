import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import { CreateSynonym, SynonymParams, SynonymView, toSynonymView, UpdateSynonym } from './contract.ts'
import { createSynonym, deleteSynonym, editSynonym, mustFindSynonym } from './edit.ts'
import { listSynonyms } from './queries.ts'

const reply = replyWith('/v1/admin/search/synonyms', toSynonymView)

export const synonymAdminRoutes = [
  route(
    {
      id: 'createSynonym',
      method: 'post',
      path: '/v1/admin/search/synonyms',
      summary: 'Tell the search which words stand for each other',
      access: { staff: 'products:write' },
      limit: 'staff',
      body: CreateSynonym,
      returns: SynonymView,
      statuses: [201],
      problems: [],
      replay: async (context, id) => reply(await mustFindSynonym(context, id), 201),
    },
    async (context, { body }) => reply(await createSynonym(context, body), 201),
  ),
  route(
    {
      id: 'listSynonyms',
      method: 'get',
      path: '/v1/admin/search/synonyms',
      summary: 'Synonyms, the newest first',
      access: { staff: 'products:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(SynonymView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/search/synonyms', query.cursor, ['text'])
      const [rows] = await db.read(listSynonyms(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/search/synonyms', ({ id }) => [id])
      return { body: { data: page.rows.map(toSynonymView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getSynonym',
      method: 'get',
      path: '/v1/admin/search/synonyms/:synonym',
      summary: 'A synonym',
      access: { staff: 'products:read' },
      limit: 'staff',
      params: SynonymParams,
      returns: SynonymView,
      problems: ['synonym_not_found'],
    },
    async (context, { params }) => reply(await mustFindSynonym(context, params.synonym)),
  ),
  route(
    {
      id: 'updateSynonym',
      method: 'patch',
      path: '/v1/admin/search/synonyms/:synonym',
      summary: 'Change a synonym',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: SynonymParams,
      body: UpdateSynonym,
      returns: SynonymView,
      problems: ['synonym_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editSynonym(context, params.synonym, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteSynonym',
      method: 'delete',
      path: '/v1/admin/search/synonyms/:synonym',
      summary: 'Remove a synonym',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: SynonymParams,
      returns: null,
      statuses: [204],
      problems: ['synonym_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deleteSynonym(context, params.synonym, ifMatch)
      return { body: null }
    },
  ),
]
