import { escapeHtml } from './escape-html.ts'
import { readWords } from './search-words.ts'

/** The words that a search has found things by. */
export interface SoughtWords {
  stems: ReadonlySet<string>
  /** What further words begin with. */
  prefixes: readonly string[]
}

interface Piece {
  text: string
  isMarked: boolean
}

/** `text` as HTML, with every sought word in `<mark>`; null where it has none. Everything else is escaped. */
export function highlight(text: string, sought: SoughtWords): string | null {
  const marks = marksOf(text, sought)
  return marks.length > 0 ? toHtml(piecesOf(text, marks)) : null
}

// What is shown before the first sought word of a snippet, so that it can be read.
const BEFORE = 40

/**
 * What stands around the place of a long text that has the most sought words, as HTML like that of `highlight`, cut between
 * words; null where it has none. @param length about as many characters, without the tags.
 */
export function snippet(text: string, sought: SoughtWords, length = 160): string | null {
  const marks = marksOf(text, sought)
  if (marks.length === 0) return null
  const start = startOfWord(text, bestPlace(marks, length - BEFORE) - BEFORE)
  const end = endOfWord(text, start + length)
  const shown = marks
    .filter((mark) => mark.end > start && mark.start < end)
    .map((mark) => ({ start: Math.max(mark.start, start) - start, end: Math.min(mark.end, end) - start }))
  const html = toHtml(piecesOf(text.slice(start, end), shown))
  return `${start > 0 ? '…' : ''}${html.trim()}${end < text.length ? '…' : ''}`
}

/** Where the most of `marks` begin and end within `length`: of places with as many, the first. */
function bestPlace(marks: readonly Mark[], length: number): number {
  let best = marks[0]?.start ?? 0
  let most = 0
  let behind = 0
  for (const [index, { start }] of marks.entries()) {
    behind = Math.max(behind, index)
    while ((marks[behind]?.end ?? Number.POSITIVE_INFINITY) <= start + length) behind += 1
    if (behind - index <= most) continue
    most = behind - index
    best = start
  }
  return best
}

interface Mark {
  start: number
  end: number
}

function piecesOf(text: string, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { start, end } of marks) {
    pieces.push({ text: text.slice(at, start), isMarked: false }, { text: text.slice(start, end), isMarked: true })
    at = end
  }
  return [...pieces, { text: text.slice(at), isMarked: false }]
}

/** Where sought words stand, in order; those that overlap or touch (grams) are one. */
function marksOf(text: string, { stems, prefixes }: SoughtWords): Mark[] {
  const found = readWords(text)
    .filter(({ raw, stem }) => stems.has(stem) || prefixes.some((prefix) => raw.startsWith(prefix)))
    .sort((left, right) => left.start - right.start || right.end - left.end)
  const marks: Mark[] = []
  for (const { start, end } of found) {
    const last = marks.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else marks.push({ start, end })
  }
  return marks
}

function startOfWord(text: string, at: number): number {
  if (at <= 0) return 0
  const space = text.slice(at, at + BEFORE).search(/\s/)
  return space < 0 ? wholeAt(text, at) : at + space + 1
}

function endOfWord(text: string, at: number): number {
  if (at >= text.length) return text.length
  const space = text.lastIndexOf(' ', at)
  return space > at - BEFORE ? space : wholeAt(text, at)
}

/** Not between the halves of a surrogate pair. */
function wholeAt(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at + 1 : at
}

function toHtml(pieces: readonly Piece[]): string {
  return pieces
    .map(({ text, isMarked }) => {
      const escaped = escapeHtml(text)
      return isMarked ? `<mark>${escaped}</mark>` : escaped
    })
    .join('')
}
