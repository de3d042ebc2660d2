import type { Statement } from '../rig/record.ts'

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
