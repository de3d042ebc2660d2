import * as z from 'zod'
import { audit } from '../../platform/audit.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { EventParams, toWebhookEventView, WebhookEventView } from './contract.ts'
import { retryEvent } from './process.ts'
import { findEventById, listEvents, type WebhookEventRow } from './queries.ts'

async function mustFindEvent({ db }: Context, id: string): Promise<WebhookEventRow> {
  const [[row]] = await db.read(findEventById(id))
  if (!row) throw new Problem('event_not_found')
  return row
}

export const webhookAdminRoutes = [
  route(
    {
      id: 'listWebhookEvents',
      method: 'get',
      path: '/v1/admin/webhook-events',
      summary: 'Events that came in, newest first, and what became of them',
      access: { staff: 'webhooks:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(WebhookEventView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/webhook-events', query.cursor, ['text'])
      const [rows] = await db.read(listEvents(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/webhook-events', ({ id }) => [id])
      return { body: { data: page.rows.map(toWebhookEventView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'replayWebhookEvent',
      method: 'post',
      path: '/v1/admin/webhook-events/:event/replay',
      summary: 'Apply an unmatched, failed or dead event again',
      access: { staff: 'webhooks:write' },
      limit: 'staff',
      params: EventParams,
      returns: WebhookEventView,
      problems: ['event_not_found', 'event_not_replayable'],
      replay: async (context, id) => ({ body: toWebhookEventView(await mustFindEvent(context, id)) }),
    },
    async (context, { params }) => {
      const { db, now, mint, caller, requestId, idempotency } = context
      const row = await mustFindEvent(context, params.event)
      const replayable = row.status === 'unmatched' || row.status === 'failed' || row.status === 'dead'
      const provider = context.provider(row.provider)
      if (!replayable || !provider) throw new Problem('event_not_replayable')
      const entry = { actor: actorOf(caller), action: 'webhook_event.replayed', subjectId: row.id, requestId }
      await db.commit([...claimKey(idempotency, now, row.id, 200), audit(mint, now, { ...entry, change: {} })])
      await retryEvent(context, row, provider.readStoredEvent(row.payload, row.eventId))
      return { body: toWebhookEventView(await mustFindEvent(context, row.id)) }
    },
  ),
]
