import { createApp, defaultDeps } from './app.ts'
import { systemContext } from './jobs/context.ts'
import { handleBatch } from './jobs/queues.ts'
import type { QueueMessage } from './jobs/relay.ts'
import { runScheduled } from './jobs/scheduled.ts'
import type { PurgeMessage } from './platform/cache/purge.ts'
import type { Bindings } from './platform/env.ts'

const deps = defaultDeps()
const app = createApp(deps)

export default {
  fetch: app.fetch,
  async scheduled({ scheduledTime }, bindings, execution) {
    // In development the cron can be run as if it were later: /cdn-cgi/local/scheduled?time=<milliseconds>.
    const cronDeps = bindings.STAGE === 'dev' ? { ...deps, clock: () => new Date(scheduledTime) } : deps
    await runScheduled(systemContext('cron', bindings, cronDeps, (work) => execution.waitUntil(work)))
  },
  async queue(batch, bindings, execution) {
    await handleBatch(batch, bindings, deps, execution)
  },
} satisfies ExportedHandler<Bindings, QueueMessage | PurgeMessage>
