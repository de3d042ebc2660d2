import type { ImportError, ImportReport } from '../../domain/import.ts'
import { audit } from '../../platform/audit.ts'
import { want } from '../../platform/cache/cache.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey, findKey } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { marketsFamily } from '../markets/queries.ts'
import { cutChunks } from './chunk.ts'
import { insertImport } from './queries.ts'
import { type ImportRun, saveChunk } from './save-chunk.ts'
import { readShopifyCsv, type ShopifyCsv } from './shopify-csv.ts'

const MAX_ROWS = 50_000
// A report is stored as one row, which takes 2 MB.
const MAX_ERRORS = 2000

export interface ImportOptions {
  dryRun: boolean
  /** Whether quantities replace the stock of variants that are there already. */
  stock: 'keep' | 'overwrite'
}

/**
 * Creates and updates the products of a Shopify export, chunk by chunk. What cannot be used is reported and left out.
 *
 * Each chunk is a commit of its own, and the report with the idempotency key is the last one. A crash in between leaves
 * some of the products imported and no report: repeating the import finds those unchanged and goes on with the rest.
 * @throws {Problem} invalid_request when nothing can be read or there is too much of it.
 */
export async function runImport(
  context: Context,
  text: string,
  { dryRun, stock }: ImportOptions,
): Promise<{ id: string | null; report: ImportReport }> {
  await refuseRepeated(context, dryRun)
  const currency = await defaultCurrency(context)
  const file = await readShopifyCsv(text, { currency, sanitize: sanitizeHtml })
  refuseUnreadable(file)
  const id = context.mint('import')
  const handles = new Set(file.products.map(({ draft }) => draft.handle))
  const run: ImportRun = { id, dryRun, stock, handles, currency, fields: file.fields, isWhole: file.isWhole }
  const products = { created: 0, updated: 0, unchanged: 0 }
  const errors = [...file.problems]
  for (const chunk of cutChunks(file.products)) {
    const saved = await saveChunk(context, chunk, run)
    for (const outcome of saved.outcomes) products[outcome] += 1
    errors.push(...saved.errors)
  }
  const report = { dry_run: dryRun, rows: file.rows, products, errors: limitErrors(errors) }
  if (dryRun) return { id: null, report }
  await storeReport(context, id, report)
  return { id, report }
}

/**
 * Passes the caller's gate before anything is parsed, and asks whether this request has been here before: its key is
 * stored with the report, after the products, and must not import an older file over what was changed since.
 * @throws {ConstraintError} as the commit would, so that the first report is the answer.
 */
async function refuseRepeated({ db, idempotency }: Context, dryRun: boolean): Promise<void> {
  if (!idempotency || dryRun) return db.passGate()
  const [seen] = await db.read(findKey(idempotency.id))
  if (seen.length > 0) throw new ConstraintError('idempotency_keys.id')
}

async function defaultCurrency({ cache }: Context): Promise<string> {
  const [markets] = await cache.load([want(marketsFamily, ['all'])])
  const [market] = markets.get('all')?.value ?? []
  if (!market) throw new Error('the shop has no market')
  return market.currency
}

/** Data starts on line 2 at the earliest: a problem on line 1 is one of the header. */
function refuseUnreadable({ products, problems, rows }: ShopifyCsv): void {
  if (rows > MAX_ROWS) {
    throw invalid('/', `has ${rows} rows, and one import takes ${MAX_ROWS}: split the file between two products`)
  }
  const faults = problems.filter(({ line }) => line === 1)
  if (products.length > 0 || faults.length === 0) return
  const errors = faults.map(({ line, detail }) => ({ pointer: '/', detail: `line ${line}: ${detail}` }))
  throw new Problem('invalid_request', { detail: 'Nothing of the file could be read.', errors })
}

/** By line; what is beyond the limit is counted. */
function limitErrors(errors: readonly ImportError[]): ImportError[] {
  const sorted = [...errors].sort((left, right) => left.line - right.line)
  const [next] = sorted.slice(MAX_ERRORS)
  if (!next) return sorted
  const detail = `From here on ${sorted.length - MAX_ERRORS} more problems are not listed.`
  return [...sorted.slice(0, MAX_ERRORS), { line: next.line, column: null, detail }]
}

async function storeReport(
  { db, now, mint, caller, requestId, idempotency }: Context,
  id: string,
  report: ImportReport,
) {
  const change = { ...report.products, errors: report.errors.length }
  const entry = { actor: actorOf(caller), action: 'import.finished', subjectId: id, change, requestId }
  await db.commit(
    [...claimKey(idempotency, now, id, 201), insertImport(id, report, now), audit(mint, now, entry)],
    [],
    { repeatable: idempotency !== null },
  )
}
