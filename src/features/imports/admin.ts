import { cutPage, openCursor } from '../../platform/db/page.ts'
import { MEDIA_TYPES, mediaTypeOf } from '../../platform/http/body.ts'
import { Problem } from '../../platform/http/problem.ts'
import { type Reply, type RouteInput, route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import {
  FileBody,
  FinishImport,
  ImportParams,
  ImportPartView,
  ImportQuery,
  ImportSummaryView,
  ImportsQuery,
  ImportView,
  MAX_PART_BYTES,
  PartBody,
  PartParams,
  toImportPartView,
  toImportSummaryView,
  toImportView,
} from './contract.ts'
import { listImports } from './queries.ts'
import {
  continueImport,
  finishParts,
  type ImportState,
  importFile,
  mustFindImport,
  openImport,
  putPart,
  type Upload,
} from './run.ts'

const LIST = '/v1/admin/imports'

/** The file of a request; null where it has none and says nothing of one. @throws {Problem} unsupported_media_type */
function uploadOf({ request, body, raw }: Pick<RouteInput<unknown, unknown, string>, 'request' | 'body' | 'raw'>) {
  const sent = mediaTypeOf(request)
  if (sent === '' && raw.byteLength === 0) return null
  const type = MEDIA_TYPES.file.find((known) => known === sent)
  return type ? ({ type, text: body, bytes: raw } satisfies Upload) : refuseType()
}

function refuseType(): never {
  const types = MEDIA_TYPES.file
  throw new Problem('unsupported_media_type', {
    detail: `Send ${types.join(' or ')}.`,
    headers: { Accept: types.join(', ') },
  })
}

/** 202 where one request was not enough for its only part. */
function created(state: ImportState): Reply {
  const { id, status, parts } = state.row
  const isAccepted = status === 'open' && parts > 0
  return { status: isAccepted ? 202 : 201, body: toImportView(state), headers: { Location: `${LIST}/${id}` } }
}

export const importAdminRoutes = [
  route(
    {
      id: 'importProducts',
      method: 'post',
      path: LIST,
      summary:
        'Create and update products from a file; without a body, open an import whose parts are uploaded one by one. 202: send the same again by its Idempotency-Key, or as part 1, and it goes on',
      access: { staff: 'products:write' },
      limit: 'staff',
      query: ImportQuery,
      body: FileBody,
      bodyType: 'file',
      maxBytes: MAX_PART_BYTES,
      returns: ImportView,
      statuses: [201, 202],
      problems: ['import_part_conflict', 'import_closed'],
      replay: async (context, id, input) => created(await continueImport(context, id, uploadOf(input))),
    },
    async (context, input) => {
      const { query } = input
      const settings = { dryRun: query.dry_run === 'true', stock: query.stock }
      const upload = uploadOf(input)
      return created(await (upload ? importFile(context, settings, upload) : openImport(context, settings)))
    },
  ),
  route(
    {
      id: 'listImports',
      method: 'get',
      path: LIST,
      summary: 'Imports and how far they are, newest first',
      access: { staff: 'products:read' },
      limit: 'staff',
      query: ImportsQuery,
      returns: shape(() => listOf(ImportSummaryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/imports', query.cursor, ['text'])
      const [rows] = await db.read(listImports(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/imports', ({ id }) => [id])
      return { body: { data: page.rows.map(toImportSummaryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getImport',
      method: 'get',
      path: `${LIST}/:import`,
      summary: 'How far an import is, with its first errors',
      access: { staff: 'products:read' },
      limit: 'staff',
      params: ImportParams,
      returns: ImportView,
      problems: ['import_not_found'],
    },
    async (context, { params }) => ({ body: toImportView(await mustFindImport(context, params.import)) }),
  ),
  route(
    {
      id: 'putImportPart',
      method: 'put',
      path: `${LIST}/:import/parts/:number`,
      summary:
        'Upload a part of an import and save its products. 202: send the same part again, it goes on where it stands; a part that is done stays as it is',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: PartParams,
      body: PartBody,
      bodyType: 'file',
      maxBytes: MAX_PART_BYTES,
      returns: ImportPartView,
      statuses: [200, 202],
      problems: ['import_not_found', 'import_part_conflict', 'import_closed'],
    },
    async (context, input) => {
      const { params } = input
      const part = await putPart(context, params.import, params.number, uploadOf(input) ?? refuseType())
      return { status: part.done === part.products ? 200 : 202, body: toImportPartView(part) }
    },
  ),
  route(
    {
      id: 'finishImport',
      method: 'post',
      path: `${LIST}/:import/finish`,
      summary: 'End an import whose parts are all done; missing_parts names those that are not',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: ImportParams,
      body: FinishImport,
      returns: ImportView,
      problems: ['import_not_found', 'import_closed', 'import_incomplete'],
      replay: async (context, id) => ({ body: toImportView(await mustFindImport(context, id)) }),
    },
    async (context, { params, body }) => ({
      body: toImportView(await finishParts(context, params.import, body.parts)),
    }),
  ),
]
