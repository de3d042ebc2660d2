import type { LogLevel } from './env.ts'
import { redactText } from './redact-text.ts'

/** Structured lines, one JSON object each. Fields hold ids, codes and counts: never addresses, e-mails or tokens. */
export interface Log {
  debug(event: string, fields?: Fields): void
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  /** A fault: with the error's message and stack, except where it could quote parameters. */
  error(event: string, error: unknown, fields?: Fields): void
}

type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3, off: 4 }

export function createLog(level: LogLevel, base: Fields): Log {
  const write = (at: LogLevel, event: string, fields: Fields | undefined) => {
    if (RANK[at] < RANK[level]) return
    const line = JSON.stringify({ level: at, event, ...base, ...fields })
    if (at === 'error') console.error(line)
    else console.log(line)
  }
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, error, fields) => write('error', event, { ...fields, ...describe(error) }),
  }
}

function describe(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error }
  // drizzle's message quotes every bound parameter, which may be an address or an e-mail: its cause says what happened.
  if (error.name === 'DrizzleQueryError') return describe(error.cause)
  // Whoever could not read something quotes it: what looks like a secret or a card does not get into the log.
  return { error: error.name, message: redactText(error.message), stack: error.stack ? redactText(error.stack) : null }
}
