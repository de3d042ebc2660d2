import { getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import { type Query, q, type Write } from './client.ts'

/** The text of a statement as it was built at its place in the code, and how many values are bound to it. */
interface Built {
  text: string
  params: number
}

const built = new WeakMap<TemplateStringsArray, Built>()

/**
 * A write whose text is built once, the first time its line runs, and only bound afterwards: building takes longer than
 * all the rest of a change of a cart. For statements of hot routes; everywhere else drizzle's builder reads better.
 *
 * Strings, numbers and nulls among `values` are bound; tables, columns and fragments without values of their own become
 * text, and must be the same at every run.
 * @throws {Error} for a fragment that brings values.
 */
export function statement(strings: TemplateStringsArray, ...values: unknown[]): Write {
  return prepared(strings, values, (result) => result) as unknown as Write
}

/** The same for a read. @param toRow what a row of the result stands for. */
export function query<Row>(toRow: (row: Record<string, unknown>) => Row) {
  return (strings: TemplateStringsArray, ...values: unknown[]): Query<Row[]> =>
    prepared(strings, values, ({ results }) => (results as Record<string, unknown>[]).map(toRow)) as unknown as Query<
      Row[]
    >
}

/** All columns of a table as the text of a SELECT, and what turns a row of them into the table's type. */
export function wholeRows<Of extends Table>(
  table: Of,
): { columns: SQL; toRow: (row: Record<string, unknown>) => Of['$inferSelect'] } {
  const fields = Object.entries(getTableColumns(table))
  const columns = sql.join(
    fields.map(([, column]) => sql`${column}`),
    sql`, `,
  )
  return {
    columns,
    toRow: (row) => {
      const read: Record<string, unknown> = {}
      for (const [field, column] of fields) {
        const value = row[column.name]
        read[field] = value === null ? null : column.mapFromDriverValue(value)
      }
      return read as Of['$inferSelect']
    },
  }
}

function prepared(strings: TemplateStringsArray, values: unknown[], mapResult: (result: D1Result) => unknown) {
  const params = values.filter(isBound)
  const getQuery = () => {
    const { text, params: wanted } = built.get(strings) ?? build(strings, values)
    if (params.length !== wanted) throw new Error(`a statement binds ${wanted} values, not ${params.length}: ${text}`)
    return { sql: text, params }
  }
  return { _prepare: () => ({ getQuery, mapResult }) }
}

function build(strings: TemplateStringsArray, values: unknown[]): Built {
  const item = q.run(sql(strings, ...values)) as unknown as {
    _prepare(): { getQuery(): { sql: string; params: unknown[] } }
  }
  const { sql: text, params } = item._prepare().getQuery()
  const known = { text, params: params.length }
  built.set(strings, known)
  return known
}

function isBound(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
