import type { Context } from '../../platform/http/context.ts'
import { findViolations, PARTS, type Part } from './queries.ts'

export interface Violation {
  invariant: string
  subject: string
  detail: string
}

/** Checks the invariants of these parts on one snapshot, in one trip. At most 100 violations of each are listed. */
export async function checkIntegrity(
  { db, now }: Context,
  parts: readonly Part[],
): Promise<{ checked: string[]; violations: Violation[] }> {
  const invariants = parts.flatMap((part) => PARTS[part])
  const results = await db.read(...invariants.map((invariant) => findViolations(invariant, now)))
  const violations = invariants.flatMap(({ name }, index) =>
    (results[index] ?? []).map(({ subject, detail }) => ({ invariant: name, subject, detail })),
  )
  return { checked: invariants.map(({ name }) => name), violations }
}
