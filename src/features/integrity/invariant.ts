import type { SQL } from 'drizzle-orm'

/** One promise as a query: every row it finds is a violation. */
export interface Invariant {
  name: string
  /** Selects `subject` and `detail` of each violation. */
  violations: (now: Date) => SQL
}
