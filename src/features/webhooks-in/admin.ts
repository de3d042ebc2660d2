import { audit } from '../../platform/audit.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import {
  EventParams,
  StoredWebhookEventView,
  toEventFilter,
  toStoredWebhookEventView,
  toWebhookEventView,
  WebhookEventsQuery,
  WebhookEventView,
} from './contract.ts'
import { listEvents } from './list-queries.ts'
import { retryEvent } from './process.ts'
import { findEventById, type WebhookEventRow } from './queries.ts'

// An ignored one too: a newer version may read it, and a fact that is old by now changes nothing. One that was applied has
// had its effect, and one that has just come is being applied.
const REPLAYABLE: ReadonlySet<string> = new Set(['ignored', 'unmatched', 'failed', 'dead'])

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
      query: WebhookEventsQuery,
      returns: shape(() => listOf(WebhookEventView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const filter = toEventFilter(query)
      const list = JSON.stringify(['admin/webhook-events', filter])
      const position = await openCursor(list, query.cursor, ['text'])
      const [rows, [last]] = await db.read(...listEvents(filter, position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, ({ id }) => [id], last ? [last.id] : null)
      return { body: { data: page.rows.map(toWebhookEventView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getWebhookEvent',
      method: 'get',
      path: '/v1/admin/webhook-events/:event',
      summary: 'An event with what was signed, as far as it is kept',
      access: { staff: 'webhooks:read' },
      limit: 'staff',
      params: EventParams,
      returns: StoredWebhookEventView,
      problems: ['event_not_found'],
    },
    async (context, { params }) => ({ body: toStoredWebhookEventView(await mustFindEvent(context, params.event)) }),
  ),
  route(
    {
      id: 'replayWebhookEvent',
      method: 'post',
      path: '/v1/admin/webhook-events/:event/replay',
      summary: 'Apply an event again that had no effect: ignored, unmatched, failed or dead',
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
      const provider = context.provider(row.provider)
      if (!REPLAYABLE.has(row.status) || !provider) throw new Problem('event_not_replayable')
      const entry = { actor: actorOf(caller), action: 'webhook_event.replayed', subjectId: row.id, requestId }
      await db.commit([...claimKey(idempotency, now, row.id, 200), audit(mint, now, { ...entry, change: {} })])
      await retryEvent(context, provider, row)
      return { body: toWebhookEventView(await mustFindEvent(context, row.id)) }
    },
  ),
]
