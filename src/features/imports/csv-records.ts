import type { ImportError } from '../../domain/import.ts'

export interface CsvRecord {
  line: number
  cells: string[]
}

let parser: Promise<typeof import('csv-parse/sync')> | null = null

/**
 * The rows of `text` that have a value in them, with the 1-based line on which each starts, and what is no CSV. Lines
 * end with CRLF, LF or CR; inside values they become LF, so that saving a file elsewhere does not change its products.
 */
export async function readRecords(text: string): Promise<{ records: CsvRecord[]; broken: ImportError[] }> {
  // Loaded by the first use: the Worker's start-up does not pay for what only imports need. The plain entry takes
  // Buffer from the runtime; the `browser` one would bring its own.
  parser ??= import('csv-parse/sync')
  const { parse } = await parser
  const records: CsvRecord[] = []
  const broken = new Map<number, ImportError>()
  parse(`${text.replace(/\r\n?/g, '\n')}\n`, {
    bom: true,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_records_with_error: true,
    raw: true,
    // With `raw` the record comes wrapped, whatever its type says.
    on_record: (wrapped: unknown, { lines, raw }) => {
      const { record: cells } = wrapped as { record: string[] }
      if (cells.some((cell) => cell.trim() !== '')) records.push({ line: startOf(lines, raw), cells })
      return null
    },
    on_skip: (error, raw) => {
      const start = startOf(Number(error?.lines), raw)
      const isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED'
      const line = isOpen ? start + lineOfOpenQuote(raw ?? '') : start
      if (isOpen || !broken.has(start))
        broken.set(start, { line, column: null, detail: isOpen ? OPEN_QUOTE : STRAY_QUOTE })
    },
  })
  return { records, broken: [...broken.values()] }
}

const OPEN_QUOTE = 'The quote that opens here is never closed, so nothing could be read from this row on.'
const STRAY_QUOTE =
  'A quote stands in the middle of a value. Put the whole value into quotes and write each quote in it twice: "3"" pipe". Nothing could be read up to where the row ends.'

/** csv-parse counts lines where it stands. `raw` is what it has read of the row, with or without the final line end. */
function startOf(line: number, raw = ''): number {
  return line + 1 - raw.replace(/\n$/, '').split('\n').length
}

/** How many lines below the start of `raw` its unclosed quote stands. */
function lineOfOpenQuote(raw: string): number {
  let opened = -1
  for (let at = raw.indexOf('"'); at >= 0; at = raw.indexOf('"', at + 1)) {
    if (opened < 0) opened = at
    else if (raw[at + 1] === '"') at += 1
    else opened = -1
  }
  return raw.slice(0, Math.max(0, opened)).split('\n').length - 1
}
