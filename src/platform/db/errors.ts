/** A constraint or guard refused a commit; nothing of its batch took effect. */
export class ConstraintError extends Error {
  /** The name of a CHECK, the text of a RAISE, or "table.column" of a UNIQUE or PRIMARY KEY (first column). */
  readonly constraint: string
  constructor(constraint: string) {
    super(`constraint failed: ${constraint}`)
    this.constraint = constraint
  }
}

/** D1 did not answer, or refused for load. A write's effect is unknown unless the caller can look it up by its key. */
export class DatabaseUnavailable extends Error {
  constructor(reason: string) {
    super(`database unavailable: ${reason}`)
  }
}

export interface DatabaseError {
  error: Error
  /** Worth another try, if trying twice is harmless. */
  transient: boolean
}

// D1 tells errors apart by text only. Overload is not transient: more tries are more load.
const TRANSIENT = [
  'Network connection lost',
  'storage caused object to be reset',
  'reset because its code was updated',
  'Cannot resolve D1 DB due to transient issue',
]
const UNAVAILABLE = [
  'D1 time limit exceeded',
  'overloaded',
  'exceeded timeout',
  'D1 DB is overloaded',
  'Internal error in D1',
]

/** One place that reads what D1 throws. An unknown error stays itself: a fault of ours, answered 500. */
export function toDatabaseError(thrown: unknown): DatabaseError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const message = error.message
  const constraint = constraintIn(message)
  if (constraint) return { error: new ConstraintError(constraint), transient: false }
  if (TRANSIENT.some((text) => message.includes(text))) {
    return { error: new DatabaseUnavailable(message), transient: true }
  }
  if (UNAVAILABLE.some((text) => message.includes(text))) {
    return { error: new DatabaseUnavailable(message), transient: false }
  }
  return { error, transient: false }
}

function constraintIn(message: string): string | null {
  const check = /CHECK constraint failed: (\w+)/.exec(message)
  if (check?.[1]) return check[1]
  const unique = /UNIQUE constraint failed: (?:index ')?([\w.]+)/.exec(message)
  if (unique?.[1]) return unique[1]
  if (message.includes('FOREIGN KEY constraint failed')) return 'foreign_key'
  // RAISE(ABORT, text) arrives as "D1_ERROR: <text>: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)".
  const raised = /^(?:D1_ERROR: )?([a-z][a-z0-9_]*): SQLITE_CONSTRAINT/.exec(message)
  return raised?.[1] ?? null
}
