/** A statement as it was handed to D1. */
export interface Statement {
  text: string
  params: readonly unknown[]
}

/** The real database, which also notes every statement that goes through it. */
export function withRecord(database: D1Database, record: (statement: Statement) => void): D1Database {
  const recording = {
    withSession(constraint?: string) {
      const session = database.withSession(constraint)
      return {
        prepare: (text: string) => ({
          bind(...params: unknown[]) {
            record({ text, params })
            return session.prepare(text).bind(...params)
          },
        }),
        batch: (statements: D1PreparedStatement[]) => session.batch(statements),
        getBookmark: () => session.getBookmark(),
      }
    },
  }
  return recording as unknown as D1Database
}

/**
 * Tables and indexes that a statement walks from one end. `SCAN name` in a query plan also stands for what is no table (a
 * CTE, a subquery, the elements of a JSON parameter), so this looks into the program that the plan is made to: it opens a
 * b-tree by its root page and goes to the first or last row of it, where a search would seek one.
 */
export async function scansOf(database: D1Database, { text, params }: Statement): Promise<string[]> {
  const [program, roots] = await database.batch<Record<string, unknown>>([
    database.prepare(`EXPLAIN ${text}`).bind(...params),
    database.prepare('SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0'),
  ])
  const nameOf = new Map(roots?.results.map(({ rootpage, name }) => [rootpage, String(name)]))
  const walked: string[] = []
  let opened = new Map<unknown, string | undefined>()
  for (const { addr, opcode, p1, p2 } of program?.results ?? []) {
    // The program of a trigger comes behind, counts from 0 again, and so do its cursors.
    if (addr === 0) opened = new Map()
    if (opcode === 'OpenRead') opened.set(p1, nameOf.get(p2))
    const name = opened.get(p1)
    if (name !== undefined && (opcode === 'Rewind' || opcode === 'Last')) walked.push(name)
  }
  return walked
}

/** The steps that put rows in order, or in groups to be put in order, after they were found. */
export function sortsOf(steps: readonly string[]): string[] {
  return steps.filter((step) => /^USE TEMP B-TREE FOR .*ORDER BY/.test(step))
}

export async function explain(database: D1Database, { text, params }: Statement): Promise<string[]> {
  const { results } = await database
    .prepare(`EXPLAIN QUERY PLAN ${text}`)
    .bind(...params)
    .all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}
