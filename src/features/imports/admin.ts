import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { CsvBody, ImportQuery, ImportView, toImportView } from './contract.ts'
import { findImport } from './queries.ts'
import { runImport } from './run.ts'

const MAX_BYTES = 20 * 1024 * 1024

export const importAdminRoutes = [
  route(
    {
      id: 'importProducts',
      method: 'post',
      path: '/v1/admin/imports',
      summary: "Create and update products from Shopify's CSV export; rows that cannot be used are reported by line",
      access: { staff: 'products:write' },
      limit: 'staff',
      query: ImportQuery,
      body: CsvBody,
      bodyType: 'csv',
      maxBytes: MAX_BYTES,
      returns: ImportView,
      statuses: [201, 200],
      problems: [],
      replay: async ({ db }, id) => {
        const [[row]] = await db.read(findImport(id))
        if (!row) throw new Problem('not_found')
        return { status: 201, body: toImportView(id, row.report) }
      },
    },
    async (context, { body, query }) => {
      const dryRun = query.dry_run === 'true'
      const { id, report } = await runImport(context, body, { dryRun, stock: query.stock })
      return { status: dryRun ? 200 : 201, body: toImportView(id, report) }
    },
  ),
]
