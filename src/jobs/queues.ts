import { mergeTags, type PurgeMessage } from '../platform/cache/purge.ts'
import type { Bindings } from '../platform/env.ts'
import type { Context, Deps } from '../platform/http/context.ts'
import { consume } from './consume.ts'
import { systemContext } from './context.ts'
import type { QueueMessage } from './relay.ts'

const PURGE_QUEUE = 'edge-commerce-purges'

/** One batch of either queue, told apart by the queue's name; an environment may add a suffix to it. */
export async function handleBatch(
  batch: MessageBatch<QueueMessage | PurgeMessage>,
  bindings: Bindings,
  deps: Deps,
  execution: ExecutionContext,
): Promise<void> {
  const context = systemContext('queue', bindings, deps, (work) => execution.waitUntil(work))
  if (batch.queue.startsWith(PURGE_QUEUE)) {
    await purgeAll(context, batch as MessageBatch<PurgeMessage>, (tags) => deps.purgeFront(tags, execution))
  } else await consumeEach(context, batch as MessageBatch<QueueMessage>)
}

async function consumeEach(context: Context, batch: MessageBatch<QueueMessage>): Promise<void> {
  for (const message of batch.messages) {
    try {
      await consume(context, message.body)
      message.ack()
    } catch (error) {
      context.log.error('message_failed', error, { message_id: message.id, attempts: message.attempts })
      message.retry()
    }
  }
}

/** All purges of a batch in one call: the platform takes five calls a minute, however many edits there are. */
async function purgeAll(
  { log }: Context,
  batch: MessageBatch<PurgeMessage>,
  purge: (tags: readonly string[]) => Promise<void>,
): Promise<void> {
  const tags = mergeTags(batch.messages.map(({ body }) => body))
  try {
    if (tags.length > 0) await purge(tags)
    batch.ackAll()
  } catch (error) {
    log.error('purge_failed', error, { messages: batch.messages.length })
    batch.retryAll()
  }
}
