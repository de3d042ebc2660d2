import { signStandardWebhook } from './crypto/standard-webhook.ts'
import type { Context } from './http/context.ts'

const MAX_ANSWER_BYTES = 256 * 1024

/**
 * Asks an address of the operator's own: a POST of JSON, signed by the Standard Webhooks scheme (webhook-id,
 * webhook-timestamp, webhook-signature over the raw bytes), so that the other side knows who asks.
 * @returns the answer's JSON, not yet looked at.
 * @throws {Error} on any other status than 200, a redirect, an answer that is no JSON or larger than 256 KiB.
 */
export async function callBack(
  context: Pick<Context, 'fetch' | 'mint' | 'now'>,
  { url, secret }: { url: string; secret: string },
  payload: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const body = JSON.stringify(payload)
  const signed = await signStandardWebhook(secret, { id: context.mint('event'), at: context.now, body })
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', ...signed }
  // A redirect would send the shopper's address to somebody the operator has not named.
  const response = await context.fetch(new Request(url, { method: 'POST', headers, body, signal, redirect: 'manual' }))
  if (response.status !== 200) throw new Error(`answered ${response.status}`)
  return JSON.parse(await readText(response)) as unknown
}

/** @throws {Error} beyond the limit, before the rest of it is read. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) throw new Error('answered more than 256 KiB')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
