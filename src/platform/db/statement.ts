import { getTableColumns, SQL, sql, type Table } from 'drizzle-orm'
import { type Query, q, type Write } from './client.ts'

/** The text of a statement as it was built at its place in the code, and how many values are bound to it. */
interface Built {
  text: string
  params: number
}

/** By the template of the statement, then by the fragments in it. */
const built = new WeakMap<TemplateStringsArray, Map<string, Built>>()

/**
 * A write whose text is built once, the first time its line runs, and only bound afterwards: building takes longer than
 * all the rest of a change of a cart. For statements of hot routes; everywhere else drizzle's builder reads better.
 *
 * Strings, numbers and nulls among `values` are bound, and so are those of a `fragment`; tables, columns and other pieces
 * become text, and must be the same at every run.
 * @throws {Error} for a piece that brings values and is not a `fragment`.
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

/** A write with the text and values it has: for whoever builds texts once by other means. */
export function bound(text: string, params: readonly unknown[]): Write {
  return {
    _prepare: () => ({ getQuery: () => ({ sql: text, params }), mapResult: (result: D1Result) => result }),
  } as unknown as Write
}

let lastMark = 0
const marks = new WeakMap<TemplateStringsArray, number>()

/** A piece of SQL with values of its own that a `statement` or `query` may take: a subquery, a condition. */
export class Fragment<Type = unknown> extends SQL<Type> {
  readonly strings: TemplateStringsArray
  readonly values: readonly unknown[]
  constructor(strings: TemplateStringsArray, values: readonly unknown[]) {
    super([])
    this.strings = strings
    this.values = values
  }

  /** Tells its template from all others. */
  get mark(): number {
    const known = marks.get(this.strings)
    if (known !== undefined) return known
    lastMark += 1
    marks.set(this.strings, lastMark)
    return lastMark
  }
}

// Where drizzle looks for what it builds of: only once, where the text is known afterwards.
Object.defineProperty(Fragment.prototype, 'queryChunks', {
  get(this: Fragment) {
    return sql(this.strings, ...this.values).queryChunks
  },
  set() {},
})

export function fragment<Type = unknown>(strings: TemplateStringsArray, ...values: unknown[]): Fragment<Type> {
  return new Fragment<Type>(strings, values)
}

/**
 * Rows of a table as one JSON array, to be a column of another statement: a statement that has many small lists in it costs
 * less than as many statements.
 */
export function jsonRows<Of extends Table>(
  table: Of,
): {
  /** @param which what follows FROM and the table: WHERE, ORDER BY. */
  json: (which: SQL) => Fragment
  toRows: (values: readonly (readonly unknown[])[]) => Of['$inferSelect'][]
} {
  const fields = Object.entries(getTableColumns(table))
  // JSON within JSON as it is: as text every quote in it would be escaped, once a level.
  const names = sql.raw(
    fields.map(([, { name, dataType }]) => (dataType === 'json' ? `json(${name})` : name)).join(', '),
  )
  return {
    // The inner SELECT puts them in order: of the outer one an ORDER BY would come too late.
    json: (which) => fragment`(SELECT json_group_array(json_array(${names})) FROM (SELECT * FROM ${table} ${which}))`,
    toRows: (values) =>
      values.map((row) => {
        const read: Record<string, unknown> = {}
        for (const [index, [field, column]] of fields.entries()) {
          const value = row[index]
          read[field] = value === null || column.dataType === 'json' ? value : column.mapFromDriverValue(value)
        }
        return read as Of['$inferSelect']
      }),
  }
}

/** All columns of a table as the text of a SELECT, and what turns a row of them into the table's type. */
export function wholeRows<Of extends Table>(
  table: Of,
): { columns: SQL; toRow: (row: Record<string, unknown>) => Of['$inferSelect'] } {
  const fields = Object.entries(getTableColumns(table))
  return {
    columns: sql.raw(fields.map(([, { name }]) => name).join(', ')),
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
  const params: unknown[] = []
  const key = collect(values, params)
  const getQuery = () => {
    const { text, params: wanted } = built.get(strings)?.get(key) ?? build(strings, values, key)
    if (params.length !== wanted) throw new Error(`a statement binds ${wanted} values, not ${params.length}: ${text}`)
    return { sql: text, params }
  }
  return { _prepare: () => ({ getQuery, mapResult }) }
}

/** Puts what is bound into `params`, in the order of the text. @returns which fragments are among `values`. */
function collect(values: readonly unknown[], params: unknown[]): string {
  let key = ''
  for (const value of values) {
    if (value === null || typeof value === 'string' || typeof value === 'number') params.push(value)
    else if (value instanceof Fragment) key += `${value.mark}(${collect(value.values, params)})`
  }
  return key
}

function build(strings: TemplateStringsArray, values: unknown[], key: string): Built {
  const item = q.run(sql(strings, ...values)) as unknown as {
    _prepare(): { getQuery(): { sql: string; params: unknown[] } }
  }
  const { sql: text, params } = item._prepare().getQuery()
  // Every letter travels with every request.
  const known = { text: text.replace(/\s*\n\s*/g, ' '), params: params.length }
  const variants = built.get(strings) ?? new Map<string, Built>()
  built.set(strings, variants.set(key, known))
  return known
}
