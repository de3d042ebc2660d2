import { expect } from 'vitest'
import { drainStale } from '../../src/features/listings/drain.ts'
import { openPreparedMarkets } from '../../src/features/markets/own-prices.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Answer, Api, Ask } from './api.ts'
import { testEnv } from './env.ts'
import { seedShop } from './shop.ts'

/** The API as staff with every scope use it: each call is expected to succeed, and answers its body. */
export function asStaff(api: Api) {
  const answered = async (asked: Promise<Answer>) => {
    const { status, body } = await asked
    expect(status, JSON.stringify(body)).toBeLessThan(300)
    return body
  }
  const own = async (ask: Ask = {}): Promise<Ask> => ({ token: (await seedShop()).staffKey, ...ask })
  return {
    get: async (path: string) => answered(api.get(path, await own())),
    post: async (path: string, body: unknown, ask?: Ask) => answered(api.post(path, body, await own(ask))),
    patch: async (path: string, body: unknown, ask?: Ask) => answered(api.patch(path, body, await own(ask))),
    delete: async (path: string, ask?: Ask) => answered(api.delete(path, await own(ask))),
    /** Where a refusal is what is tested. */
    try: async (method: 'post' | 'patch', path: string, body: unknown, ask?: Ask) =>
      api[method](path, body, await own(ask)),
    tryDelete: async (path: string, ask?: Ask) => api.delete(path, await own(ask)),
  }
}

/** What a list shows, page by page: the ids of its products. @param query without a cursor. */
export async function walkList(api: Api, query: string): Promise<string[]> {
  const seen: string[] = []
  let cursor = ''
  do {
    const { status, body } = await api.get(`/v1/products?${query}${cursor}`)
    expect(status, JSON.stringify(body)).toBe(200)
    seen.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : ''
  } while (cursor !== '')
  return seen
}

/** Does the cron's work on lists, to the end. @returns how many products had been left to be derived. */
export async function deriveAll(api: Api): Promise<number> {
  const context = systemContext('cron', api.bindings, api.deps, () => {})
  const derived = await drainStale(context, 1000)
  await openPreparedMarkets(context)
  return derived
}

/** The actions of the audit trail of a thing, the oldest first. */
export async function trailOf(subjectId: string): Promise<string[]> {
  const statement = 'SELECT action FROM audit_log WHERE subject_id = ? ORDER BY at, id'
  const { results } = await testEnv().DB.prepare(statement).bind(subjectId).all<{ action: string }>()
  return results.map(({ action }) => action)
}
