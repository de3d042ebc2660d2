import type { Money } from './money.ts'
import type { NextAction, PaymentFact } from './payment.ts'

/**
 * What the shop asks of a payment service; one implementation a file. Rules every implementation keeps:
 *
 * - The payment id is the idempotency key of everything: asking twice is asking once.
 * - Amounts are integer minor units; a provider that counts otherwise converts inside its own file.
 * - It throws when it cannot know what happened (time-out, 5xx, unreadable answer). A throw is never read as "declined":
 *   the payment stays in doubt and `recover` asks again.
 */
export interface PaymentProvider {
  readonly name: string
  /** How long a session stays open by itself, in milliseconds. Holds last at least as long. */
  readonly sessionLifetimeMs: number
  /** Create-or-get: the session of this payment. Never takes money by itself unless `input` says it is confirmed. */
  openSession(request: SessionRequest): Promise<SessionState>
  /** What the service knows of the payment now; null when it has never heard of it. */
  fetchSession(payment: PaymentReference): Promise<SessionState | null>
  /** Ends the session so that it can no longer be paid. Answers the state it found if it had already been paid. */
  closeSession(payment: PaymentReference): Promise<SessionState>
  /** Gives back part of a captured payment. `refundId` is the idempotency key. */
  refund(payment: PaymentReference, refundId: string, amount: Money): Promise<RefundState>
  /** Verifies the raw bytes and reads the events they carry. Bytes are parsed only after the signature held. */
  readWebhook(raw: Uint8Array, headers: Headers, now: Date): Promise<WebhookReading>
  /** Reads the payload of an event whose signature held when it arrived, for a retry or a replay. */
  readStoredEvent(payload: string, eventId: string): ProviderEvent
}

export interface SessionRequest {
  paymentId: string
  orderId: string
  amount: Money
  returnUrl: string | null
  cancelUrl: string | null
  /** The API's own origin, for providers whose page it serves. */
  origin: string
  /** Provider-specific fields of the request, strings only. */
  input: Readonly<Record<string, string>>
  expiresAt: Date
}

export interface PaymentReference {
  paymentId: string
  reference: string | null
  amount: Money
  expiresAt: Date
  origin: string
}

export interface SessionState {
  fact: PaymentFact
  /** The provider's own id of the session or payment, if it has one. */
  reference: string | null
  nextAction: NextAction | null
}

export type RefundState = { status: 'succeeded' | 'pending' | 'failed'; reference: string | null }

export type WebhookReading = { ok: false; why: string } | { ok: true; events: readonly ProviderEvent[] }

export interface ProviderEvent {
  eventId: string
  type: string
  /** Our own payment id, if the event names one. */
  paymentId: string | null
  /** Null for an event that says nothing about money, or that cannot be understood. */
  fact: PaymentFact | null
  /** Why `fact` is null: an event of another kind is ignored, an unreadable one is kept for staff. */
  unread: 'other_kind' | 'malformed' | null
  /** What was signed, for the inbox. */
  payload: string
}
