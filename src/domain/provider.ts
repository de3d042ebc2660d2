import type { Money } from './money.ts'
import type { DisputeFact, NextAction, PaymentFact, RefundFact } from './payment.ts'

/**
 * What the shop asks of a payment service; one implementation a folder of `features/payments`. Rules every implementation
 * keeps, and `test/support/provider-contract.ts` holds it to against a fake of its service:
 *
 * - Our ids are the idempotency keys of everything: the payment's of its session, the operation's of a capture or void, the
 *   refund's of a refund. Asking twice is asking once, and answers what became of it, long after the service has forgotten
 *   its own idempotency keys too: what may have been done is looked up first.
 * - Our payment id, and the order's, travel in the service's metadata, so that a lost answer and an event are found again.
 * - Amounts are integer minor units as ISO 4217 has them; a service that counts otherwise is converted for in its own folder.
 * - What the service refuses is answered as the state it is in. It throws only when it cannot know what happened (time-out,
 *   5xx, unreadable answer). A throw is never read as "declined": the payment stays in doubt and `recover` asks again.
 * - Facts are only made of what is signed, or of what the service itself has answered to our question.
 */
export interface PaymentProvider {
  readonly name: string
  /** How long a session stays open by itself, in milliseconds. Holds last at least as long. */
  readonly sessionLifetimeMs: number
  /** How long goods are kept for a payment that is under way and cannot be called back: a bank debit takes days. */
  readonly processingLifetimeMs: number
  /** How long an authorization can be captured, in milliseconds. */
  readonly authorizationLifetimeMs: number
  /** What a storefront needs to offer it. Holds nothing secret. */
  readonly option: PaymentOption
  /** The body of our 2xx to its webhooks, as text, where the service looks at it; null is our own JSON. */
  readonly acknowledgement: string | null
  /** What is wrong with a wish to pay, before anything is written; null when nothing is. */
  refuse(wish: SessionWish): InputFault | null
  /** Create-or-get: the session of this payment. Never takes money by itself unless `input` says it is confirmed. */
  openSession(request: SessionRequest): Promise<SessionState>
  /** What the service knows of the payment now; null when it has never heard of it. */
  fetchSession(payment: PaymentReference): Promise<SessionState | null>
  /**
   * Ends the session, and answers `closed` once it can no longer be paid, declined or not. If it had already been paid, or cannot be
   * called back, it answers the state it found: then the order's next attempt waits.
   */
  closeSession(payment: PaymentReference): Promise<SessionState>
  /** Captures `amount` more of an authorized payment, and with `final` lets go of the rest. `processing`: it will, later. */
  capture(payment: PaymentReference, request: CaptureRequest): Promise<SessionState>
  /** Lets go of what is authorized and not captured. `processing`: it will, later. */
  void(payment: PaymentReference, operationId: string): Promise<SessionState>
  /** Gives back part of a captured payment. `refundId` is the idempotency key. */
  refund(payment: PaymentReference, refundId: string, amount: Money): Promise<RefundState>
  /** How a refund stands, by the service's own id of it, whoever asked for it; null when it has none of this id. */
  fetchRefund(payment: PaymentReference, reference: string): Promise<RefundState | null>
  /**
   * Verifies the raw bytes and reads the events they carry. Bytes are parsed only after the signature held, and what cannot
   * be parsed then is an event too. @throws when the service must be asked and does not answer: it will send again.
   */
  readWebhook(raw: Uint8Array, headers: Headers, now: Date): Promise<WebhookReading>
  /** Reads the payload of an event whose signature held when it arrived, for a retry or a replay. */
  readStoredEvent(payload: string, eventId: string): ProviderEvent
  /** Asks the service what a `hint` is about. @throws when it does not answer; the event is kept and asked about again. */
  askAbout(event: ProviderEvent): Promise<EventAnswer>
}

/** `automatic`: paid is captured. `manual`: paid is authorized, and staff capture when they ship. */
export type CaptureMethod = 'automatic' | 'manual'

