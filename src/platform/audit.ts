import type { Mint } from '../domain/id.ts'
import { q, type Write } from './db/client.ts'
import { auditLog } from './db/schema/platform.ts'

export interface AuditEntry {
  /** A staff key's id, `system`, or a provider. */
  actor: string
  /** `product.updated`, `stock.adjusted`: the thing and what was done to it. */
  action: string
  subjectId: string
  /** What changed, without personal data. */
  change: Record<string, unknown>
  requestId: string
}

/** The trail of a staff change, in the batch that makes it. */
export function audit(mint: Mint, now: Date, entry: AuditEntry): Write {
  return q.insert(auditLog).values({ id: mint('audit'), at: now.getTime(), ...entry })
}
