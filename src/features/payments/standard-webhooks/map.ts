import * as z from 'zod'
import { isId } from '../../../domain/id.ts'
import { isCurrency, type Money } from '../../../domain/money.ts'
import type { DisputeFact, PaymentFact, RefundFact } from '../../../domain/payment.ts'
import type { ProviderEvent } from '../../../domain/provider.ts'
import { shape } from '../../../platform/http/schema.ts'
import { REMOVED } from '../../../platform/redact-text.ts'
import { fromDecimal } from '../decimal.ts'
import { isObject } from '../json.ts'

/** What a type of event can mean. `captured` is all that has been captured so far, never one part of it. */
const MEANINGS = [
  ...(['processing', 'failed', 'closed', 'authorized', 'captured', 'voided'] as const),
  ...(['refunded', 'refund_pending', 'refund_failed'] as const),
  ...(['dispute_open', 'dispute_won', 'dispute_lost'] as const),
  // Something has happened: the service is asked what.
  'ask',
  'ignore',
] as const
export type Meaning = (typeof MEANINGS)[number]

/** RFC 6901. */
const Pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)+$/)

/** Where in a service's events stands what, and what their types mean. Left out, it is as the test provider's. */
export const EventMapShape = shape(() =>
  z.strictObject({
    type: Pointer.default('/type'),
    payment_id: Pointer.default('/data/payment_id'),
    /** Minor units, a whole number. */
    amount: Pointer.default('/data/amount/amount'),
    /** Instead: decimals such as 19.99, as text or number. */
    amount_decimal: Pointer.optional(),
    currency: Pointer.default('/data/amount/currency'),
    /** Of a capture in part: what the whole payment is of, in the form of the amount; true once nothing more is captured. */
    whole: Pointer.default('/data/of/amount'),
    final: Pointer.default('/data/final'),
    /** The service's own id of a refund or dispute; our id of a refund; how it stands, where that is pending or failed. */
    reference: Pointer.default('/data/reference'),
    refund_id: Pointer.default('/data/refund_id'),
    refund_status: Pointer.default('/data/status'),
    types: z.record(z.string().min(1).max(200), z.enum(MEANINGS)).default(TEST_TYPES),
  }),
)

export type EventMap = z.output<ReturnType<typeof EventMapShape>>

const TEST_TYPES: Readonly<Record<string, Meaning>> = {
  'payment.pending': 'processing',
  'payment.failed': 'failed',
  'payment.closed': 'closed',
  'payment.authorized': 'authorized',
  'payment.succeeded': 'captured',
  'payment.captured': 'captured',
  'payment.voided': 'voided',
  'payment.refunded': 'refunded',
  'payment.disputed': 'dispute_open',
  'payment.dispute_won': 'dispute_won',
  'payment.dispute_lost': 'dispute_lost',
}

/** What a signed body says by the map. Anything may stand in it. */
export function readMappedEvent(map: EventMap, text: string, eventId: string): ProviderEvent {
  const event: ProviderEvent = {
    ...{ eventId, type: 'unknown', payload: text },
    ...{ paymentId: null, fact: null, unread: 'malformed', reference: null },
  }
  const body = parse(text)
  const type = at(body, map.type)
  if (typeof type !== 'string' || type === '') return event
  const meaning = Object.hasOwn(map.types, type) ? map.types[type] : undefined
  if (meaning === undefined || meaning === 'ignore') return { ...event, type, unread: 'other_kind' }
  const paymentId = at(body, map.payment_id)
  if (typeof paymentId !== 'string' || !isId('payment', paymentId)) return { ...event, type }
  if (meaning === 'ask') return { ...event, type, paymentId, unread: 'hint' }
  const fact = toFact(map, body, meaning)
  return fact ? { ...event, type, paymentId, fact, unread: null } : { ...event, type, paymentId }
}

function toFact(
  map: EventMap,
  body: unknown,
  meaning: Exclude<Meaning, 'ask' | 'ignore'>,
): PaymentFact | RefundFact | DisputeFact | null {
  if (meaning === 'processing' || meaning === 'failed' || meaning === 'closed' || meaning === 'voided') {
    return { kind: meaning }
  }
  const currency = currencyOf(at(body, map.currency))
  const amount = currency && moneyOf(at(body, map.amount_decimal ?? map.amount), currency, map)
  if (!amount || amount.amount <= 0) return null
  const reference = at(body, map.reference)
  switch (meaning) {
    case 'authorized':
      return { kind: 'authorized', amount }
    case 'captured': {
      const whole = moneyOf(at(body, map.whole), amount.currency, map)
      return { kind: 'captured', amount, ...(whole ? { of: whole } : {}), final: at(body, map.final) === true }
    }
    case 'refunded':
    case 'refund_pending':
    case 'refund_failed': {
      const ours = at(body, map.refund_id)
      const refundId = typeof ours === 'string' && isId('refund', ours) ? ours : null
      const theirs = idOf(reference)
      if (refundId === null && theirs === null) return null
      return {
        kind: 'refund',
        status: refundStatus(meaning, at(body, map.refund_status)),
        refundId,
        reference: theirs,
        amount,
      }
    }
    default: {
      const theirs = idOf(reference)
      const status = ({ dispute_open: 'open', dispute_won: 'won', dispute_lost: 'lost' } as const)[meaning]
      return theirs === null ? null : { kind: 'dispute', status, reference: theirs, amount, reason: 'disputed' }
    }
  }
}

function refundStatus(meaning: Meaning, status: unknown): RefundFact['status'] {
  if (meaning === 'refund_failed' || status === 'failed') return 'failed'
  return meaning === 'refund_pending' || status === 'pending' ? 'pending' : 'succeeded'
}

/** An id of the service's, which some write as numbers; null is none. */
function idOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  // What was removed when the event was stored names nothing: two refunds would be taken for one.
  return typeof value === 'string' && value !== '' && value.length <= 200 && !value.includes(REMOVED) ? value : null
}

function currencyOf(value: unknown): string | null {
  const code = typeof value === 'string' ? value.toUpperCase() : ''
  return isCurrency(code) ? code : null
}

/** An amount as the map says it is written; null where it is not exactly one. */
function moneyOf(value: unknown, currency: string, { amount_decimal: decimal }: EventMap): Money | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  if (decimal !== undefined) return fromDecimal(text, currency)
  const amount = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(amount) ? { amount, currency } : null
}

/** What stands at an RFC 6901 pointer; undefined where there is nothing. */
function at(body: unknown, pointer: string): unknown {
  let value = body
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d{0,5})$/.test(name) ? value[Number(name)] : undefined
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
