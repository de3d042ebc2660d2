import type { Statement } from '../rig/record.ts'
import { replaySource } from '../rig/replay.ts'

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
${replaySource([cartId, ...freshIds], recordedAt)}
const templates = toTemplates(${JSON.stringify(commits)})
const answer = cut(${JSON.stringify(body)})
const app = new Hono()
app.post('/v1/carts/:cart/complete', async (c) => {
  await c.req.json()
  const fresh = replaced.map((id, index) => (index === 0 ? c.req.param('cart') : mint(id)))
  await send(c.env, templates, fresh)
  return new Response(fill(answer, fresh), { headers: { 'Content-Type': 'application/json' } })
})
export default app
`
}
