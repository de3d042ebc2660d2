import type { Bindings, Config } from '../env.ts'
import type { Context } from './context.ts'
import type { Page } from './hot-answer.ts'

/** What serving one request knows from its first moment on. */
export interface Exchange {
  request: Request
  bindings: Bindings
  config: Config
  now: Date
  requestId: string
  waitUntil: (work: Promise<unknown>) => void
  /** Present once the caller is known. */
  context: Context | null
  /** Present once a catalog page is rendered: what may be sent again to the next who asks. */
  page: Page | null
}
