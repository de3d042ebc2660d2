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

/**
 * The source of the least that a change of a cart needs: a Hono route that reads the body, sends the same statements as one
 * batch, and answers as many bytes. It checks no token, looks nothing up and adds nothing up. Times that were bound move on,
 * as they do in the shop: a row that takes the values it has is written with less work.
 * @param recordedAt Unix milliseconds at which the statements were sent.
 */
export function bareBatchWorker(statements: readonly Statement[], body: string, recordedAt: number): string {
  return `import { Hono } from 'hono'
const statements = ${JSON.stringify(statements)}
const body = ${JSON.stringify(body)}
const isTime = (param) => typeof param === 'number' && param > 1_000_000_000_000
const app = new Hono()
app.patch('/v1/carts/:cart/lines', async (c) => {
  await c.req.json()
  const session = c.env.DB.withSession('first-primary')
  const later = Date.now() - ${recordedAt}
  const bound = (params) => params.map((param) => (isTime(param) ? param + later : param))
  const results = await session.batch(statements.map(([text, params]) => session.prepare(text).bind(...bound(params))))
  if (results.length !== statements.length) return c.text('', 500)
  return new Response(body, { headers: { 'Content-Type': 'application/json' } })
})
export default app
`
}
