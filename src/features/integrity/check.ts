import type { Context } from '../../platform/http/context.ts'
import { findViolations, INVARIANTS } from './queries.ts'

export interface Violation {
  invariant: string
  subject: string
  detail: string
}

/** Checks all invariants on one snapshot, in one trip. At most 100 violations of each are listed. */
export async function checkIntegrity({ db, now }: Context): Promise<{ checked: string[]; violations: Violation[] }> {
  const results = await db.read(...INVARIANTS.map((invariant) => findViolations(invariant, now)))
  const violations = INVARIANTS.flatMap(({ name }, index) =>
    (results[index] ?? []).map(({ subject, detail }) => ({ invariant: name, subject, detail })),
  )
  return { checked: INVARIANTS.map(({ name }) => name), violations }
}