/** `redirect`: on a page of the service. `embedded`: in the storefront, by the service's SDK. */
export const PAYMENT_FLOWS = ['redirect', 'embedded'] as const
export type PaymentFlow = (typeof PAYMENT_FLOWS)[number]

export interface PaymentOption {
  /** What `payment.flow` may be, the default first; empty where the shopper does nothing. */
  flows: readonly PaymentFlow[]
  /** For the browser's SDK of the service: a publishable, client or site key. */
  publishableKey: string | null
  /** Ways to pay that `payment.method` can name, in the operator's order; empty where the service offers its own choice. */
  methods: readonly PaymentMethod[]
  /** Whether a redirect needs `payment.return_url`: the shopper comes back from a page of the service. */
  needsReturnUrl: boolean
}

export interface PaymentMethod {
  method: string
  /** What the shopper is told after the order, in the operator's words: where to transfer the money. */
  instructions: string | null
}

/** What a shopper asks for. */
export interface SessionWish {
  amount: Money
  returnUrl: string | null
  cancelUrl: string | null
  /** Provider-specific fields of the request, strings only. */
  input: Readonly<Record<string, string>>
}

/** Which field of `payment` is wrong, and how: `{ field: 'method', detail: 'is none of ...' }`. */
export interface InputFault {
  field: string
  detail: string
}

export interface SessionRequest extends SessionWish {
  paymentId: string
  orderId: string
  captureMethod: CaptureMethod
  /** The API's own origin, for providers whose page it serves. */
  origin: string
  expiresAt: Date
}

export interface PaymentReference {
  paymentId: string
  orderId: string
  reference: string | null
  amount: Money
  expiresAt: Date
  origin: string
}

export interface CaptureRequest {
  id: string
  amount: Money
  /** Nothing more will be captured: the rest is let go. */
  final: boolean
  /** What had been captured before it, in minor units: with it the total after it is known, however often it is asked. */
  capturedBefore: number
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

/** Why a delivery is refused. None of them costs a trip to the database. */
export type WebhookRefusal =
  /** The signature, or a header that belongs to it, is not there. */
  | 'missing_signature'
  /** It is there, and not of the form that the scheme has. */
  | 'malformed_signature'
  /** No signature is that of these bytes by one of our secrets. */
  | 'wrong_signature'
  | 'too_old'
  | 'too_new'
  /** It holds, and is of another account, or of test mode where we are live, or the other way round. */
  | 'other_account'

export interface RefusedWebhook {
  ok: false
  why: WebhookRefusal
  /** For the log: what is wrong, without anything of the body. */
  detail: string
}

export type WebhookReading = RefusedWebhook | { ok: true; events: readonly ProviderEvent[] }

export interface ProviderEvent {
  /** The service's own id of the event; the same one twice is one event. */
  eventId: string
  type: string
  /** Our own payment id, if the event names one. */
  paymentId: string | null
  /** Null for an event that says nothing about money, that cannot be understood, or that only hints at something. */
  fact: PaymentFact | RefundFact | DisputeFact | null
  /**
   * Why `fact` is null. `other_kind`: it is ignored. `malformed`: it is kept for staff. `unclear`: it is about money, and what
   * it did to it only a person can find out; kept for staff too. `hint`: something has happened, and the event does not say,
   * or cannot be trusted to say, what: `askAbout` tells.
   */
  unread: 'other_kind' | 'malformed' | 'unclear' | 'hint' | null
  /** What became of a capture or void of ours that was only taken note of when it was asked for. */
  operation?: OperationOutcome
  /** The service's own id of the payment, where it is another than that of its session; null is not known. */
  reference: string | null
  /** What was signed, for the inbox. */
  payload: string
}

export interface OperationOutcome {
  /** Our id of it. */
  id: string
  status: 'succeeded' | 'failed'
  /** Why it failed, for staff. */
  detail: string | null
}

/** What the service says a hint is about; without a fact it is about nothing of ours. */
export type EventAnswer = Pick<ProviderEvent, 'paymentId' | 'fact' | 'reference' | 'operation'>
