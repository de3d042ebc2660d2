/**
 * A payment service in this process: it answers its documented HTTP API, keeps a book, and signs the webhooks it would send.
 * What a shopper, a bank or staff in its dashboard do is done by `happen`, by our payment id, which it finds in the metadata
 * that the shop has sent along. Nothing in it imports an adapter of ours.
 */
export interface FakeService {
  /** As in `/v1/webhooks/<name>`. */
  readonly name: string
  /** The variables and secrets that switch our adapter on and lead it here. */
  readonly settings: Readonly<Record<string, string>>
  /** What the real service can do; what it cannot is not asked of our adapter either. */
  readonly can: FakeAbilities
  /** Answers a request to one of its addresses; null for any other address. */
  answer(request: Request): Promise<Response | null>
  /** Lets something happen to a payment. @param amount minor units, of a part; left out it is all there is. */
  happen(paymentId: string, what: Happening, amount?: number): Promise<void>
  /** The webhooks it has to send, signed, the first that happened first; it sends each once. */
  takeDeliveries(): Promise<SignedDelivery[]>
  /** Signs a body as it would a delivery of its own: for hostile and broken ones. */
  sign(body: string, at?: Date): Promise<SignedDelivery>
  /** What its book says in the end; null when it has never heard of the payment. */
  book(paymentId: string): FakeBook | null
  /** How often sessions were opened, and money was captured and given back, for real: not how often it was asked. */
  readonly effects: Record<'opened' | 'captured' | 'refunded', number>
  /** What goes wrong with the next request whose path holds `path`; then all is well again. */
  failNext(fault: ServiceFault, path?: string): void
  /** Its idempotency keys are older than it keeps them. */
  forgetKeys(): void
}

export interface FakeAbilities {
  /** Whether it can authorize now and capture later. */
  manualCapture: boolean
  /** Whether it captures an authorization in several parts. */
  severalCaptures: boolean
  /** Whether it knows payments that stay under way for days. */
  pending: boolean
  disputes: boolean
  /** Whether it can be asked how a payment stands. Where not, only events tell. */
  fetch: boolean
  /** Whether it carries captures, voids and refunds out at once; where not it answers that it will, and an event tells. */
  immediate: boolean
  /** Whether its events hold what is true by themselves; where not they are hints, and it is asked. */
  signedFacts: boolean
  /** Whether a payment is found by our id alone where its answer was lost; left out it is. Where not, opening it again is. */
  findByOurId?: boolean
  /** Whether it says that a dispute is lost; left out it does. Where not, it stays open. */
  tellsLost?: boolean
  /** What it can sign at all; left out it is anything. */
  signsOnly?: 'objects'
}

export type Happening =
  /** The shopper pays: captured, or authorized where the session was opened so. */
  | 'pay'
  | 'decline'
  /** The shopper pays by a slow method; `pay` or `decline` follows. */
  | 'pend'
  /** Staff, in its dashboard. */
  | 'capture'
  | 'void'
  | 'refund'
  /** The shopper's bank. */
  | 'dispute'
  | 'win_dispute'
  | 'lose_dispute'

export interface SignedDelivery {
  body: string
  headers: Record<string, string>
}

/** Minor units. */
export interface FakeBook {
  status: 'open' | 'pending' | 'declined' | 'closed' | 'authorized' | 'captured' | 'voided'
  captured: number
  refunded: number
}

/**
 * `slow`: acted, and answers after everybody's patience. `error`: 500, not acted. `nonsense`: acted, and the answer is no JSON.
 * `cut_before`, `cut_after`: the connection is lost before or after it acted.
 */
export type ServiceFault = 'slow' | 'error' | 'nonsense' | 'cut_before' | 'cut_after'

/** Wraps what a service does with a request in the fault that is due. Shared by all fakes. */
export function faulty(act: (request: Request) => Promise<Response>) {
  let due: { fault: ServiceFault; path: string } | null = null
  return {
    failNext(fault: ServiceFault, path = '') {
      due = { fault, path }
    },
    async run(request: Request): Promise<Response> {
      if (!due || !new URL(request.url).pathname.includes(due.path)) return act(request)
      const { fault } = due
      due = null
      switch (fault) {
        case 'error':
          return new Response('{"error":"it broke"}', { status: 500, headers: { 'Content-Type': 'application/json' } })
        case 'cut_before':
          throw new TypeError('Network connection lost.')
        case 'cut_after':
          await act(request)
          throw new TypeError('Network connection lost.')
        case 'nonsense':
          await act(request)
          return new Response('<html>it works', { status: 200, headers: { 'Content-Type': 'text/html' } })
        case 'slow': {
          const response = await act(request)
          await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
          return response
        }
      }
    },
  }
}

/** Beyond the time limit that tests give a provider (`PATIENCE_MS`). */
export const SLOW_MS = 120
export const PATIENCE_MS = 60
