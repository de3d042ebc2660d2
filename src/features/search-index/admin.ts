import { audit } from '../../platform/audit.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { route } from '../../platform/http/route.ts'
import { RebuildInput, RebuildView, toRebuildView } from './contract.ts'
import { continueRebuild } from './rebuild.ts'
import { findRebuild, startRebuild } from './rebuild-queries.ts'

export const searchIndexRoutes = [
  route(
    {
      id: 'rebuildSearch',
      method: 'post',
      path: '/v1/admin/search/rebuild',
      summary:
        'Make the search index anew, or go on with that; the cron goes on by itself, and searches go on meanwhile',
      access: { staff: 'products:write' },
      limit: 'staff',
      body: RebuildInput,
      returns: RebuildView,
      problems: [],
      replay: (context) => reply(context, 0),
    },
    async (context, { body }) => {
      const { db, now, mint, caller, requestId, idempotency } = context
      const [[rebuild]] = await db.read(findRebuild())
      const starts = !rebuild || rebuild.phase === 'finished'
      const entry = { actor: actorOf(caller), action: 'search.rebuild_started', subjectId: 'search_index', requestId }
      const writes = [
        ...claimKey(idempotency, now, 'search_index', 200),
        ...(starts ? [...startRebuild(now), audit(mint, now, { ...entry, change: {} })] : []),
      ]
      if (writes.length > 0) await db.commit(writes)
      return reply(context, body.steps)
    },
  ),
]

/** @throws {Error} where none was ever started. */
async function reply(context: Context, steps: number) {
  const rebuild = await continueRebuild(context, steps)
  if (!rebuild) throw new Error('there is no rebuild to go on with')
  return { body: toRebuildView(rebuild) }
}
