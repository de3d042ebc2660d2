import { describe, expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'

const api = createApi()
const { DB } = testEnv()

async function runAt(time: string): Promise<void> {
  await runScheduled(systemContext('cron', api.bindings, { ...api.deps, clock: () => new Date(time) }, () => {}))
}

describe('expired idempotency keys', () => {
  it('go with the first run of an hour, and others stay', async () => {
    // Long before any key of another test.
    await DB.prepare(
      `INSERT INTO idempotency_keys (id, fingerprint, status, resource_id, created_at, expires_at)
       SELECT 'expired-' || value, '', 200, '', 0, unixepoch(value) * 1000 FROM json_each(?)`,
    )
      .bind(JSON.stringify(['2020-01-01T10:30:00Z', '2020-01-01T11:30:00Z']))
      .run()
    const left = async () => {
      const { results } = await DB.prepare("SELECT id FROM idempotency_keys WHERE id LIKE 'expired-%'").all()
      return results.map(({ id }) => id)
    }
    await runAt('2020-01-01T10:59:00Z')
    expect(await left()).toHaveLength(2)
    await runAt('2020-01-01T11:00:00Z')
    expect(await left()).toEqual(['expired-2020-01-01T11:30:00Z'])
    await runAt('2020-01-01T12:00:00Z')
    expect(await left()).toEqual([])
  })
})
