import type { Context } from '../../platform/http/context.ts'
import { isObject } from './json.ts'
import { callWithinLimit } from './within-limit.ts'

const MAX_ANSWER_BYTES = 1024 * 1024

/** What a payment service has answered; `body` is its JSON, not yet looked at, and `{}` where it had none. */
export interface ServiceAnswer {
  status: number
  body: Record<string, unknown>
}

/**
 * One question to a payment service. Whatever it refuses (4xx) is an answer.
 * @throws {Error} when it cannot be known what happened: no answer in time, a cut connection, 408, 409, 429, 5xx, a redirect, an
 *   answer that is no JSON object or is larger than 1 MiB. 409 is a request of the same key that is still under way there.
 */
export function askService(context: Asking, question: Question): Promise<ServiceAnswer> {
  // The signal ends what is under way; the limit holds whether or not it does.
  return callWithinLimit(context.providerTimeLimitMs, (signal) => ask(context, question, signal))
}

type Asking = Pick<Context, 'fetch' | 'providerTimeLimitMs'>

interface Question {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
}

async function ask(
  context: Pick<Context, 'fetch'>,
  { url, method, headers, body }: Question,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  // A redirect would take the secret in the headers to somebody else.
  const init = { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) } as const
  const response = await context.fetch(new Request(url, init))
  const { status } = response
  const isKnown = status < 300 || (status >= 400 && status < 500 && ![408, 409, 429].includes(status))
  if (!isKnown) {
    await response.body?.cancel()
    throw new Error(`the payment service answered ${status}`)
  }
  const text = await response.text()
  if (text.length > MAX_ANSWER_BYTES) throw new Error('the payment service answered more than 1 MiB')
  if (text.trim() === '') return { status, body: {} }
  const parsed: unknown = JSON.parse(text)
  if (!isObject(parsed)) throw new Error('the payment service answered something that is no object')
  return { status, body: parsed }
}
