// The last letters of an id, as many as a count of copies needs; digits are letters of ids.
export const COUNTED = 6

/** The id of the nth copy of what has `id`. */
export function copyOf(id: string, index: number): string {
  return id.slice(0, -COUNTED) + countOf(index)
}

/** How the ids of the nth copy end. */
export function countOf(index: number): string {
  return String(index).padStart(COUNTED, '0')
}

/**
 * `count` copies of each row of a table whose `of` is one of `ids`. All columns are as they were but the `counted` ones,
 * which are ids of the copy, and the `fixed` ones, which have the value of an expression.
 */
export async function copyRows(
  database: D1Database,
  table: string,
  {
    of,
    ids,
    counted = [of],
    fixed = {},
  }: { of: string; ids: readonly string[]; counted?: readonly string[]; fixed?: Readonly<Record<string, string>> },
  count: number,
): Promise<D1PreparedStatement> {
  // Of table_info: generated columns are not in it, and cannot be inserted.
  const { results } = await database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{ name: string }>()
  const columns = results.map(({ name }) => name)
  const values = columns.map((name) =>
    counted.includes(name)
      ? `substr(t.${name}, 1, length(t.${name}) - ${COUNTED}) || printf('%0${COUNTED}d', n)`
      : (fixed[name] ?? `t.${name}`),
  )
  return database
    .prepare(
      `INSERT INTO ${table} (${columns}) WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ?2 - 1)
        SELECT ${values} FROM c, ${table} AS t WHERE t.${of} IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(ids), count)
}
