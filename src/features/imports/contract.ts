import * as z from 'zod'
import type { ImportReport } from '../../domain/import.ts'
import { shape } from '../../platform/http/schema.ts'

export const ImportQuery = shape(() =>
  z.strictObject({
    dry_run: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'true: report what would happen and change nothing' }),
    stock: z.enum(['keep', 'overwrite']).default('keep').meta({
      description:
        'Whether quantities in the file replace the stock of variants that are there already: what stands at all locations together, the difference at the default one',
    }),
  }),
)

export const CsvBody = shape(() =>
  z.string().meta({ description: "Products as Shopify exports them. Prices are in the default market's currency." }),
)

export const ImportView = shape(() =>
  z
    .object({
      id: z.string().nullable().meta({ description: 'null for a dry run, which leaves nothing behind' }),
      dry_run: z.boolean(),
      rows: z.int(),
      products: z.object({ created: z.int(), updated: z.int(), unchanged: z.int() }),
      errors: z.array(z.object({ line: z.int(), column: z.string().nullable(), detail: z.string() })),
    })
    .meta({ id: 'Import' }),
)

export function toImportView(id: string | null, { dry_run, rows, products, errors }: ImportReport) {
  return { id, dry_run, rows, products, errors }
}
