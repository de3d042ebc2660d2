import { sha256Hex } from './crypto/hash.ts'
import type { Log } from './log.ts'

/** For this long the same question gets the same answer: a cart is shown many times before it is charged. */
const REMEMBERED_MS = 10 * 60 * 1000
/** For this long after a failure a service is not asked again, and nobody waits for it. */
const RESTING_MS = 10 * 1000
const CAPACITY = 500

/** An isolate's memory of what services outside have answered. Plain data only. */
export class Outside {
  readonly #answers = new Map<string, { answer: unknown; until: number }>()
  readonly #resting = new Map<string, number>()

  get(key: string, now: number): unknown {
    const known = this.#answers.get(key)
    return known && known.until > now ? known.answer : undefined
  }

  set(key: string, answer: unknown, now: number): void {
    this.#answers.delete(key)
    this.#answers.set(key, { answer, until: now + REMEMBERED_MS })
    const oldest = this.#answers.size > CAPACITY ? this.#answers.keys().next().value : undefined
    if (oldest !== undefined) this.#answers.delete(oldest)
  }

  rest(service: string, now: number): void {
    this.#resting.set(service, now + RESTING_MS)
  }

  isResting(service: string, now: number): boolean {
    return (this.#resting.get(service) ?? 0) > now
  }
}

/**
 * What `service` answers to `question`, or null when it does not within `timeLimitMs`, or says something that `call` throws
 * at. Only for questions without effects.
 */
export async function askOutside<Answer>(
  { outside, log, now }: { outside: Outside; log: Log; now: Date },
  service: string,
  question: unknown,
  timeLimitMs: number,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | null> {
  const at = now.getTime()
  const key = `${service}:${await sha256Hex(JSON.stringify(question))}`
  const known = outside.get(key, at)
  if (known !== undefined) return known as Answer
  if (outside.isResting(service, at)) return null
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('time limit exceeded'))
      abort.abort()
    }, timeLimitMs)
  })
  try {
    const answer = await Promise.race([call(abort.signal), limit])
    outside.set(key, answer, at)
    return answer
  } catch (error) {
    outside.rest(service, at)
    log.warn('outside_failed', { service, error: error instanceof Error ? error.message : String(error) })
    return null
  } finally {
    clearTimeout(timer)
  }
}
