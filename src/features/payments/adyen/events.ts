import type { Money } from '../../../domain/money.ts'
import type { DisputeFact, PaymentFact, RefundFact } from '../../../domain/payment.ts'
import type { ProviderEvent } from '../../../domain/provider.ts'
import { isObject } from '../json.ts'
import { fromAdyen } from './amounts.ts'
import { type AdyenReference, readReference } from './reference.ts'
import { isUnambiguous, type SignedItem } from './verify.ts'

/** What an item comes to, beside what every event has. */
type Meaning = Partial<Pick<ProviderEvent, 'fact' | 'unread' | 'operation' | 'reference'>>

/** An item and what its references and amount say, once they have been read. */
interface Read {
  item: SignedItem
  of: AdyenReference
  amount: Money
  succeeded: boolean
  /** Whether an authorization may be captured more than once; if not, Adyen lets go of what is left. */
  several: boolean
}

const IGNORED: Meaning = { unread: 'other_kind' }
/** About money, and what it did to it the signed part does not say. */
const UNCLEAR: Meaning = { unread: 'unclear' }

/** What each kind of event means. Others are of no consequence to money: reports, fraud alerts, deadlines. */
const MEANINGS: Readonly<Record<string, (read: Read) => Meaning>> = {
  AUTHORISATION: toAuthorization,
  PENDING: ({ succeeded }) => (succeeded ? { fact: { kind: 'processing' } } : IGNORED),
  // What was offered was not paid in time; the shopper may still choose something else.
  OFFER_CLOSED: () => ({ fact: { kind: 'failed' } }),
  CAPTURE: toCapture,
  CAPTURE_FAILED: (read) => toLostCapture(read, read.amount),
  CANCELLATION: toCancellation,
  TECHNICAL_CANCEL: toCancellation,
  EXPIRE: ({ succeeded }) => (succeeded ? { fact: { kind: 'voided' } } : IGNORED),
  CANCEL_OR_REFUND: toReversal,
  REFUND: (read) => toRefund(read, read.succeeded ? 'succeeded' : 'failed'),
  REFUND_FAILED: (read) => toRefund(read, 'failed'),
  REFUNDED_REVERSED: (read) => toRefund(read, 'failed'),
  // A bank asks, and takes nothing yet: staff answer it, or give the money back before it becomes a chargeback.
  REQUEST_FOR_INFORMATION: () => UNCLEAR,
  NOTIFICATION_OF_CHARGEBACK: (read) => toDispute(read, 'open'),
  DISPUTE_OPENED_WITH_CHARGEBACK: (read) => toDispute(read, 'open'),
  CHARGEBACK: (read) => toDispute(read, 'open'),
  CHARGEBACK_REVERSED: (read) => toDispute(read, 'won'),
  ISSUER_RESPONSE_TIMEFRAME_EXPIRED: (read) => toDispute(read, 'won'),
  DISPUTE_DEFENSE_PERIOD_ENDED: (read) => toDispute(read, 'lost'),
  // The money was given back by CHARGEBACK_REVERSED and is taken a second time: another dispute, of its own end.
  SECOND_CHARGEBACK: (read) => toDispute(read, 'open', '.2'),
  PREARBITRATION_WON: (read) => toDispute(read, 'won', '.2'),
  PREARBITRATION_LOST: (read) => toDispute(read, 'lost', '.2'),
}

/**
 * What a genuine item says. Only what is signed is read, and only that is kept.
 * @param of what it is of, where its own reference does not say; null is not known.
 */
export function toEvent(
  item: SignedItem,
  several: boolean,
  eventId = eventIdOf(item),
  of = readReference(item.merchantReference),
): ProviderEvent {
  const event: ProviderEvent = {
    ...{ eventId, type: item.eventCode || 'unknown', payload: JSON.stringify(item) },
    ...{ paymentId: null, fact: null, unread: 'other_kind', reference: null },
  }
  const meaning = Object.hasOwn(MEANINGS, item.eventCode) ? MEANINGS[item.eventCode] : undefined
  if (!meaning || !isUnambiguous(item)) return event
  // Of another system on the same merchant account, or of staff who have given it a name of theirs: then the payment that it
  // is done to is one of ours.
  if (!of) return item.originalReference === '' ? event : { ...event, unread: 'hint' }
  const { paymentId } = of
  const amount = amountOf(item)
  if (!amount || !['true', 'false'].includes(item.success)) return { ...event, paymentId, unread: 'malformed' }
  const read = { item, of, amount, succeeded: item.success === 'true', several }
  return { ...event, paymentId, unread: null, reference: item.originalReference || null, ...meaning(read) }
}

/** Reads the payload of an event that was stored: the signed fields of one item. */
export function readStoredItem(payload: string, eventId: string, several: boolean): ProviderEvent {
  const item = parseItem(payload)
  if (item) return toEvent(item, several, eventId)
  return {
    ...{ eventId, payload, type: 'unknown', paymentId: null, fact: null },
    ...{ unread: 'malformed', reference: null },
  }
}

