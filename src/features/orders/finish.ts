import { isFinished, type Lifecycle } from '../../domain/order.ts'
import type { Move } from './move-queries.ts'
import type { OrderRow } from './queries.ts'

/** The last move of each lifecycle of an order; 0 where there is none. */
export type MoveCounts = Readonly<Record<Lifecycle, number>>

export function countsOf(last: readonly { lifecycle: Lifecycle; seq: number }[]): MoveCounts {
  const seqOf = (lifecycle: Lifecycle) => last.find((move) => move.lifecycle === lifecycle)?.seq ?? 0
  return { order: seqOf('order'), payment: seqOf('payment'), fulfillment: seqOf('fulfillment') }
}

/**
 * The order completes by itself once all is shipped and all that will be captured is: whoever brings the last of the two
 * completes it.
 * @param status where payment and shipping stand by then.
 */
export function movesOfFinish(
  { order, seq }: { order: OrderRow; seq: MoveCounts },
  status: Pick<OrderRow, 'paymentStatus' | 'fulfillmentStatus'>,
): Move[] {
  if (order.status !== 'confirmed' || !isFinished(status)) return []
  return [{ lifecycle: 'order', seq: seq.order + 1, from: order.status, to: 'completed', reason: 'finished' }]
}
