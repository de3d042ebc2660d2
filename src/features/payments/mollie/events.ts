import type { EventAnswer, ProviderEvent } from '../../../domain/provider.ts'
import { isObject, readObject, textOf } from '../json.ts'
import { isMollieId } from './call.ts'
import { factOf, type MolliePayment, outcomeOf, paymentIdOf, toDisputeFact, toRefundFact } from './payment.ts'

/** What an event is about: a payment of Mollie's, and of it perhaps one refund or chargeback. */
export interface MollieSubject {
  type: string
  /** Ours. */
  paymentId: string | null
  id: string
  entity: string | null
}

/** What the inbox keeps of a ping, which says nothing itself: what was asked about, to be asked about again. */
export function writeSubject({ type, paymentId, id, entity }: MollieSubject): string {
  return JSON.stringify({ type, id, entity, payment_id: paymentId })
}

/**
 * Reads an event that was signed, or what was kept of a ping. Whatever an event holds of its entity is how that was then: it is
 * a hint, and asked about.
 */
export function readMollieEvent(text: string, fallbackId: string): ProviderEvent {
  const body = readObject(text)
  const type = textOf(body?.type)
  const signedId = body?.resource === 'event' ? textOf(body.id) : null
  const eventId = signedId !== null && signedId.length <= 100 ? signedId : fallbackId
  const event = {
    eventId,
    type: type ?? 'unknown',
    paymentId: null,
    fact: null,
    reference: null,
    payload: text,
  } as const
  if (!body || type === null) return { ...event, unread: 'malformed' }
  if (!/^(?:payment|refund|capture|chargeback)\./.test(type)) return { ...event, unread: 'other_kind' }
  const subject = subjectOf(text)
  // Some events tell no more than the id of a refund, by which alone Mollie cannot be asked. Its ping tells the payment's.
  if (!subject) return { ...event, unread: entityIdOf(body) === null ? 'malformed' : 'other_kind' }
  return { ...event, unread: 'hint', paymentId: subject.paymentId, reference: subject.id }
}

/** What to ask Mollie about; null when it is not told. */
export function subjectOf(text: string): MollieSubject | null {
  const body = readObject(text)
  if (!body) return null
  const type = textOf(body.type) ?? 'unknown'
  if (body.resource !== 'event') {
    const id = textOf(body.id)
    const paymentId = paymentIdOf({ payment_id: body.payment_id })
    return isMollieId('payment', id) ? { type, id, paymentId, entity: textOf(body.entity) } : null
  }
  const entity = snapshotOf(body)
  const entityId = entityIdOf(body)
  const paymentId = paymentIdOf(entity?.metadata)
  if (isMollieId('payment', entityId)) return { type, id: entityId, paymentId, entity: null }
  const id = textOf(entity?.paymentId)
  return isMollieId('payment', id) ? { type, id, paymentId, entity: entityId } : null
}

/** The mode that a signed event names, `live` or `test`; null where it names none. */
export function modeOf(text: string): string | null {
  const body = readObject(text)
  return textOf(body?.mode) ?? textOf(body && snapshotOf(body)?.mode)
}

/** What `payment`, asked about just now, says about the subject of an event. */
export function answerOf(payment: MolliePayment | null, { entity }: MollieSubject): EventAnswer {
  if (!payment || payment.paymentId === null) return { paymentId: null, fact: null, reference: null }
  const { paymentId, id: reference } = payment
  const refund = payment.refunds.find(({ id }) => id === entity)
  const chargeback = payment.chargebacks.find(({ id }) => id === entity)
  if (refund) return { paymentId, fact: toRefundFact(refund), reference }
  if (chargeback) return { paymentId, fact: toDisputeFact(chargeback), reference }
  const capture = payment.captures.find(({ id }) => id === entity)
  const operation = capture && outcomeOf(payment, capture)
  return { paymentId, fact: factOf(payment), reference, ...(operation ? { operation } : {}) }
}

function entityIdOf(body: Record<string, unknown>): string | null {
  return textOf(body.entityId) ?? textOf(snapshotOf(body)?.id)
}

function snapshotOf({ _embedded: embedded }: Record<string, unknown>): Record<string, unknown> | null {
  return isObject(embedded) && isObject(embedded.entity) ? embedded.entity : null
}
