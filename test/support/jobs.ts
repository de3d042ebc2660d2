import { type Recovery, recover } from '../../src/features/checkout/recover.ts'
import { retryDueEvents } from '../../src/features/webhooks-in/retry.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Api } from './api.ts'

// A run takes so many of each kind, the oldest first: what other tests have left comes before one's own.
const RUNS = 40

/** Runs the cron's work as if `minutes` had passed, as often as it takes to get to the end of it. */
export async function recoverAfter(api: Api, minutes: number): Promise<Recovery> {
  const clock = () => new Date(Date.now() + minutes * 60_000)
  const context = systemContext('cron', api.bindings, { ...api.deps, clock }, () => {})
  const done: Recovery = { payments: 0, orders: 0, refunds: 0, operations: 0 }
  for (let run = 0, idle = 0; run < RUNS && idle < 2; run += 1) {
    const { payments, orders, refunds, operations } = await recover(context)
    done.payments += payments
    done.orders += orders
    done.refunds += refunds
    done.operations += operations
    idle = payments + orders + refunds + operations === 0 ? idle + 1 : 0
  }
  await retryDueEvents(context)
  return done
}
