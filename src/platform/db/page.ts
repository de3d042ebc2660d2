import { fromBase64Url, sha256Hex, toBase64Url } from '../crypto/hash.ts'
import { Problem } from '../http/problem.ts'

/** A keyset position: the sort values of the last row shown. */
export type Position = readonly (string | number)[]

export interface Page<Row> {
  rows: Row[]
  nextCursor: string | null
}

/**
 * Cuts `limit` rows out of `limit + 1` and seals the position of the last one.
 * @param list what was asked: filters and sort. A cursor is only good for the list it came from.
 * @param further where to go on when fewer rows were found, but not all were looked at.
 */
export async function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  list: string,
  position: (row: Row) => Position,
  further: Position | null = null,
): Promise<Page<Row>> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? position(last) : further
  return { rows: shown, nextCursor: next && (await sealCursor(list, next)) }
}

async function sealCursor(list: string, position: Position): Promise<string> {
  const text = JSON.stringify([await seal(list, position), ...position])
  return toBase64Url(new TextEncoder().encode(text))
}

type Kind = 'integer' | 'text'
type Opened<Kinds extends readonly Kind[]> = {
  -readonly [Index in keyof Kinds]: Kinds[Index] extends 'integer' ? number : string
}

/**
 * The position that a cursor goes on from; null at the beginning of the list.
 * @param kinds what the list sorts by. The values go into SQL, and a forged one may hold others.
 * @throws {Problem} invalid_cursor when it is of another list, cut off or made up.
 */
export async function openCursor<const Kinds extends readonly Kind[]>(
  list: string,
  cursor: string | undefined,
  kinds: Kinds,
): Promise<Opened<Kinds> | null> {
  if (cursor === undefined) return null
  let parts: unknown
  try {
    parts = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64Url(cursor)))
  } catch {
    throw new Problem('invalid_cursor')
  }
  if (!Array.isArray(parts)) throw new Problem('invalid_cursor')
  const [mark, ...position] = parts
  const fits = position.length === kinds.length && kinds.every((kind, index) => isOfKind(kind, position[index]))
  if (!fits || mark !== (await seal(list, position))) throw new Problem('invalid_cursor')
  return position as Opened<Kinds>
}

function isOfKind(kind: Kind, part: unknown): boolean {
  return kind === 'integer' ? Number.isSafeInteger(part) : typeof part === 'string'
}

// Not a secret: it keeps honest mistakes apart (another filter, a damaged link). A forged position reads the same
// public list from somewhere else.
async function seal(list: string, position: Position): Promise<string> {
  return (await sha256Hex(JSON.stringify([list, position]))).slice(0, 12)
}
