import { isLive, mayStillBePaid } from '../../domain/payment.ts'
import type { Write } from '../../platform/db/client.ts'
import { fragment } from '../../platform/db/statement.ts'
import type { Context } from '../../platform/http/context.ts'
import { settleKeys } from '../../platform/http/idempotency.ts'
import { freeAllExpiredHolds } from '../inventory/queries.ts'
import { listStalePendingOrders, postponeOrder } from '../orders/queries.ts'
import { dropSettledFlags, flagWaiting, unflag } from '../payments/flag-queries.ts'
import { listPendingOperations, postponeOperation } from '../payments/operation-queries.ts'
import {
  listDoubtfulPayments,
  listEndedAuthorizations,
  listQuietPayments,
  type PaymentRow,
  postponeAuthorization,
  postponePayment,
} from '../payments/queries.ts'
import {
  listPendingForeignRefunds,
  listPendingRefunds,
  postponeRefund,
  type RefundRow,
} from '../payments/refund-queries.ts'
import { abandonOrder } from './abandon.ts'
import { applyFact } from './apply.ts'
import { askAboutRefund, carryOutRefund } from './carry-out-refund.ts'
import { carryOut } from './operate.ts'
import { lookAgain } from './second-look.ts'
import { type Answered, closeSession, fetchSession } from './sessions.ts'
import { withoutSilentProviders } from './silent-providers.ts'
import { readOrderState } from './state.ts'

// Attempts younger than this belong to a request that is still at work.
const CREATED_GRACE_MS = 60_000
// A pending order nobody has touched for this long and whose attempts are all over is given up.
const PENDING_GRACE_MS = 60 * 60 * 1000
// A refund, capture or void this young is being carried out by whoever has saved it.
const REQUEST_GRACE_MS = 30_000
// Shoppers need less to pay: of one that is open for longer an event may be lost. Most are just abandoned, so few are asked
// about at a time.
const QUIET_MS = 15 * 60 * 1000
const QUIET_BATCH = 25
const DAY_MS = 24 * 3600 * 1000
// How long until an authorization is asked about again that the provider keeps longer than it promised.
const AUTHORIZATION_RETRY_MS = DAY_MS
// How long staff are not troubled with what the provider does not answer for, or says that it is still at.
const PATIENCE_MS = DAY_MS
const REFUND_PATIENCE_MS = 14 * DAY_MS
const BATCH = 50

export interface Recovery {
  payments: number
  orders: number
  refunds: number
  /** Captures and voids. */
  operations: number
}

/** Something in doubt, and how it is asked about. */
interface Case {
  counts: keyof Recovery
  subjectId: string
  paymentId: string
  ask: () => Promise<Answered>
  /** Puts it behind the others, where it stays as it is. */
  postpone: Write
  /** How long the provider may be at it. */
  patienceMs?: number
}

/**
 * Finishes what a crash, a lost answer, a lost event or an absent shopper left behind, by asking the provider under the same
 * ids. Safe to run at any time and by several at once: everything it does is decided anew and committed once.
 */
export async function recover(unlimited: Context): Promise<Recovery> {
  const { context } = withoutSilentProviders(unlimited)
  const { db, now, log } = context
  await db.commit([...freeAllExpiredHolds(now), dropSettledFlags()])
  const { cases, orders } = await listCases(context)
  const done: Recovery = { payments: 0, orders: 0, refunds: 0, operations: 0 }
  const answered: Record<Answered, string[]> = { settled: [], unchanged: [], under_way: [], unanswered: [] }
  for (const each of cases) await attempt(each)
  for (const { id } of orders) await giveUp(id)
  const over = [
    ...unflag(answered.unchanged, ['unanswered', 'under_way']),
    ...unflag(answered.under_way, ['unanswered']),
  ]
  if (over.length > 0) await db.commit(over)
  done.payments += await lookAgain(context)
  return done

  // One case that cannot be finished now goes to the back, and must not keep the others waiting.
  async function attempt({ counts, subjectId, paymentId, ask, postpone, patienceMs = PATIENCE_MS }: Case) {
    const answer = await ask().catch((error: unknown) => {
      log.error('recover_failed', error, { payment_id: paymentId })
      return 'unanswered' as const
    })
    answered[answer].push(subjectId)
    if (answer === 'settled') {
      done[counts] += 1
      return
    }
    const patience = answer === 'unanswered' ? PATIENCE_MS : patienceMs
    const flags =
      answer === 'unchanged' ? [] : flagWaiting({ subjectId, paymentId, kind: answer, patienceMs: patience }, context)
    await putOff([postpone, ...flags])
  }

  async function giveUp(id: string) {
    const given = await recoverOrder(context, id).catch((error: unknown) => {
      log.error('recover_failed', error, { order_id: id })
      return { cancelled: false, unanswered: null }
    })
    if (given.cancelled) {
      done.orders += 1
      return
    }
    const { unanswered: paymentId } = given
    const waiting = { kind: 'unanswered', patienceMs: PATIENCE_MS } as const
    const flags = paymentId === null ? [] : flagWaiting({ ...waiting, subjectId: paymentId, paymentId }, context)
    await putOff([postponeOrder(id, now), ...flags])
  }

  async function putOff(writes: Write[]) {
    try {
      await db.commit(writes)
    } catch (error) {
      log.error('recover_failed', error)
    }
  }
}

