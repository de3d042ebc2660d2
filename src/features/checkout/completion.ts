import type { WholeOrder } from '../orders/read.ts'

/** How a complete ended: the order, and the attempt that this request is about (none where nothing was due). */
export interface Completion {
  whole: WholeOrder
  paymentId: string | null
  replayed: boolean
}

export function toCompletion(whole: WholeOrder | null, paymentId: string | null): Completion {
  if (!whole) throw new Error('the order just placed is gone')
  return { whole, paymentId, replayed: false }
}
