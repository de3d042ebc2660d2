import { type Recovery, recover } from '../../src/features/checkout/recover.ts'
import { retryDueEvents } from '../../src/features/webhooks-in/retry.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Api } from './api.ts'

/** Runs the cron's work as if `minutes` had passed. */
export async function recoverAfter(api: Api, minutes: number): Promise<Recovery> {
  const clock = () => new Date(Date.now() + minutes * 60_000)
  const context = systemContext('cron', api.bindings, { ...api.deps, clock }, () => {})
  const recovery = await recover(context)
  await retryDueEvents(context)
  return recovery
}
