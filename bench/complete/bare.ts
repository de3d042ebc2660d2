import type { Statement } from '../rig/record.ts'

/**
 * The source of the least that a complete needs: a Hono route that reads the body, makes the same two commits, one after
 * the other, and answers as many bytes. It checks no token, looks nothing up, decides and adds up nothing.
 *
 * Every order is a new one: the cart is the one in the path, other ids that were recorded are replaced by fresh ones which
 * ascend as the shop's own do, and times move on.
 * @param recordedAt Unix milliseconds at which the commits were sent.
 */
export function bareCommitsWorker(
  commits: readonly (readonly Statement[])[],
  body: string,
  { cartId, freshIds, recordedAt }: { cartId: string; freshIds: readonly string[]; recordedAt: number },
): string {
  return `import { Hono } from 'hono'
const commits = ${JSON.stringify(commits)}
const ids = ${JSON.stringify([cartId, ...freshIds])}
const isTime = (param) => typeof param === 'number' && param > 1_000_000_000_000
const places = new RegExp(ids.join('|'), 'g')
/** A text in pieces: what stays, and between them the places of ids in the list. */
const cut = (text) => ({ pieces: text.split(places), ids: [...text.matchAll(places)].map(([id]) => ids.indexOf(id)) })
const templates = commits.map((statements) => statements.map(([text, params]) => ({
  text,
  params: params.map((param) => (typeof param === 'string' && param.search(places) >= 0 ? cut(param) : param)),
})))
const answer = cut(${JSON.stringify(body)})
const fill = ({ pieces, ids: used }, fresh) => {
  let text = pieces[0]
  for (let index = 0; index < used.length; index += 1) text += fresh[used[index]] + pieces[index + 1]
  return text
}
let made = 0
const app = new Hono()
app.post('/v1/carts/:cart/complete', async (c) => {
  await c.req.json()
  made += 1
  const count = (Date.now() * 1000 + (made % 1000)).toString(32).padStart(12, '0')
  const fresh = ids.map((id, index) => (index === 0 ? c.req.param('cart') : id.slice(0, -12) + count))
  const later = Date.now() - ${recordedAt}
  const bound = (param) => (isTime(param) ? param + later : param?.pieces ? fill(param, fresh) : param)
  const session = c.env.DB.withSession('first-primary')
  for (const statements of templates) {
    const results = await session.batch(statements.map(({ text, params }) => session.prepare(text).bind(...params.map(bound))))
    if (results.length !== statements.length) return c.text('', 500)
  }
  return new Response(fill(answer, fresh), { headers: { 'Content-Type': 'application/json' } })
})
export default app
`
}
