import { getTableColumns, getTableName, type InferInsertModel, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import { q, type Write } from './client.ts'
import { bound } from './statement.ts'

/**
 * Inserts any number of rows with one statement and one parameter: the rows travel as JSON, because D1 takes 100
 * parameters a statement. Every column must be given.
 */
export function insertRows<Table extends SQLiteTable>(table: Table, rows: readonly InferInsertModel<Table>[]): Write[] {
  if (rows.length === 0) return []
  const { text, columns } = insertionInto(table)
  return [bound(text, [encode(rows, columns)])]
}

/** The same, where a row that is already there stays as it is. */
export function insertRowsOnce<Table extends SQLiteTable>(
  table: Table,
  rows: readonly InferInsertModel<Table>[],
): Write[] {
  if (rows.length === 0) return []
  const { text, columns } = insertionInto(table)
  return [bound(`${text} ON CONFLICT DO NOTHING`, [encode(rows, columns)])]
}

/** The same, where a row with this primary key may already be there: it then takes the new values. */
export function upsertRows<Table extends SQLiteTable>(
  table: Table,
  rows: readonly InferInsertModel<Table>[],
  key: readonly SQLiteColumn[],
): Write[] {
  if (rows.length === 0) return []
  const { text, columns } = insertionInto(table)
  const changed = columns.flatMap(([, column]) => (key.includes(column) ? [] : [column.name]))
  const assignments = changed.map((name) => `${name} = excluded.${name}`)
  const conflict = key.map(({ name }) => name)
  return [
    bound(`${text} ON CONFLICT (${conflict.join(', ')}) DO UPDATE SET ${assignments.join(', ')}`, [
      encode(rows, columns),
    ]),
  ]
}

type Columns = readonly (readonly [field: string, column: SQLiteColumn])[]

const insertions = new WeakMap<SQLiteTable, { text: string; columns: Columns }>()

/** The statement, built once a table. */
function insertionInto(table: SQLiteTable): { text: string; columns: Columns } {
  const known = insertions.get(table)
  if (known) return known
  const columns = Object.entries(getTableColumns(table))
  const names = columns.map(([, { name }]) => name)
  // ->> gives text and integers their SQL type back; JSON columns travel as the text they are stored as.
  const values = names.map((_, index) => `j.value ->> ${index}`)
  // WHERE true keeps SQLite from reading ON CONFLICT as a join condition.
  const text = `INSERT INTO ${getTableName(table)} (${names.join(', ')}) SELECT ${values.join(', ')} FROM json_each(?) AS j WHERE true`
  const made = { text, columns }
  insertions.set(table, made)
  return made
}

function encode(rows: readonly object[], columns: Columns): string {
  return JSON.stringify(
    rows.map((row) =>
      columns.map(([field, column]) => {
        const value = (row as Record<string, unknown>)[field] ?? null
        return value === null ? null : column.mapToDriverValue(value)
      }),
    ),
  )
}

/** `(SELECT value FROM json_each(?))`: a list of any length as one parameter, for IN. */
export function listOf(values: readonly (string | number)[]): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`
}

/** Aborts the batch with `code` where `condition` holds; nothing is written otherwise. */
export function refuseWhen(code: string, condition: SQL): Write {
  return q.run(sql`INSERT INTO guard SELECT ${code} WHERE ${condition}`)
}

type Versioned = SQLiteTable & { id: SQLiteColumn; version: SQLiteColumn }
/** A row as it was read. */
interface Known {
  id: string
  version: number
}

/** Changes a row from what it was, in the next version of it. Breaks `version_mismatch` when it was changed since, or is
 *  gone. */
export function updateVersion<Table extends Versioned>(
  table: Table,
  known: Known,
  changes: Partial<InferInsertModel<Table>>,
): Write[] {
  const values = { ...changes, version: known.version + 1 } as SQLiteUpdateSetSource<Table>
  return [q.update(table).set(values).where(isKnown(table, known)), refuseUnlessChanged]
}

/** Removes a row as it was. Breaks `version_mismatch` when it was changed since, or is gone. */
export function deleteVersion(table: Versioned, known: Known): Write[] {
  return [q.delete(table).where(isKnown(table, known)), refuseUnlessChanged]
}

function isKnown(table: Versioned, { id, version }: Known): SQL {
  return sql`${table.id} = ${id} AND ${table.version} = ${version}`
}

const refuseUnlessChanged = refuseWhen('version_mismatch', sql`changes() <> 1`)
