import type { Mint } from '../../domain/id.ts'
import type { NextAction } from '../../domain/payment.ts'
import type { PaymentProvider } from '../../domain/provider.ts'
import type { Write } from '../../platform/db/client.ts'

export interface SettleContext {
  now: Date
  mint: Mint
  /** A provider, `system:recover`, or the shopper whose request learned it. */
  actor: string
}

/** What was learned beside the fact itself. */
export interface SettleDetails {
  reference?: string | null
  nextAction?: NextAction | null
  /** The capture or void that brought it. */
  operation?: string
  /** An event of the provider says it, which is told once: each that tells of a decline counts. */
  isEvent?: boolean
  /** For how long the provider keeps what is under way or authorized. */
  terms?: Pick<PaymentProvider, 'processingLifetimeMs' | 'authorizationLifetimeMs'> | null
}

export type Settlement = { /** The session was declined too often, and is to be closed. */ exhausted?: boolean } & (
  | { outcome: 'applied'; writes: Write[] }
  /** It moves nothing; a decline is counted all the same. */
  | { outcome: 'nothing'; why: 'already' | 'outdated'; writes: Write[] }
  /** It speaks of money that has not been heard of yet, or is on its way elsewhere: to be tried again later. */
  | { outcome: 'early'; detail: string; writes: [] }
  /** Flagged, never guessed: whoever brought the fact tells staff. */
  | { outcome: 'mismatch'; detail: string; writes: [] }
)