async function listCases(context: Context): Promise<{ cases: Case[]; orders: { id: string }[] }> {
  const { db, now } = context
  const created = new Date(now.getTime() - CREATED_GRACE_MS)
  const stale = new Date(now.getTime() - PENDING_GRACE_MS)
  const asked = new Date(now.getTime() - REQUEST_GRACE_MS)
  const quiet = new Date(now.getTime() - QUIET_MS)
  const [payments, open, authorizations, orders, refunds, foreign, operations] = await db.read(
    listDoubtfulPayments(created, now, BATCH),
    listQuietPayments(quiet, now, QUIET_BATCH),
    listEndedAuthorizations(now, BATCH),
    listStalePendingOrders(stale, BATCH),
    listPendingRefunds(asked, now, BATCH),
    listPendingForeignRefunds(asked, now, BATCH),
    listPendingOperations(asked, now, BATCH),
  )
  const later = new Date(now.getTime() + AUTHORIZATION_RETRY_MS)
  const ofPayment = (payment: PaymentRow, ask: Case['ask'], postpone: Write): Case => {
    return { counts: 'payments', subjectId: payment.id, paymentId: payment.id, ask, postpone }
  }
  const ofRefund = (refund: RefundRow, ask: Case['ask']): Case[] => {
    const { id: subjectId, paymentId } = refund
    // What goes to a gift card is nobody's to ask for.
    if (paymentId === null) return []
    const postpone = postponeRefund(subjectId, now)
    return [{ counts: 'refunds', subjectId, paymentId, ask, postpone, patienceMs: REFUND_PATIENCE_MS }]
  }
  const cases: Case[] = [
    ...[...payments, ...open].map((payment) =>
      ofPayment(payment, () => recoverPayment(context, payment), postponePayment(payment.id, now)),
    ),
    ...authorizations.map((payment) =>
      ofPayment(payment, () => endAuthorization(context, payment), postponeAuthorization(payment.id, later)),
    ),
    ...operations.map((operation): Case => {
      const { id: subjectId, paymentId } = operation
      const ask = () => carryOut(context, operation)
      return { counts: 'operations', subjectId, paymentId, ask, postpone: postponeOperation(subjectId, now) }
    }),
    ...refunds.flatMap((refund) => ofRefund(refund, () => carryOutRefund(context, refund))),
    ...foreign.flatMap((refund) => ofRefund(refund, () => askAboutRefund(context, refund))),
  ]
  return { cases, orders }
}

/** Asks what became of an attempt; one whose session is over is closed, so that it can no longer be paid. */
async function recoverPayment(context: Context, payment: PaymentRow): Promise<Answered> {
  const over = payment.sessionExpiresAt < context.now.getTime()
  const fetched = await fetchSession(context, payment)
  if (!fetched) return 'unanswered'
  const unpaid = fetched.fact.kind !== 'captured' && fetched.fact.kind !== 'authorized'
  const session = over && unpaid ? await closeSession(context, payment) : fetched
  if (!session) return 'unanswered'
  const settled = await applyFact(context, payment.id, session.fact, {
    details: { reference: session.reference, nextAction: session.nextAction },
    actor: payment.provider,
    alongside: () => (payment.status === 'created' ? settleKeys(payment.idempotencyId, 200) : []),
  })
  // What could not be closed is not over: a slow method may still pay.
  const closed = session.fact.kind === 'closed' || session.fact.kind === 'voided'
  if (over && closed) await abandonOrder(context, { orderId: payment.orderId }, 'payment_expired')
  if (settled?.outcome === 'applied') return 'settled'
  // No slow method takes as long as that, says the provider; its goods are kept no longer.
  return over && session.fact.kind === 'processing' ? 'under_way' : 'unchanged'
}

/**
 * A pending order whose attempts are all over: nobody can pay it any more.
 * @returns `unanswered`: the attempt that could not be closed, because its provider does not answer.
 */
async function recoverOrder(
  context: Context,
  orderId: string,
): Promise<{ cancelled: boolean; unanswered: string | null }> {
  const state = await readOrderState(context.db, fragment`${orderId}`, context.now)
  if (!state || state.payments.some(({ status }) => isLive(status))) return { cancelled: false, unanswered: null }
  const { outcome } = await abandonOrder(context, { orderId }, 'payment_expired')
  const last = state.payments.findLast(({ status }) => mayStillBePaid(status))
  return { cancelled: outcome === 'cancelled', unanswered: outcome === 'in_doubt' && last ? last.id : null }
}

/** An authorization whose time is over: most providers have let go of it by now, and say so when asked. */
async function endAuthorization(context: Context, payment: PaymentRow): Promise<Answered> {
  const session = await fetchSession(context, payment)
  if (!session) return 'unanswered'
  const { fact, reference } = session
  const settled = await applyFact(context, payment.id, fact, { actor: payment.provider, details: { reference } })
  return settled?.outcome === 'applied' ? 'settled' : 'unchanged'
}
