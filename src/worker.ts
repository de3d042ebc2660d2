import { createApp, defaultDeps } from './app.ts'
import { consume } from './jobs/consume.ts'
import { systemContext } from './jobs/context.ts'
import type { QueueMessage } from './jobs/relay.ts'
import { runScheduled } from './jobs/scheduled.ts'
import type { Bindings } from './platform/env.ts'

const deps = defaultDeps()
const app = createApp(deps)

export default {
  fetch: app.fetch,
  async scheduled(_controller, bindings, execution) {
    await runScheduled(systemContext('cron', bindings, deps, (work) => execution.waitUntil(work)))
  },
  async queue(batch, bindings, execution) {
    const context = systemContext('queue', bindings, deps, (work) => execution.waitUntil(work))
    for (const message of batch.messages) {
      try {
        await consume(context, message.body)
        message.ack()
      } catch (error) {
        context.log.error('message_failed', error, { message_id: message.id, attempts: message.attempts })
        message.retry()
      }
    }
  },
} satisfies ExportedHandler<Bindings, QueueMessage>
