import { invalid, Problem, type ProblemError } from './problem.ts'
import { toPointer } from './schema.ts'

/** How a route takes its body. `raw` is verified byte by byte before anybody parses it; `file` is a text of rows or lines. */
export type BodyType = 'json' | 'file' | 'raw'

/** What a body of each type may be sent as; raw ones as anything. */
export const MEDIA_TYPES = {
  json: ['application/json'],
  file: ['text/csv', 'application/jsonl'],
  raw: [],
} as const satisfies Record<BodyType, readonly string[]>
export type FileType = (typeof MEDIA_TYPES)['file'][number]

/**
 * The raw bytes, read no further than `maxBytes`.
 * @throws {Problem} body_too_large, unsupported_media_type.
 */
export async function readBody(request: Request, type: BodyType, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Problem('body_too_large', { detail: `The limit is ${maxBytes} bytes.` })
  const announced = request.headers.get('Content-Length')
  if (Number(announced ?? 0) > maxBytes) throw tooLarge()
  // The platform delivers no more than was announced: then there is nothing to count on the way.
  if (announced !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.byteLength > maxBytes) throw tooLarge()
    if (bytes.byteLength > 0) checkMediaType(request, type)
    return bytes
  }
  const chunks: Uint8Array[] = []
  let size = 0
  if (request.body) {
    const reader = request.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > maxBytes) {
        await reader.cancel()
        throw tooLarge()
      }
      chunks.push(value)
    }
  }
  if (size > 0) checkMediaType(request, type)
  return join(chunks, size)
}

/** Text in UTF-8. @throws {Problem} malformed_request on anything else. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new Problem('malformed_request', { detail: 'The body is not UTF-8.' })
  }
}

/** No body at all is an empty object: every field of such a request is optional or reported as missing.
 *  @throws {Problem} malformed_request */
export function parseJson(bytes: Uint8Array): unknown {
  return bytes.byteLength === 0 ? {} : parseJsonText(decodeText(bytes))
}

/** @throws {Problem} malformed_request, and invalid_request for what would not read back as it was sent. */
export function parseJsonText(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('malformed_request', { detail: `The body is not valid JSON: ${(error as Error).message}` })
  }
  // Only an escape can smuggle half a surrogate pair past UTF-8, and the key is rare: most bodies are not walked.
  const fault = /\\u[dD][89a-fA-F]|__proto__/.test(text) ? findUnstorable(value, '', 0) : null
  if (fault) throw invalid(fault.pointer, fault.detail)
  return value
}

const MAX_DEPTH = 100

/** What would not read back as it was sent: half a surrogate pair, and the key that sets a prototype, not a field. */
function findUnstorable(value: unknown, pointer: string, depth: number): ProblemError | null {
  // No contract is that deep, and a walk has an end.
  if (depth > MAX_DEPTH) return { pointer: '/', detail: `is nested more than ${MAX_DEPTH} deep` }
  if (typeof value === 'string') return value.isWellFormed() ? null : { pointer, detail: 'holds half a surrogate pair' }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') return { pointer: `${pointer}/__proto__`, detail: 'is not part of the contract' }
    if (!key.isWellFormed()) return { pointer: pointer || '/', detail: 'has a key with half a surrogate pair' }
    const fault = findUnstorable(item, pointer + toPointer([key]), depth + 1)
    if (fault) return fault
  }
  return null
}

/** What the request says its body is, without parameters and in lower case; empty where it says nothing. */
export function mediaTypeOf(request: Request): string {
  return (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function checkMediaType(request: Request, type: BodyType): void {
  const accepted: readonly string[] = MEDIA_TYPES[type]
  if (type === 'raw' || accepted.includes(mediaTypeOf(request))) return
  throw new Problem('unsupported_media_type', {
    detail: `Send ${accepted.join(' or ')}.`,
    headers: { Accept: accepted.join(', ') },
  })
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks
  if (chunks.length === 1 && only) return only
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
