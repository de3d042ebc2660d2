import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { type ImportCounts, type ImportError, listErrors, NO_COUNTS } from '../../domain/import.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, listOf, refuseWhen } from '../../platform/db/rows.ts'
import { products, variants } from '../../platform/db/schema/catalog.ts'
import { importHandles, importParts, imports } from '../../platform/db/schema/imports.ts'

export type ImportRow = typeof imports.$inferSelect
export type PartRow = typeof importParts.$inferSelect
/** An error of an import, and the part that it is in. */
export type ListedError = ImportError & { part: number }

// What an answer lists of an import; its parts list their own.
const LISTED_ERRORS = 1000

export function findImport(id: string): Query<ImportRow[]> {
  return q.select().from(imports).where(eq(imports.id, id))
}

export function findPart(importId: string, number: number): Query<PartRow[]> {
  return q
    .select()
    .from(importParts)
    .where(and(eq(importParts.importId, importId), eq(importParts.number, number)))
}

/** The first errors of an import, part by part. */
export function listImportErrors(importId: string): Query<ListedError[]> {
  return q.all(sql`SELECT p.number AS part, e.value ->> '$.line' AS line, e.value ->> '$.column' AS "column",
      e.value ->> '$.detail' AS detail
    FROM ${importParts} AS p, json_each(p.errors) AS e WHERE p.import_id = ${importId} AND p.problems > 0
    ORDER BY p.number
    LIMIT ${LISTED_ERRORS}`) as unknown as Query<ListedError[]>
}

/** A page of imports, newest first. @param after the id of the last one shown. */
export function listImports(after: string | null, limit: number): Query<ImportRow[]> {
  return q
    .select()
    .from(imports)
    .where(after === null ? undefined : lt(imports.id, after))
    .orderBy(desc(imports.id))
    .limit(limit)
}

/** The numbers of the parts that need nothing more. */
export function listDoneParts(importId: string): Query<{ number: number }[]> {
  return q
    .select({ number: importParts.number })
    .from(importParts)
    .where(and(eq(importParts.importId, importId), sql`${importParts.done} = ${importParts.products}`))
}

/** Those of `handles` that other parts of the import have had. */
export function listClaims(
  { importId, number }: PartRow,
  handles: readonly string[],
): Query<{ handle: string; part: number }[]> {
  return q
    .select({ handle: importHandles.handle, part: importHandles.part })
    .from(importHandles)
    .where(
      and(
        eq(importHandles.importId, importId),
        inArray(importHandles.handle, listOf(handles)),
        sql`${importHandles.part} <> ${number}`,
      ),
    )
}

export interface SkuOwner {
  sku: string | null
  handle: string
}

/** Which product has each of these SKUs now, whatever its status. Archived variants own none. */
export function listSkuOwners(skus: readonly string[]): Query<SkuOwner[]> {
  return q
    .select({ sku: variants.sku, handle: products.handle })
    .from(variants)
    .innerJoin(products, eq(products.id, variants.productId))
    .where(and(inArray(variants.sku, listOf(skus)), eq(variants.archived, false)))
}

/** A new import without parts. */
export function insertImport(id: string, settings: Pick<ImportRow, 'dryRun' | 'stock'>, now: Date): Write[] {
  const at = now.getTime()
  const counts = { ...NO_COUNTS, parts: 0, partsDone: 0, rows: 0, problems: 0 }
  const times = { createdAt: at, updatedAt: at, finishedAt: null }
  return insertRows(imports, [{ id, status: 'open', ...settings, ...counts, tidied: false, ...times }])
}

/** A part that was received, nothing of it done. Breaks `import_parts.import_id` where its number has been received before,
 *  and `import_closed`. */
export function insertPart(part: PartRow, now: Date): Write[] {
  const { rows, refused, problems } = part
  return [
    ...insertRows(importParts, [part]),
    ...addToImport(part.importId, now, { parts: 1, partsDone: part.products === 0 ? 1 : 0, rows, refused, problems }),
  ]
}

/** What a commit has done of a part. */
export interface Progress {
  /** How many products have been dealt with. */
  products: number
  counts: ImportCounts
  errors: readonly ImportError[]
}

