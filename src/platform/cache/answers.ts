import type { Basis } from './cached.ts'

/** A rendered answer, ready to be sent again: the same bytes and headers for everybody. */
export interface Answer {
  body: string
  /** Its strong ETag. */
  tag: string
  /** By lower-case name. A plain object, because workerd takes it four times as fast as a list of pairs. */
  headers: Readonly<Record<string, string>>
  basis: Basis
}

// Headers, URL and bookkeeping of one answer, roughly.
const OVERHEAD_BYTES = 2000
const MAX_ENTRIES = 1000
const MAX_BYTES = 16 * 1024 * 1024

/**
 * The rendered answers an isolate keeps, by URL as it was asked. Bounded in number and in bytes, least recently used out
 * first: whoever asks with ever new query strings pushes out answers, and nothing else.
 */
export class Answers {
  readonly #kept = new Map<string, Answer>()
  readonly #maxEntries: number
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxEntries = MAX_ENTRIES, maxBytes = MAX_BYTES) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
  }

  get(url: string): Answer | undefined {
    const answer = this.#kept.get(url)
    if (answer) {
      this.#kept.delete(url)
      this.#kept.set(url, answer)
    }
    return answer
  }

  /** Keeps `answer`; one that is larger than an eighth of all there is room for is not worth what it would push out. */
  set(url: string, answer: Answer): void {
    this.delete(url)
    const bytes = sizeOf(answer)
    if (bytes > this.#maxBytes / 8) return
    this.#kept.set(url, answer)
    this.#bytes += bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return
      this.delete(oldest)
    }
  }

  delete(url: string): void {
    const answer = this.#kept.get(url)
    if (!answer) return
    this.#kept.delete(url)
    this.#bytes -= sizeOf(answer)
  }

  get size(): number {
    return this.#kept.size
  }
}

/** Bytes, at the two a letter that a string may take. */
function sizeOf({ body }: Answer): number {
  return body.length * 2 + OVERHEAD_BYTES
}
