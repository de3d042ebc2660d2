import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { unmarkDocuments } from '../listings/queries.ts'
import { type Entry, toEntry, toTitles } from './entry.ts'
import { type Chunk, countDocuments, listCategoryTitles, listSources, type SourceRow } from './queries.ts'
import {
  addSpellings,
  INDEX_MOVED,
  refuseUnlessKnown,
  refuseUnlessMarked,
  refuseUnused,
  removeUnused,
  replaceEntries,
} from './writes.ts'

/** What one chunk came to. */
export interface Indexed {
  /** Marks that are gone. */
  done: number
  /** Entries that were written or removed. */
  changed: number
}

interface Work {
  row: SourceRow
  entry: Entry | null
}

const TRIES = 4

/** What one batch indexes. */
export const INDEXED_AT_ONCE = 100

/**
 * Brings the index up to date with a chunk of the products that are marked: read, derive, commit. The commit stands only if
 * the marks are as they were read; otherwise somebody else was faster or a product has changed again, and it reads anew. A
 * crash leaves the marks.
 * @returns null where nothing of the chunk is marked.
 */
export async function indexDocuments(context: Context, chunk: Chunk): Promise<Indexed | null> {
  for (let tries = 1; ; tries += 1) {
    const [rows, titles] = await context.db.read(listSources(chunk), listCategoryTitles(chunk))
    if (rows.length === 0) return null
    const categories = toTitles(titles)
    const work = fitting(rows.map((row) => ({ row, entry: toEntry(row, categories) })))
    try {
      return await commit(context, work)
    } catch (error) {
      if (!(error instanceof ConstraintError) || error.constraint !== INDEX_MOVED) throw error
      // Others are at the very same products, and faster every time.
      if (tries === TRIES) return { done: 0, changed: 0 }
    }
  }
}

// A parameter of a statement holds 2 MB; a letter may be 3 bytes, and a term of the vocabulary has up to 107 spellings.
const TERMS_ROOM = 500_000
const WORDS_ROOM = 600

/** The first of `work` that fit a batch, at least one. What is left stays marked. */
function fitting(work: readonly Work[]): Work[] {
  let terms = 0
  const words = new Set<string>()
  return work.filter(({ row, entry }, index) => {
    terms += entry?.terms.length ?? 0
    for (const word of [...gained(row, entry), ...lost(row, entry)]) words.add(word)
    return index === 0 || (terms <= TERMS_ROOM && words.size <= WORDS_ROOM)
  })
}

async function commit(context: Context, work: readonly Work[]): Promise<Indexed> {
  const marks = work.map(({ row }) => row)
  const changes = work.filter(isChange)
  if (changes.length === 0) {
    await context.db.commit([refuseUnlessMarked(marks), unmarkDocuments(marks)], [], { repeatable: true })
    return { done: marks.length, changed: 0 }
  }
  const more = [...new Set(changes.flatMap(({ row, entry }) => gained(row, entry)))]
  const less = [...new Set(changes.flatMap(({ row, entry }) => lost(row, entry)))]
  const counts = more.length + less.length === 0 ? [] : (await context.db.read(countDocuments([...more, ...less])))[0]
  const documents = new Map(counts.map((count) => [count.term, count.documents]))
  const isKnown = (word: string) => documents.has(word)
  const writes = [
    refuseUnlessMarked(marks),
    ...refuseUnlessKnown(more.filter(isKnown)),
    ...replaceEntries(
      changes.map(({ row }) => row.productId),
      changes.flatMap(({ entry }) => entry ?? []),
    ),
    ...addSpellings(more.filter((word) => !isKnown(word))),
    // A word that more documents have than this chunk will not become unused, unless others take it from theirs meanwhile.
    ...removeUnused(less.filter((word) => (documents.get(word) ?? 0) <= changes.length)),
    refuseUnused,
    unmarkDocuments(marks),
  ]
  await commitShown(context, { writes, reads: [], tags: [] }, { repeatable: true })
  return { done: marks.length, changed: changes.length }
}

function isChange({ row, entry }: Work): boolean {
  if (entry === null) return row.entry !== null
  return row.forced > 0 || entry.digest !== row.digest || entry.entry !== row.entry
}

function gained(row: SourceRow, entry: Entry | null): string[] {
  const before = new Set(wordsOf(row))
  return (entry?.words ?? []).filter((word) => !before.has(word))
}

function lost(row: SourceRow, entry: Entry | null): string[] {
  const after = new Set(entry?.words)
  return wordsOf(row).filter((word) => !after.has(word))
}

function wordsOf({ words }: SourceRow): string[] {
  return JSON.parse(words ?? '[]') as string[]
}
