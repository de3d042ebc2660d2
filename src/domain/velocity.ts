import { type AttemptStatus, mayStillBePaid } from './payment.ts'

/**
 * How often may be tried to pay. Who tests stolen cards makes hundreds of attempts, most of them declined; a shopper makes a
 * few. Attempts are counted by whoever holds the session, by e-mail and by network address: each alone is easily changed.
 */
export const SUBJECTS = ['guest', 'email', 'address'] as const
export type Subject = (typeof SUBJECTS)[number]

/** An attempt as far as it is counted. */
export interface Attempt {
  /** When it was begun, Unix milliseconds. */
  at: number
  /** How many times it was declined. */
  declines: number
}

export interface Limit {
  windowMs: number
  /** So many are made within the window; the next one is refused. */
  attempts: number
  /** So many declines of attempts that were begun within the window. */
  declines: number
}

export type Limits = Readonly<Record<Subject, readonly [hour: Limit, day: Limit]>>

const HOUR_MS = 3600 * 1000
/** The longest window: what is older counts for nothing. */
export const LONGEST_WINDOW_MS = 24 * HOUR_MS

/**
 * What a family on one line, an office, and somebody who takes orders by telephone stay below. An address stands for many: a
 * mobile network has thousands of shoppers behind one.
 */
const USUAL: Limits = {
  guest: [
    { windowMs: HOUR_MS, attempts: 20, declines: 15 },
    { windowMs: LONGEST_WINDOW_MS, attempts: 60, declines: 30 },
  ],
  email: [
    { windowMs: HOUR_MS, attempts: 20, declines: 15 },
    { windowMs: LONGEST_WINDOW_MS, attempts: 60, declines: 30 },
  ],
  address: [
    { windowMs: HOUR_MS, attempts: 120, declines: 30 },
    { windowMs: LONGEST_WINDOW_MS, attempts: 600, declines: 90 },
  ],
}

/** A session takes so many declines; then it is closed at its provider. An order's next attempt opens another one. */
export const DECLINES_A_SESSION = 10

/**
 * Whether a session has had too many cards tried against it and could still take more: its secret lies in a browser, and the
 * provider asks us about none of them. @param declines that events have told of.
 */
export function isExhausted({ status, declines }: { status: AttemptStatus; declines: number }): boolean {
  return declines >= DECLINES_A_SESSION && mayStillBePaid(status)
}

/** The limits times `factor`, each at least 1. */
export function limitsTimes(factor: number): Limits {
  const times = (count: number) => Math.max(1, Math.round(count * factor))
  const scaled = ({ windowMs, attempts, declines }: Limit) => ({
    windowMs,
    attempts: times(attempts),
    declines: times(declines),
  })
  const both = ([hour, day]: Limits[Subject]) => [scaled(hour), scaled(day)] as const
  return { guest: both(USUAL.guest), email: both(USUAL.email), address: both(USUAL.address) }
}

export type AttemptDecision = { ok: true } | { ok: false; by: readonly Subject[]; until: Date }

/**
 * Whether one more attempt may be made at `now`; where not, by whom too many were made, and when enough of them will be out
 * of their windows. @param known attempts by subject, in any order.
 */
export function decideAttempt(
  known: Readonly<Record<Subject, readonly Attempt[]>>,
  limits: Limits,
  now: Date,
): AttemptDecision {
  const by: Subject[] = []
  let until = 0
  for (const subject of SUBJECTS) {
    const ends = limits[subject].flatMap((limit) => endOf(known[subject], limit, now.getTime()) ?? [])
    if (ends.length === 0) continue
    by.push(subject)
    until = Math.max(until, ...ends)
  }
  return by.length === 0 ? { ok: true } : { ok: false, by, until: new Date(until) }
}

/** When the limit allows another attempt; null when it does now. */
function endOf(attempts: readonly Attempt[], limit: Limit, now: number): number | null {
  const newestFirst = attempts.filter(({ at }) => at > now - limit.windowMs).sort((left, right) => right.at - left.at)
  let declines = 0
  for (const [index, attempt] of newestFirst.entries()) {
    declines += attempt.declines
    // Once this one is out of the window, those that are newer do not reach the limit.
    if (index + 1 >= limit.attempts || declines >= limit.declines) return attempt.at + limit.windowMs
  }
  return null
}

/** How much of an IPv6 address is one customer of a network: 56 bits, as most homes get; who rents a server has more. */
const IPV6_GROUPS = 3
const IPV6_REST_BITS = 8

/**
 * The network that an address stands for: an IPv4 address itself, the /56 of an IPv6 address. Null for what is neither: it is
 * counted by guest and e-mail alone. @param address as Cloudflare writes it.
 */
export function networkOf(address: string): string | null {
  const v4 = readIpv4(address.replace(/^::ffff:(?=\d+\.)/i, ''))
  if (v4) return v4
  const groups = readIpv6(address)
  if (!groups) return null
  const cut = (groups[IPV6_GROUPS] ?? 0) & (0xffff << IPV6_REST_BITS)
  return [...groups.slice(0, IPV6_GROUPS), cut].map((group) => group.toString(16)).join(':')
}

function readIpv4(text: string): string | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes.join('.') : null
}

/** The eight groups of an IPv6 address, or null. */
function readIpv6(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null
}