/**
 * Moves a part on from where it was read to stand. Goes first in the commit that saves those products.
 * Breaks `import_part_moved` where somebody else has moved it since, and `import_closed`.
 */
export function movePart(part: PartRow, { products: dealt, counts, errors }: Progress, now: Date): Write[] {
  const { importId, number, done } = part
  const end = done + dealt
  const problems = errors.length
  const added = { ...counts, problems }
  return [
    q
      .update(importParts)
      .set({
        ...raised(added),
        done: end,
        updatedAt: now.getTime(),
        ...(problems === 0 ? {} : { errors: listErrors([...part.errors, ...errors]) }),
      })
      .where(and(eq(importParts.importId, importId), eq(importParts.number, number), eq(importParts.done, done))),
    refuseWhen('import_part_moved', sql`changes() <> 1`),
    ...addToImport(importId, now, { ...added, partsDone: end === part.products ? 1 : 0 }),
  ]
}

/** Keeps which part these products were in. Breaks `import_handles.import_id` where another part has got one meanwhile. */
export function claimHandles({ importId, number }: PartRow, handles: readonly string[]): Write[] {
  return insertRows(
    importHandles,
    handles.map((handle) => ({ importId, handle, part: number })),
  )
}

/** Ends an import. Breaks `import_incomplete` unless its parts are 1 to `parts`, and all done. */
export function finishImport(id: string, parts: number, now: Date): Write[] {
  const at = now.getTime()
  const isComplete = sql`${imports.parts} = ${parts} AND ${imports.partsDone} = ${parts}
    AND NOT EXISTS (SELECT 1 FROM ${importParts} AS p WHERE p.import_id = ${id} AND p.number > ${parts})`
  return [
    q
      .update(imports)
      .set({ status: 'finished', updatedAt: at, finishedAt: at })
      .where(and(eq(imports.id, id), eq(imports.status, 'open'), isComplete)),
    refuseWhen('import_incomplete', sql`changes() <> 1`),
  ]
}

type Sum = 'parts' | 'partsDone' | 'rows' | 'problems' | keyof ImportCounts

function addToImport(id: string, now: Date, added: Partial<Record<Sum, number>>): Write[] {
  return [
    q
      .update(imports)
      .set({ ...raised(added), updatedAt: now.getTime() })
      .where(and(eq(imports.id, id), eq(imports.status, 'open'))),
    refuseWhen('import_closed', sql`changes() <> 1`),
  ]
}

/** Columns that are the same in both tables, each raised by so much. */
function raised(added: Partial<Record<Sum, number>>) {
  return Object.fromEntries(
    Object.entries(added).map(([field, by]) => [field, sql`${sql.identifier(imports[field as Sum].name)} + ${by}`]),
  )
}

/** Ends the imports that nobody has gone on with since `until`. */
export function expireImports(until: Date, now: Date): Write {
  return q
    .update(imports)
    .set({ status: 'expired', finishedAt: now.getTime() })
    .where(sql`${imports.status} = 'open' AND ${imports.tidied} = 0 AND ${imports.updatedAt} < ${until.getTime()}`)
}

/** An import that is over and still has claims, if there is one. */
export function findUntidied(): Query<{ id: string }[]> {
  return q
    .select({ id: imports.id })
    .from(imports)
    .where(sql`${imports.status} IN ('finished', 'expired') AND ${imports.tidied} = 0`)
    .limit(1)
}

/** Removes so many claims of an import, and with the last of them has it tidied. */
export function removeClaims(id: string, limit: number): Write[] {
  const own = sql`${importHandles.importId} = ${id}`
  return [
    q.delete(importHandles).where(sql`${own} AND ${importHandles.handle} IN
      (SELECT c.handle FROM ${importHandles} AS c WHERE c.import_id = ${id} LIMIT ${limit})`),
    q
      .update(imports)
      .set({ tidied: true })
      .where(sql`${imports.id} = ${id} AND NOT EXISTS (SELECT 1 FROM ${importHandles} WHERE ${own})`),
  ]
}
