/** A statement as it was sent: its text and what was bound. */
export type Statement = readonly [text: string, params: readonly unknown[]]

/** `database`, with every batch that goes through it written down. */
export function recordBatches(database: D1Database): { database: D1Database; batches: Statement[][] } {
  const batches: Statement[][] = []
  const texts = new WeakMap<object, Statement>()
  const session = (consistency: string) => {
    const own = database.withSession(consistency)
    return {
      prepare: (text: string) => ({
        bind: (...params: unknown[]) => {
          const statement = own.prepare(text).bind(...params)
          texts.set(statement, [text, params])
          return statement
        },
      }),
      batch: (statements: D1PreparedStatement[]) => {
        batches.push(statements.flatMap((statement) => [texts.get(statement) ?? (['', []] as const)]))
        return own.batch(statements)
      },
      getBookmark: () => own.getBookmark(),
    }
  }
  return { database: { withSession: session } as unknown as D1Database, batches }
}
