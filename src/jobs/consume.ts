import { closeExhausted } from '../features/checkout/close-exhausted.ts'
import { finishPayments } from '../features/checkout/finish.ts'
import type { Context } from '../platform/http/context.ts'
import type { QueueMessage } from './relay.ts'

/** What a higher row does about an event of a lower one. Topics without an entry are for the outside. */
const CONSUMERS: Readonly<Record<string, (context: Context, message: QueueMessage) => Promise<unknown>>> = {
  // Money that has no order goes back. The cron looks for such refunds too, so that a lost message loses nothing.
  'payment.unusable': (context, { subject_id }) => finishPayments(context, [subject_id]),
  // Whoever took the event has closed it already, or could not.
  'payment.exhausted': (context, { subject_id }) => closeExhausted(context, subject_id),
}

/** Handles one message of the queue. It may come twice: what it calls decides anew from what is stored. */
export async function consume(context: Context, message: QueueMessage): Promise<void> {
  context.log.info('event', { topic: message.topic, subject_id: message.subject_id, event_id: message.id })
  await CONSUMERS[message.topic]?.(context, message)
}
