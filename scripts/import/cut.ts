import type { Readable } from 'node:stream'

/** A piece of the file that is uploaded by itself: whole products, and of a table the heading first. */
export interface Part {
  text: string
  products: number
  /** What to add to a line of the part to have the line of the file. */
  offset: number
}

/** How large a part is at most. The server takes 4 MiB, and some hundred products in one request. */
export interface PartSize {
  products: number
  bytes: number
}

export const USUAL_SIZE: PartSize = { products: 500, bytes: 2_000_000 }

/** The file cannot be cut: what stands in it is larger than any product. */
export class Uncuttable extends Error {}

// More than that in one row or line is no product.
const MAX_PIECE = 3_500_000

interface Piece {
  text: string
  /** 1-based, of the file. */
  line: number
}

/**
 * Cuts a table at product boundaries: rows that follow each other with the same Handle stay together. The same file is cut the
 * same way each time. @throws {Uncuttable}
 */
export async function* cutCsv(file: AsyncIterable<string>, size: PartSize = USUAL_SIZE): AsyncGenerator<Part> {
  let heading: Piece | null = null
  let column = 0
  let handle: string | null = null
  let open: OpenPart | null = null
  for await (const row of piecesOf(file, true)) {
    if (row.text.trim() === '') continue
    if (!heading) {
      heading = row
      column = handleColumn(row.text)
      continue
    }
    const own = (cellsOf(row.text)[column] ?? '').trim().normalize('NFC').toLowerCase()
    const isNext = own !== handle
    handle = own
    if (open && isNext && isFull(open, size)) {
      yield close(open)
      open = null
    }
    open ??= startPart(row.line, heading.text)
    add(open, row, isNext)
  }
  if (open) yield close(open)
  // The server says what is wrong with a file that has nothing but a heading.
  else if (heading) yield { text: heading.text, products: 0, offset: heading.line - 1 }
}

/** Cuts JSON Lines, of which each is a product. @throws {Uncuttable} */
export async function* cutLines(file: AsyncIterable<string>, size: PartSize = USUAL_SIZE): AsyncGenerator<Part> {
  let open: OpenPart | null = null
  for await (const line of piecesOf(file, false)) {
    if (open && isFull(open, size)) {
      yield close(open)
      open = null
    }
    open ??= startPart(line.line, '')
    add(open, line, line.text.trim() !== '')
  }
  if (open) yield close(open)
}

/** The file as text with line feeds as its line ends, without a byte order mark. */
export async function* textOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let carried = ''
  for await (const bytes of stream) {
    const text = carried + decoder.decode(bytes as Buffer, { stream: true })
    // Whether a carriage return is the end of a line by itself is seen by what follows.
    carried = text.endsWith('\r') ? '\r' : ''
    yield (carried ? text.slice(0, -1) : text).replaceAll(/\r\n?/g, '\n')
  }
  yield (carried + decoder.decode()).replaceAll(/\r\n?/g, '\n')
}

/** Rows or lines, each with its line end. @param quoted whether line ends between quotes are part of a row. */
async function* piecesOf(file: AsyncIterable<string>, quoted: boolean): AsyncGenerator<Piece> {
  let rest = ''
  let line = 1
  let isInQuotes = false
  for await (const text of file) {
    let start = 0
    let at = 0
    while (at < text.length) {
      const letter = text[at]
      at += 1
      if (quoted && letter === '"') isInQuotes = !isInQuotes
      if (letter !== '\n' || isInQuotes) continue
      const piece = rest + text.slice(start, at)
      rest = ''
      start = at
      yield { text: piece, line }
      line += countLines(piece)
    }
    rest += text.slice(start)
    if (rest.length > MAX_PIECE) {
      const why = isInQuotes ? 'its quote is never closed' : 'no product is that long'
      throw new Uncuttable(`Line ${line} goes on for more than ${MAX_PIECE} characters: ${why}.`)
    }
  }
  if (rest !== '') yield { text: rest.endsWith('\n') ? rest : `${rest}\n`, line }
}

interface OpenPart {
  texts: string[]
  bytes: number
  products: number
  offset: number
}

function startPart(line: number, heading: string): OpenPart {
  return { texts: [heading], bytes: Buffer.byteLength(heading), products: 0, offset: line - 1 - countLines(heading) }
}

function add(part: OpenPart, { text }: Piece, isProduct: boolean): void {
  part.texts.push(text)
  part.bytes += Buffer.byteLength(text)
  if (isProduct) part.products += 1
}

function isFull({ products, bytes }: OpenPart, size: PartSize): boolean {
  return products >= size.products || bytes >= size.bytes
}

function close({ texts, products, offset }: OpenPart): Part {
  return { text: texts.join(''), products, offset }
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

function handleColumn(heading: string): number {
  const names = cellsOf(heading).map((name) => name.trim().toLowerCase())
  return Math.max(0, names.includes('handle') ? names.indexOf('handle') : names.indexOf('url handle'))
}

/** The cells of a row. What is no CSV gives some cells all the same: the server says what is wrong. */
function cellsOf(row: string): string[] {
  const cells: string[] = []
  for (const [, quoted, plain] of `,${row.replace(/\n$/, '')}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
  }
  return cells
}
