import type { Money } from './money.ts'
import type { DisputeFact, NextAction, PaymentFact, RefundFact } from './payment.ts'

/**
 * What the shop asks of a payment service; one implementation a file. Rules every implementation keeps:
 *
 * - Our ids are the idempotency keys of everything: the payment's of its session, the operation's of a capture or void, the
 *   refund's of a refund. Asking twice is asking once, and answers what became of it.
 * - Amounts are integer minor units; a provider that counts otherwise converts inside its own file.
 * - What the service refuses is answered as the state it is in. It throws only when it cannot know what happened (time-out,
 *   5xx, unreadable answer). A throw is never read as "declined": the payment stays in doubt and `recover` asks again.
 */
export interface PaymentProvider {
  readonly name: string
  /** How long a session stays open by itself, in milliseconds. Holds last at least as long. */
  readonly sessionLifetimeMs: number
  /** How long goods are kept for a payment that is under way and cannot be called back: a bank debit takes days. */
  readonly processingLifetimeMs: number
  /** How long an authorization can be captured, in milliseconds. */
  readonly authorizationLifetimeMs: number
  /** Create-or-get: the session of this payment. Never takes money by itself unless `input` says it is confirmed. */
  openSession(request: SessionRequest): Promise<SessionState>
  /** What the service knows of the payment now; null when it has never heard of it. */
  fetchSession(payment: PaymentReference): Promise<SessionState | null>
  /** Ends the session so that it can no longer be paid. Answers the state it found if it had already been paid. */
  closeSession(payment: PaymentReference): Promise<SessionState>
  /** Captures `amount` more of an authorized payment, and with `final` lets go of the rest. `processing`: it will, later. */
  capture(payment: PaymentReference, operation: { id: string; amount: Money; final: boolean }): Promise<SessionState>
  /** Lets go of what is authorized and not captured. `processing`: it will, later. */
  void(payment: PaymentReference, operationId: string): Promise<SessionState>
  /** Gives back part of a captured payment. `refundId` is the idempotency key. */
  refund(payment: PaymentReference, refundId: string, amount: Money): Promise<RefundState>
  /** Verifies the raw bytes and reads the events they carry. Bytes are parsed only after the signature held. */
  readWebhook(raw: Uint8Array, headers: Headers, now: Date): Promise<WebhookReading>
  /** Reads the payload of an event whose signature held when it arrived, for a retry or a replay. */
  readStoredEvent(payload: string, eventId: string): ProviderEvent
}

/** `automatic`: paid is captured. `manual`: paid is authorized, and staff capture when they ship. */
export type CaptureMethod = 'automatic' | 'manual'

export interface SessionRequest {
  paymentId: string
  orderId: string
  amount: Money
  captureMethod: CaptureMethod
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

export interface RefundState {
  status: 'succeeded' | 'pending' | 'failed'
  /** The provider's own id of the refund, if it made one. */
  reference: string | null
  /** Why it failed, for staff. */
  detail: string | null
}

export type WebhookReading = { ok: false; why: string } | { ok: true; events: readonly ProviderEvent[] }

export interface ProviderEvent {
  eventId: string
  type: string
  /** Our own payment id, if the event names one. */
  paymentId: string | null
  /** Null for an event that says nothing about money, or that cannot be understood. */
  fact: PaymentFact | RefundFact | DisputeFact | null
  /** Why `fact` is null: an event of another kind is ignored, an unreadable one is kept for staff. */
  unread: 'other_kind' | 'malformed' | null
  /** What was signed, for the inbox. */
  payload: string
}
