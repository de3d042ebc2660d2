import { announceAbandoned } from '../../src/features/cart/sweep.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Api } from './api.ts'

const LIFETIME_MS = 30 * 24 * 3600 * 1000

export const minutes = (count: number) => count * 60_000

/** The context of a run of the cron, `later` milliseconds from now. */
export function cronAt(api: Api, later: number) {
  const clock = () => new Date(Date.now() + later)
  return systemContext('cron', api.bindings, { ...api.deps, clock }, () => {})
}

/** Puts the watermark to now: carts changed from now on are the next that go quiet. */
export async function beginSweepHere(api: Api, from = Date.now()): Promise<void> {
  const statement = "INSERT OR REPLACE INTO cart_sweeps (name, until) VALUES ('abandoned', ?)"
  await api.bindings.DB.prepare(statement)
    .bind(from + LIFETIME_MS - 1)
    .run()
}

/** Runs the search for abandoned carts as the cron would, that much later. @returns how many were announced. */
export function sweepAt(api: Api, later: number): Promise<number> {
  return announceAbandoned(cronAt(api, later))
}

export interface Abandoned {
  cart_id: string
  recovery_url: string
  expires_at: string
}

/** The events of a cart that wait for the queue, as their payloads. */
export async function abandonedEvents(api: Api, cartId: string): Promise<Abandoned[]> {
  const statement = "SELECT payload FROM outbox WHERE topic = 'cart.abandoned' AND subject_id = ? ORDER BY id"
  const { results } = await api.bindings.DB.prepare(statement).bind(cartId).all<{ payload: string }>()
  return results.map(({ payload }) => JSON.parse(payload))
}
