import { describe, expect, it } from 'vitest'
import { recover } from '../../src/features/checkout/recover.ts'
import { lookAgain } from '../../src/features/checkout/second-look.ts'
import { forgetOldEvents, retryDueEvents } from '../../src/features/webhooks-in/retry.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { explain, type Statement, scansOf, withRecord } from '../support/query-plan.ts'

const api = createApi()
const { DB } = testEnv()
const DAY_MS = 24 * 3600_000

/** So many events that came in at `at`, applied. */
async function storeAt(at: number, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => createMint(new Date(at), cryptoRandom)('event'))
  await DB.prepare(
    `INSERT INTO webhook_events SELECT 'aged', value, value, 'payment.succeeded', 'processed', NULL, '{}', NULL, 1, ?2, ?2, NULL
      FROM json_each(?1)`,
  )
    .bind(JSON.stringify(ids), at)
    .run()
}

const kept = () => DB.prepare("SELECT count(*) AS n FROM webhook_events WHERE provider = 'aged'").first<number>('n')

describe('events are kept for 90 days', () => {
  it('and go by themselves then, a thousand a minute', async () => {
    const now = Date.now()
    await storeAt(now - 90 * DAY_MS - 60_000, 1500)
    await storeAt(now - 90 * DAY_MS + 3600_000, 3)
    const run = () => runScheduled(systemContext('cron', api.bindings, api.deps, () => {}))
    await run()
    expect(await kept()).toBe(503)
    await run()
    expect(await kept()).toBe(3)
    await run()
    expect(await kept()).toBe(3)
    await DB.prepare("DELETE FROM webhook_events WHERE provider = 'aged'").run()
  })
})

describe('what the cron looks for every minute it finds by an index', () => {
  async function statementsOf(work: (context: ReturnType<typeof systemContext>) => Promise<unknown>) {
    const seen: Statement[] = []
    const recording = withRecord(DB, (statement) => seen.push(statement))
    const context = systemContext('cron', { ...api.bindings, DB: recording }, api.deps, () => {})
    await work(context)
    return seen
  }

  it('old events, due events, and those whose payment has appeared', async () => {
    const statements = await statementsOf(async (context) => {
      await retryDueEvents(context)
      await context.db.commit([forgetOldEvents(context.now)])
    })
    const plans = (await Promise.all(statements.map((statement) => explain(DB, statement)))).flat()
    expect(plans.filter((step) => /webhook_events/.test(step)).sort()).toEqual(
      [
        'SCAN webhook_events USING INDEX webhook_events_troubled',
        'SEARCH webhook_events USING COVERING INDEX webhook_events_id (id<?)',
        'SEARCH webhook_events USING INDEX webhook_events_due (next_attempt_at>? AND next_attempt_at<?)',
        'SEARCH webhook_events USING INDEX webhook_events_id (id=?)',
        'SEARCH webhook_events USING INDEX webhook_events_id (id=?)',
      ].sort(),
    )
    expect(plans.find((step) => /^(SCAN|SEARCH) p\b/.test(step))).toMatch(/USING PRIMARY KEY \(id=\?\)$/)
  })

  it('payments in doubt, and those that are looked at a second time', async () => {
    await DB.prepare("INSERT INTO payment_reviews VALUES ('late', '') ON CONFLICT DO UPDATE SET up_to = ''").run()
    const statements = await statementsOf(async (context) => {
      await recover(context)
      await lookAgain(context)
    })
    const walked = new Set((await Promise.all(statements.map((statement) => scansOf(DB, statement)))).flat())
    // Each holds nothing but what is live, pending, held or flagged at the moment.
    const small = ['payments_one_live', 'payments_authorized', 'payment_operations_one_pending', 'refunds_pending']
    const others = ['orders_pending', 'stock_holds', 'stock_holds_expired', 'payment_flags']
    for (const name of walked) expect([...small, ...others]).toContain(name)
  })
})
