/** What was written to one table. */
export interface Written {
  /** Rows of the table itself. */
  rows: number
  /** What D1 bills: rows, and entries of its indexes. */
  billed: number
}

export type Tally = Record<string, Written>

/** The real database, counting by table what each of its batches writes. */
export function withTally(database: D1Database): { database: D1Database; batches: Tally[] } {
  const batches: Tally[] = []
  const wrapped = {
    withSession(constraint?: string) {
      const session = database.withSession(constraint)
      const texts = new WeakMap<object, string>()
      return {
        prepare: (query: string) => ({
          bind(...params: unknown[]) {
            const statement = session.prepare(query).bind(...params)
            texts.set(statement, query)
            return statement
          },
        }),
        async batch(statements: D1PreparedStatement[]) {
          const results = await session.batch(statements)
          const tally: Tally = {}
          for (const [index, { meta }] of results.entries()) {
            if (meta.rows_written === 0) continue
            const table = tableOf(texts.get(statements[index] ?? {}) ?? '')
            const { rows, billed } = tally[table] ?? { rows: 0, billed: 0 }
            tally[table] = { rows: rows + meta.changes, billed: billed + meta.rows_written }
          }
          batches.push(tally)
          return results
        },
        getBookmark: () => session.getBookmark(),
      }
    },
  }
  return { database: wrapped as unknown as D1Database, batches }
}

function tableOf(text: string): string {
  const table = /^\s*(?:insert into|update|delete from)\s+"?(\w+)"?/i.exec(text)?.[1]
  if (!table) throw new Error(`a statement writes what cannot be told: ${text}`)
  return table
}

/** What several batches have written together. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const all: Tally = {}
  for (const [table, { rows, billed }] of tallies.flatMap((tally) => Object.entries(tally))) {
    const known = all[table] ?? { rows: 0, billed: 0 }
    all[table] = { rows: known.rows + rows, billed: known.billed + billed }
  }
  return all
}
