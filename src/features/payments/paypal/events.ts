import type { ProviderEvent } from '../../../domain/provider.ts'
import { isObject, readObject, textOf } from '../json.ts'
import { readCustomId } from './order.ts'

/** What an event is about, by PayPal's id of it. */
export interface PayPalSubject {
  kind: 'order' | 'capture' | 'authorization' | 'refund' | 'dispute'
  type: string
  id: string
}

const SUBJECTS = new Map<string, PayPalSubject['kind']>(
  Object.entries({
    'CHECKOUT.ORDER.APPROVED': 'order',
    'CHECKOUT.ORDER.COMPLETED': 'order',
    'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'order',
    'PAYMENT.CAPTURE.COMPLETED': 'capture',
    'PAYMENT.CAPTURE.PENDING': 'capture',
    'PAYMENT.CAPTURE.DENIED': 'capture',
    'PAYMENT.CAPTURE.DECLINED': 'capture',
    'PAYMENT.CAPTURE.REFUNDED': 'refund',
    'PAYMENT.CAPTURE.REVERSED': 'refund',
    'PAYMENT.REFUND.PENDING': 'refund',
    'PAYMENT.REFUND.FAILED': 'refund',
    'PAYMENT.AUTHORIZATION.CREATED': 'authorization',
    'PAYMENT.AUTHORIZATION.VOIDED': 'authorization',
    'CUSTOMER.DISPUTE.CREATED': 'dispute',
    'CUSTOMER.DISPUTE.UPDATED': 'dispute',
    'CUSTOMER.DISPUTE.RESOLVED': 'dispute',
  } as const),
)

/**
 * What a body says it is. Of the body PayPal signs no more than a CRC32, which is easily made to fit another one: so nothing in it
 * is believed. It hints at what to ask about, and our payment id in it only says which order to read along with it.
 * @param fallbackId of a body that has no id of its own.
 */
export function readPayPalEvent(text: string, fallbackId: string): ProviderEvent {
  const body = readObject(text)
  const type = textOf(body?.event_type)
  const eventId = eventIdOf(body) ?? fallbackId
  const event = {
    eventId,
    type: type ?? 'unknown',
    paymentId: null,
    fact: null,
    reference: null,
    payload: text,
  } as const
  if (!body || type === null) return { ...event, unread: 'malformed' }
  const kind = SUBJECTS.get(type)
  if (!kind) return { ...event, unread: 'other_kind' }
  if (!subjectOf(text)) return { ...event, unread: 'malformed' }
  return { ...event, unread: 'hint', paymentId: hintedPayment(body.resource) }
}

/** What to ask PayPal about; null when the body names nothing. */
export function subjectOf(text: string): PayPalSubject | null {
  const body = readObject(text)
  const type = textOf(body?.event_type) ?? ''
  const kind = SUBJECTS.get(type)
  const resource = isObject(body?.resource) ? body.resource : {}
  const id = textOf(kind === 'dispute' ? resource.dispute_id : resource.id)
  return kind && id !== null && /^[A-Z0-9-]{1,64}$/i.test(id) ? { kind, type, id } : null
}

function eventIdOf(body: Record<string, unknown> | null): string | null {
  const id = textOf(body?.id)
  return id !== null && /^[A-Z0-9-]{1,100}$/i.test(id) ? id : null
}

function hintedPayment(resource: unknown): string | null {
  if (!isObject(resource)) return null
  const [unit] = Array.isArray(resource.purchase_units) ? resource.purchase_units : []
  return readCustomId(resource.custom_id ?? (isObject(unit) ? unit.custom_id : null)).paymentId
}
