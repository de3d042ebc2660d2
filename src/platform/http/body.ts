import { invalid, Problem, type ProblemError } from './problem.ts'
import { toPointer } from './schema.ts'

/** How a route takes its body. `raw` is verified byte by byte before anybody parses it. */
export type BodyType = 'json' | 'csv' | 'raw'

const MEDIA_TYPE: Record<BodyType, string> = { json: 'application/json', csv: 'text/csv', raw: '*/*' }

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
    if (bytes.byteLength > 0) checkMediaType(request.headers.get('Content-Type'), type)
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
  if (size > 0) checkMediaType(request.headers.get('Content-Type'), type)
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
  if (bytes.byteLength === 0) return {}
  const text = decodeText(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('malformed_request', { detail: `The body is not valid JSON: ${(error as Error).message}` })
  }
  // Only an escape can smuggle half a surrogate pair past UTF-8, and the key is rare: most bodies are not walked.
  const fault = /\\u[dD][89a-fA-F]|__proto__/.test(text) ? findUnstorable(value, '') : null
  if (fault) throw invalid(fault.pointer, fault.detail)
  return value
}

/** What would not read back as it was sent: half a surrogate pair, and the key that sets a prototype, not a field. */
function findUnstorable(value: unknown, pointer: string): ProblemError | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : { pointer, detail: 'holds half a surrogate pair' }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') return { pointer: `${pointer}/__proto__`, detail: 'is not part of the contract' }
    if (!key.isWellFormed()) return { pointer: pointer || '/', detail: 'has a key with half a surrogate pair' }
    const fault = findUnstorable(item, pointer + toPointer([key]))
    if (fault) return fault
  }
  return null
}

function checkMediaType(header: string | null, type: BodyType): void {
  if (type === 'raw') return
  const mediaType = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (mediaType === MEDIA_TYPE[type]) return
  throw new Problem('unsupported_media_type', {
    detail: `Send ${MEDIA_TYPE[type]}.`,
    headers: { Accept: MEDIA_TYPE[type] },
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
