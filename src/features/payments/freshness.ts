import type { RefusedWebhook } from '../../domain/provider.ts'

/** How far the time that a service has signed may be from ours, both ways. */
const TOLERANCE_SECONDS = 300

/**
 * Refuses a delivery that was signed too long ago, or in a future that no clock is wrong by: kept back, it would be good for
 * as long. @param seconds Unix time as signed; what is no number is malformed.
 */
export function refuseTime(seconds: number, now: Date, tolerance: number = TOLERANCE_SECONDS): RefusedWebhook | null {
  const age = now.getTime() / 1000 - seconds
  if (Number.isNaN(age))
    return { ok: false, why: 'malformed_signature', detail: 'the timestamp is no number of seconds' }
  if (age > tolerance) return { ok: false, why: 'too_old', detail: `signed ${Math.round(age)} seconds ago` }
  if (age < -TOLERANCE_SECONDS) {
    return { ok: false, why: 'too_new', detail: `signed ${Math.round(-age)} seconds in the future` }
  }
  return null
}
