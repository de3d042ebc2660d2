import type { Statement } from '../rig/record.ts'
import { replaySource } from '../rig/replay.ts'

/** What the shop did for a delivery: the batches it made one after the other, and its answer. */
export interface Handled {
  batches: readonly (readonly Statement[])[]
  status: number
  body: string
}

/** What is of one recorded delivery alone. */
export interface Told {
  /** Texts of its order that end with the count of the copy. */
  counted: readonly string[]
  /** Ids that were minted. */
  minted: readonly string[]
  eventId: string
  /** The bytes that were delivered, as text. */
  payload: string
  /** Unix milliseconds. */
  recordedAt: number
}

/**
 * The source of the least that a delivery needs: a Hono route a kind that reads the body, makes the same batches with the
 * same shapes of parameters, and answers as many bytes. It verifies, reads, looks up and decides nothing: which copy of
 * the order and which event it is, it is told by headers of the client's.
 */
export function bareDeliveriesWorker(kinds: Readonly<Record<string, Handled>>, told: Told): string {
  const { counted, minted, eventId, payload, recordedAt } = told
  const replaced = [JSON.stringify(payload).slice(1, -1), eventId, ...counted, ...minted]
  return `import { Hono } from 'hono'
${replaySource(replaced, recordedAt)}
const app = new Hono()
const kinds = ${JSON.stringify(kinds)}
for (const [kind, { batches, status, body }] of Object.entries(kinds)) {
  const templates = toTemplates(batches)
  app.post('/' + kind, async (c) => {
    const payload = await c.req.text()
    if (templates.length > 0) {
      const count = c.req.header('X-Copy')
      const fresh = replaced.map((text, index) => {
        if (index === 0) return JSON.stringify(payload).slice(1, -1)
        if (index === 1) return c.req.header('X-Event')
        return index < ${counted.length + 2} ? text.slice(0, -count.length) + count : mint(text)
      })
      await send(c.env, templates, fresh)
    }
    return new Response(body, { status, headers: { 'Content-Type': 'application/json' } })
  })
}
export default app
`
}
