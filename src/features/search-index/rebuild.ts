import { spellingsOf } from '../../domain/search-words.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { RebuildPhase } from '../../platform/db/schema/search-index.ts'
import type { Context } from '../../platform/http/context.ts'
import { findForced, forceDocuments } from '../listings/queries.ts'
import { rederiveSettings } from '../search-settings/rederive.ts'
import { INDEXED_AT_ONCE, indexDocuments } from './chunk.ts'
import {
  addMissingSpellings,
  findRebuild,
  listEntries,
  listRebuilt,
  listSpellings,
  listTerms,
  moveRebuild,
  type Rebuild,
  removeStrayEntries,
  removeStraySpellings,
  type SpellingRow,
} from './rebuild-queries.ts'
import { INDEX_MOVED } from './writes.ts'

// What one step of each phase looks at. Terms have up to 107 spellings each, and a parameter holds 2 MB.
const ENTRIES = 5_000
const TERMS = 300
const SPELLINGS = 5_000
// How many batches a step indexes its products in: a request of ten steps stays below the statements that it may run.
const BATCHES = 4

/**
 * Goes on with the rebuild that is under way, for so many steps. A step marks products and indexes them, or looks through a
 * piece of what the index has; where a crash cuts it short, marks are left, or the step is made again. Searches find what
 * there is meanwhile, and edits are marks like all others.
 * @returns how it stands; null where none has ever been started.
 */
export async function continueRebuild(context: Context, steps: number): Promise<Rebuild | null> {
  for (let step = 0; ; step += 1) {
    const [[rebuild]] = await context.db.read(findRebuild())
    if (!rebuild || rebuild.phase === 'finished' || step >= steps) return rebuild ?? null
    try {
      await STEPS[rebuild.phase](context, rebuild)
    } catch (error) {
      // Somebody else goes on with it too.
      if (!(error instanceof ConstraintError) || error.constraint !== INDEX_MOVED) throw error
    }
  }
}

const STEPS = { documents: stepDocuments, entries: stepEntries, terms: stepTerms, spellings: stepSpellings }

async function stepDocuments(context: Context, rebuild: Rebuild): Promise<void> {
  // First, because queries are read by the words of this version already.
  if (rebuild.position === '') await rederiveSettings(context)
  const [rows] = await context.db.read(listRebuilt(rebuild.position, INDEXED_AT_ONCE))
  const productIds = rows.map(({ productId }) => productId)
  const last = productIds.at(-1)
  if (last === undefined) return finishDocuments(context, rebuild)
  const done = rebuild.done + productIds.length
  await context.db.commit([
    ...moveRebuild(rebuild, { phase: 'documents', position: last, done }),
    forceDocuments(productIds),
  ])
  // Long texts and many new words may not fit one batch. What is left stays marked, and is indexed before the next phase.
  for (let batch = 0; batch < BATCHES; batch += 1) if (!(await indexDocuments(context, { productIds }))) break
}

/** What a crash has left marked comes before what looks through the index. */
async function finishDocuments(context: Context, rebuild: Rebuild): Promise<void> {
  const [[forced]] = await context.db.read(findForced())
  if (forced) await indexDocuments(context, { limit: INDEXED_AT_ONCE })
  else await context.db.commit(moveRebuild(rebuild, { phase: 'entries', position: '', done: rebuild.done }))
}

async function stepEntries(context: Context, rebuild: Rebuild): Promise<void> {
  const [rows] = await context.db.read(listEntries(rebuild.position, ENTRIES))
  const entries = rows.map(({ entry }) => entry)
  await pass(context, rebuild, [removeStrayEntries(entries)], entries.at(-1)?.toString(), 'terms')
}

async function stepTerms(context: Context, rebuild: Rebuild): Promise<void> {
  const [rows] = await context.db.read(listTerms(rebuild.position, TERMS))
  const terms = rows.map(({ term }) => term)
  await pass(context, rebuild, [addMissingSpellings(terms)], terms.at(-1), 'spellings')
}

async function stepSpellings(context: Context, rebuild: Rebuild): Promise<void> {
  const after = JSON.parse(rebuild.position || '{"spelling":"","term":""}') as SpellingRow
  const [rows] = await context.db.read(listSpellings(after, SPELLINGS))
  const last = rows.at(-1)
  // Of another version of the rules.
  const wrong = rows.filter(({ spelling, term }) => !spellingsOf(term, 'term').includes(spelling))
  await pass(context, rebuild, removeStraySpellings(rows, wrong), last && JSON.stringify(last), 'finished')
}

/** On to the next piece of a phase, or where there is none, to the next phase. */
async function pass(
  { db, now }: Context,
  rebuild: Rebuild,
  writes: readonly Write[],
  position: string | undefined,
  next: RebuildPhase,
): Promise<void> {
  const { done, phase } = rebuild
  const finishedAt = next === 'finished' && position === undefined ? now.getTime() : null
  const to = position === undefined ? { phase: next, position: '', done, finishedAt } : { phase, position, done }
  await db.commit([...moveRebuild(rebuild, to), ...writes])
}
