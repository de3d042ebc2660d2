import type { OperationOutcome, ProviderEvent } from '../../domain/provider.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { announce } from '../../platform/outbox.ts'
import { applyFact } from '../checkout/apply.ts'
import { closeExhausted } from '../checkout/close-exhausted.ts'
import type { Settlement } from '../checkout/settlement.ts'
import { type OrderState, readOrderState } from '../checkout/state.ts'
import { noteOutcome } from '../payments/operation-queries.ts'
import { orderOfPayment } from '../payments/queries.ts'
import { announceDead, postpone } from './postpone.ts'
import { type EventMark, markEvent, type WebhookEventRow } from './queries.ts'

const OF_NOBODY = ['ignored', 'it names no payment of ours'] as const

/** What was read together with the event: the order of the payment that it names by itself. */
export interface Known {
  paymentId: string | null
  state: OrderState | null
}

/**
 * What an event does, with its mark, in one commit. What has come before its time waits for it; of what nobody can read, or of
 * money that is of no payment of ours, staff are told.
 */
export async function applyEvent(
  context: Context,
  row: WebhookEventRow,
  event: ProviderEvent,
  known: Known | null,
): Promise<void> {
  const { now } = context
  const { fact, paymentId } = event
  const attempts = row.attempts + 1
  const mark = (status: EventMark['status'], detail: string | null) =>
    markEvent(row, { status, detail, paymentId: paymentId ?? row.paymentId, attempts, nextAttemptAt: null }, now)
  const end = (outcome: OperationOutcome | null) =>
    paymentId === null || !outcome ? [] : noteOutcome({ paymentId, provider: row.provider }, outcome, context)
  try {
    if (fact === null && paymentId !== null && event.operation) {
      // The secret of one provider ends nothing that another was asked to do.
      const state = known ? known.state : await readOrderState(context.db, orderOfPayment(paymentId), now)
      const isTheirs = state?.payments.find(({ id }) => id === paymentId)?.provider === row.provider
      const [status, detail] = isTheirs ? (['processed', null] as const) : OF_NOBODY
      await context.db.commit([...mark(status, detail), ...end(event.operation)])
      return
    }
    if (fact === null) {
      const dead = event.unread === 'malformed' || event.unread === 'unclear'
      const told = dead ? announceDead(context, row, event.unread) : []
      const detail = event.unread === 'hint' ? 'the service knows of nothing of ours' : event.unread
      await context.db.commit([...mark(dead ? 'dead' : 'ignored', detail), ...told])
      return
    }
    if (paymentId === null) {
      const told = announceUnmatched(context, row, fact)
      const status = isAboutMoney(fact) ? 'unmatched' : 'ignored'
      await context.db.commit([...mark(status, 'it names no payment of ours'), ...told])
      return
    }
    // Asked about, it may turn out to be of another payment than was looked up, or of one where none was.
    const looked = known?.paymentId === paymentId ? known : null
    const settlement =
      looked?.state === null
        ? null
        : await applyFact(context, paymentId, fact, {
            known: looked?.state ?? null,
            details: {
              isEvent: true,
              ...(event.reference === null ? {} : { reference: event.reference }),
              ...(event.operation ? { operation: event.operation.id } : {}),
            },
            actor: row.provider,
            provider: row.provider,
            alongside: (settled) => [
              ...(settled.outcome === 'early' ? [] : mark(...markOf(settled))),
              ...end(outcomeOf(event, settled)),
            ],
          })
    if (settlement?.exhausted) closeBehind(context, paymentId)
    if (settlement?.outcome === 'early') await postpone(context, row, settlement.detail)
    if (!settlement) {
      await context.db.commit([
        ...mark('unmatched', 'no payment has this id'),
        ...announceUnmatched(context, row, fact),
      ])
    }
  } catch (error) {
    // A parallel delivery of the same event has decided it: that is the effect, once.
    if (error instanceof ConstraintError && error.constraint === 'event_taken') return
    throw error
  }
}

/** At once, because a tester is at work; the queue does it again where this fails. */
function closeBehind(context: Context, paymentId: string): void {
  const closing = closeExhausted(context, paymentId).catch((error: unknown) => {
    context.log.error('close_failed', error, { payment_id: paymentId })
  })
  context.waitUntil(closing)
}

/** What an event ends: a capture of another amount than ours has not done what was asked. */
function outcomeOf({ operation }: ProviderEvent, settled: Settlement): OperationOutcome | null {
  if (!operation || settled.outcome === 'early') return null
  return settled.outcome === 'mismatch' ? { ...operation, status: 'failed', detail: settled.detail } : operation
}

function markOf(settlement: Exclude<Settlement, { outcome: 'early' }>): [EventMark['status'], string | null] {
  switch (settlement.outcome) {
    case 'applied':
      return ['processed', null]
    case 'nothing':
      return ['ignored', settlement.why]
    case 'mismatch':
      return ['dead', settlement.detail]
  }
}

type Fact = NonNullable<ProviderEvent['fact']>

/** Whether somebody's money has moved: nobody may overlook that, whoever's payment it is. */
function isAboutMoney({ kind }: Fact): boolean {
  return kind === 'authorized' || kind === 'captured' || kind === 'refund' || kind === 'dispute'
}

/** Money that belongs to no payment of ours is for a person to look at, once: it may be looked at again by the cron. */
function announceUnmatched({ mint, now }: Context, { id, status, paymentId }: WebhookEventRow, fact: Fact) {
  if (!isAboutMoney(fact) || status === 'unmatched') return []
  const amount = 'amount' in fact ? fact.amount : null
  const payload = { payment_id: paymentId, kind: fact.kind, amount }
  return announce(mint, now, [{ topic: 'webhook.unmatched', subjectId: id, payload }])
}
