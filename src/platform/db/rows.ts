import { getTableColumns, type InferInsertModel, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable, SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import { q, type Write } from './client.ts'

/**
 * Inserts any number of rows with one statement and one parameter: the rows travel as JSON, because D1 takes 100
 * parameters a statement. Every column must be given.
 */
export function insertRows<Table extends SQLiteTable>(table: Table, rows: readonly InferInsertModel<Table>[]): Write[] {
  if (rows.length === 0) return []
  return [q.run(insertSelect(table, rows))]
}

/** The same, where a row with this primary key may already be there: it then takes the new values. */
export function upsertRows<Table extends SQLiteTable>(
  table: Table,
  rows: readonly InferInsertModel<Table>[],
  key: readonly SQLiteColumn[],
): Write[] {
  if (rows.length === 0) return []
  const changed = Object.values(getTableColumns(table)).filter((column) => !key.includes(column))
  const conflict = sql.join(key.map(nameOf), sql`, `)
  const assignments = changed.map((column) => sql`${nameOf(column)} = excluded.${nameOf(column)}`)
  return [
    q.run(sql`${insertSelect(table, rows)} ON CONFLICT (${conflict}) DO UPDATE SET ${sql.join(assignments, sql`, `)}`),
  ]
}

function insertSelect<Table extends SQLiteTable>(table: Table, rows: readonly InferInsertModel<Table>[]): SQL {
  const columns = Object.entries(getTableColumns(table))
  const names = sql.join(
    columns.map(([, column]) => nameOf(column)),
    sql`, `,
  )
  // ->> gives text and integers their SQL type back; JSON columns travel as the text they are stored as.
  const values = sql.join(
    columns.map(([, column]) => sql`j.value ->> ${sql.raw(`'$.${column.name}'`)}`),
    sql`, `,
  )
  const encoded = rows.map((row) => {
    const given = row as Record<string, unknown>
    return Object.fromEntries(
      columns.map(([field, column]) => {
        const value = given[field] ?? null
        return [column.name, value === null ? null : column.mapToDriverValue(value)]
      }),
    )
  })
  // WHERE true keeps SQLite from reading ON CONFLICT as a join condition.
  return sql`INSERT INTO ${table} (${names}) SELECT ${values} FROM json_each(${JSON.stringify(encoded)}) AS j WHERE true`
}

function nameOf(column: SQLiteColumn): SQL {
  return sql.raw(column.name)
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
