import type { DisputeFact, PaymentFact, RefundFact } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { flagMismatch } from '../payments/flag-queries.ts'
import { orderOfPayment } from '../payments/queries.ts'
import { settle } from './settle.ts'
import type { SettleDetails, Settlement } from './settlement.ts'
import { type OrderState, RACES, readOrderState } from './state.ts'

export const MAX_TRIES = 6

/** Whether a commit lost a race and should be decided anew from a fresh state. */
export function lostRace(error: unknown): boolean {
  return error instanceof ConstraintError && RACES.has(error.constraint)
}

/**
 * Applies a fact to its payment and order, once, however often it comes and whoever else is at it: read, decide,
 * commit, and decide anew when somebody was faster.
 * @param known a state that was just read, to save the first trip.
 * @param alongside writes that belong into the same batch, given the settlement (an event's mark, an outcome).
 * What speaks of another amount changes nothing and is told to staff, once.
 * @returns null when there is no such payment.
 */
export async function applyFact(
  context: Context,
  paymentId: string,
  fact: PaymentFact | RefundFact | DisputeFact,
  options: {
    details?: SettleDetails
    known?: OrderState | null
    actor?: string
    /** The fact is only good for a payment of this provider: the secret of one must not pay for another. */
    provider?: string
    alongside?: (settlement: Settlement) => Write[]
  } = {},
): Promise<Settlement | null> {
  const { db, now, mint, log } = context
  const actor = options.actor ?? actorOf(context.caller)
  let state = options.known ?? null
  for (let tries = 1; ; tries += 1) {
    state ??= await readOrderState(db, orderOfPayment(paymentId), now)
    const payment = state?.payments.find(({ id }) => id === paymentId)
    if (!state || !payment) return null
    if (options.provider !== undefined && payment.provider !== options.provider) return null
    const details = { terms: context.provider(payment.provider), ...options.details }
    const settlement = settle(state, payment, fact, { now, mint, actor }, details)
    const flags = settlement.outcome === 'mismatch' ? flagMismatch(paymentId, settlement.detail, context) : []
    const writes = [...settlement.writes, ...flags, ...(options.alongside?.(settlement) ?? [])]
    try {
      if (writes.length > 0) await db.commit(writes, [], { repeatable: true })
      if (settlement.outcome === 'mismatch') {
        log.warn('payment_mismatch', { payment_id: paymentId, actor, detail: settlement.detail })
      }
      return settlement
    } catch (error) {
      if (isEntered(error)) return noteNothing(context, options.alongside)
      if (!lostRace(error) || tries >= MAX_TRIES) throw error
      state = null
    }
  }
}

/** Whether the ledger had that part already, which is looked at only as it is entered: most facts are no parts. */
function isEntered(error: unknown): boolean {
  return error instanceof ConstraintError && error.constraint === 'part_entered'
}

async function noteNothing({ db }: Context, alongside?: (settlement: Settlement) => Write[]): Promise<Settlement> {
  const settlement: Settlement = { outcome: 'nothing', why: 'already', writes: [] }
  const writes = alongside?.(settlement) ?? []
  if (writes.length > 0) await db.commit(writes, [], { repeatable: true })
  return settlement
}