/** What an item is of that names one of our payments by Adyen's reference of it, and is done to the payment itself. */
export function readAdrift(
  payload: string,
  eventId: string,
  several: boolean,
  payment: KnownPayment,
): ProviderEvent | null {
  const item = parseItem(payload)
  if (!item) return null
  const { id: paymentId, amount: whole, captured } = payment
  // What is captured by itself is so as a whole, and what is captured as a whole is not captured once more.
  const captureMethod = captured === whole ? 'automatic' : 'manual'
  return toEvent(item, several, eventId, { kind: 'payment', paymentId, captureMethod, whole })
}

/** Adyen's reference of the payment that a stored item is about; null is none. */
export function originalReferenceOf(payload: string): string | null {
  return parseItem(payload)?.originalReference || null
}

/** A payment of ours; all it is of, and what has been captured of it, in minor units. */
interface KnownPayment {
  id: string
  amount: number
  captured: number
}

/** The same event has the same kind, reference and outcome, says Adyen; a payment that failed may be told to have succeeded. */
function eventIdOf({ eventCode, pspReference, success, originalReference }: SignedItem): string {
  return [eventCode, pspReference, success, ...(originalReference === '' ? [] : [originalReference])].join(':')
}

function toAuthorization({ item, of, amount, succeeded }: Read): Meaning {
  if (of.kind !== 'payment') return { unread: 'malformed' }
  if (!succeeded) return { fact: { kind: 'failed' } }
  const fact: PaymentFact = { kind: of.captureMethod === 'manual' ? 'authorized' : 'captured', amount }
  return { fact, reference: item.pspReference }
}

/** Each capture is told by itself, whoever asked for it: the ledger sums them up. */
function toCapture({ item, of, amount, succeeded, several }: Read): Meaning {
  const { currency } = amount
  if (of.kind === 'capture') {
    const { id, whole, final } = of
    if (!succeeded) return { ...IGNORED, operation: { id, status: 'failed', detail: 'Adyen has not captured it' } }
    return {
      fact: { kind: 'captured', part: id, amount, of: { amount: whole, currency }, final: final || !several },
      operation: { id, status: 'succeeded', detail: null },
    }
  }
  // Captured by itself, it is so with its authorization, which has told.
  if (of.kind !== 'payment' || of.captureMethod === 'automatic' || !succeeded) return IGNORED
  const part = item.pspReference
  return { fact: { kind: 'captured', part, amount, of: { amount: of.whole, currency }, final: !several } }
}

/** What counted as captured has not come after all, and cannot be given back: gone, as by a dispute that was lost. */
function toLostCapture({ item, succeeded }: Read, amount: Money): Meaning {
  if (!succeeded) return IGNORED
  const { pspReference: reference, eventCode } = item
  return { fact: { kind: 'dispute', status: 'lost', reference, amount, reason: eventCode.toLowerCase() } }
}

/**
 * What is captured by itself counts as captured once it is authorized. A cancellation may still overtake its capture, when a session
 * is closed while the event of its payment is on its way: nobody may take the order for paid then.
 */
function toCancellation(read: Read): Meaning {
  const { of, succeeded, amount } = read
  if ((of.kind === 'payment' || of.kind === 'close') && of.captureMethod === 'automatic') {
    return toLostCapture(read, { amount: of.whole, currency: amount.currency })
  }
  const id = of.kind === 'void' ? of.id : null
  if (succeeded) {
    return { fact: { kind: 'voided' }, ...(id ? { operation: { id, status: 'succeeded', detail: null } } : {}) }
  }
  // Of a session that was closed there was nothing to cancel.
  return { ...IGNORED, ...(id ? { operation: { id, status: 'failed', detail: 'Adyen has not cancelled it' } } : {}) }
}

/** From the Customer Area only. Whether it cancelled or gave back stands in a field that is not signed. */
function toReversal(read: Read): Meaning {
  const { of, succeeded } = read
  if (!succeeded) return IGNORED
  return of.kind === 'payment' && of.captureMethod === 'automatic' ? toRefund(read, 'succeeded') : UNCLEAR
}

function toRefund({ item, of, amount }: Read, status: RefundFact['status']): Meaning {
  const refundId = of.kind === 'refund' ? of.id : null
  const isNews = item.eventCode === 'REFUND' || item.eventCode === 'CANCEL_OR_REFUND'
  const fact: RefundFact = {
    ...{ kind: 'refund', status, refundId, amount },
    // What fails later may come under a reference of its own; ours says which refund it is of.
    reference: refundId === null || isNews ? item.pspReference : null,
    ...(status === 'failed' ? { detail: `Adyen says ${item.eventCode}` } : {}),
  }
  return { fact }
}

function toDispute({ item, amount }: Read, status: DisputeFact['status'], stage = ''): Meaning {
  const reference = `${item.pspReference}${stage}`
  return { fact: { kind: 'dispute', status, reference, amount, reason: item.eventCode.toLowerCase() } }
}

function amountOf({ value, currency }: SignedItem): Money | null {
  return /^\d{1,16}$/.test(value) && /^[A-Z]{3}$/.test(currency) ? fromAdyen(Number(value), currency) : null
}

const FIELDS: readonly (keyof SignedItem)[] = [
  ...(['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'] as const),
  ...(['value', 'currency', 'eventCode', 'success'] as const),
]

function parseItem(payload: string): SignedItem | null {
  try {
    const item: unknown = JSON.parse(payload)
    if (!isObject(item) || !FIELDS.every((field) => typeof item[field] === 'string')) return null
    return item as unknown as SignedItem
  } catch {
    return null
  }
}
