import * as z from 'zod'
import { MAX_PARTS } from '../../domain/import.ts'
import type { ImportStatus } from '../../platform/db/schema/imports.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { pageQuery, timestamp } from '../../platform/http/shapes.ts'
import type { ImportRow, PartRow } from './queries.ts'
import type { ImportState } from './run.ts'

/** A part is held in memory whole, and read in one go. */
export const MAX_PART_BYTES = 4 * 1024 * 1024

export const ImportQuery = shape(() =>
  z.strictObject({
    dry_run: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'true: report what would happen and change no product' }),
    stock: z.enum(['keep', 'overwrite']).default('keep').meta({
      description:
        'Whether quantities in the file replace the stock of variants that are there already: what stands at all locations together, the difference at the default one',
    }),
  }),
)

export const FileBody = shape(() =>
  z.string().meta({
    description:
      "text/csv: products as Shopify exports them, prices in the default market's currency, with the heading in every part. application/jsonl: a product in the shape of CreateProduct on each line. Products are known by their handle, and all of one goes into one part.",
  }),
)

export const PartBody = shape(() => FileBody().min(1))

export const ImportsQuery = shape(() => z.strictObject(pageQuery()))

export const ImportParams = shape(() => z.strictObject({ import: idSchema('import') }))

export const PartParams = shape(() =>
  z.strictObject({
    import: idSchema('import'),
    number: z
      .string()
      .regex(/^[1-9]\d{0,4}$/, 'must be a whole number in plain digits')
      .transform(Number)
      .refine((number) => number <= MAX_PARTS, `must be at most ${MAX_PARTS}`)
      .meta({ description: 'The how-manieth part it is, from 1' }),
  }),
)

export const FinishImport = shape(() =>
  z
    .strictObject({
      parts: z
        .int()
        .min(1)
        .max(MAX_PARTS)
        .meta({ description: 'How many parts the import has: one that never arrived is noticed by it' }),
    })
    .meta({ id: 'FinishImport' }),
)

const counts = () => ({ created: z.int(), updated: z.int(), unchanged: z.int(), refused: z.int() })
const error = () => ({ line: z.int(), column: z.string().nullable(), detail: z.string() })
const errorCount = () => z.int().meta({ description: 'All errors; the first of them are listed' })

const summary = () => ({
  id: z.string(),
  status: z
    .enum(['open', 'finished', 'expired'] satisfies ImportStatus[])
    .meta({ description: 'open: it takes parts. expired: nobody has gone on with it for a week' }),
  dry_run: z.boolean(),
  stock: z.enum(['keep', 'overwrite']),
  parts: z.object({ received: z.int(), done: z.int() }),
  rows: z.int().meta({ description: 'Rows of tables, or lines' }),
  products: z.object(counts()).meta({ description: 'What has become of them, or in a dry run would' }),
  error_count: errorCount(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
})

export const ImportSummaryView = shape(() => z.object(summary()).meta({ id: 'ImportSummary' }))

export const ImportView = shape(() =>
  z.object({ ...summary(), errors: z.array(z.object({ part: z.int(), ...error() })) }).meta({ id: 'Import' }),
)

export const ImportPartView = shape(() =>
  z
    .object({
      import_id: z.string(),
      number: z.int(),
      status: z
        .enum(['open', 'done'])
        .meta({ description: 'open: send the same part again, it goes on where it stands' }),
      rows: z.int(),
      products: z.object({ total: z.int(), done: z.int(), ...counts() }),
      error_count: errorCount(),
      errors: z.array(z.object(error())),
    })
    .meta({ id: 'ImportPart' }),
)

export function toImportSummaryView(row: ImportRow) {
  const { id, status, stock, rows, created, updated, unchanged, refused } = row
  return {
    id,
    status,
    dry_run: row.dryRun,
    stock,
    parts: { received: row.parts, done: row.partsDone },
    rows,
    products: { created, updated, unchanged, refused },
    error_count: row.problems,
    created_at: timestamp(row.createdAt),
    finished_at: row.finishedAt === null ? null : timestamp(row.finishedAt),
  }
}

export function toImportView({ row, errors }: ImportState) {
  const byPlace = errors.toSorted((left, right) => left.part - right.part || left.line - right.line)
  return { ...toImportSummaryView(row), errors: byPlace }
}

export function toImportPartView({ importId, number, rows, products, done, errors, problems, ...part }: PartRow) {
  const { created, updated, unchanged, refused } = part
  return {
    import_id: importId,
    number,
    status: done === products ? ('done' as const) : ('open' as const),
    rows,
    products: { total: products, done, created, updated, unchanged, refused },
    error_count: problems,
    errors,
  }
}
