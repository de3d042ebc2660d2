import type { Scope } from '../../domain/session.ts'
import { checkOptionTexts, type TranslatedFields, translatableLocales } from '../../domain/translation.ts'
import type { Query, Write } from '../../platform/db/client.ts'
import { sanitizeHtml } from '../../platform/html/sanitize.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem, type ProblemCode } from '../../platform/http/problem.ts'
import { commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { type TranslationInput, toFields } from './contract.ts'
import { listTranslations, removeTranslation, setTranslation, type TranslationRow } from './queries.ts'

/** A thing with texts, as far as its translations need to know it. The features above bring theirs. */
export interface Translatable {
  /** Names the thing in audit trails and events: `product` makes `product.translated`. */
  subject: string
  access: { read: Scope; write: Scope }
  missing: ProblemCode
  /** Its version, and of a product the options with their values. */
  find(id: string): Query<{ version: number; options?: Readonly<Record<string, readonly string[]>> }[]>
  /** Raises its version: its texts are part of it. Breaks `version_mismatch`. */
  touch(id: string, version: number, now: Date): Write[]
  /** Tags of the public answers that show its texts. */
  tagsOf(id: string): string[]
  /** The markets, whose locales are those that there may be texts in. */
  listMarkets(): Query<{ locales: string[] }[]>
}

/** What a change of a translation leaves: the texts, and the version of what they belong to. */
interface Translated {
  row: TranslationRow
  version: number
}

/**
 * Sets texts of a thing in a locale, in the next version of it. A locale without any text left is forgotten.
 * @throws {Problem} its `missing`, version_mismatch, invalid_request.
 */
export async function translate(
  context: Context,
  thing: Translatable,
  { id, locale, input, ifMatch }: { id: string; locale: string; input: TranslationInput; ifMatch: number | null },
): Promise<Translated> {
  const { db, now } = context
  const [[found], rows, markets] = await db.read(thing.find(id), listTranslations(id), thing.listMarkets())
  const { version, options } = mustBe(found, thing.missing, ifMatch)
  const allowed = translatableLocales(markets.flatMap(({ locales }) => locales))
  if (!allowed.includes(locale)) throw invalid('/path/locale', `must be one of ${allowed.join(', ')}`)
  if (input.options) {
    const faults = checkOptionTexts(input.options, options ?? {}, '/options')
    if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  }
  const html = input.description_html
  const changes = toFields(input, html ? await sanitizeHtml(html) : html)
  const before = rows.find((row) => row.locale === locale)
  const fields = mergeTexts(before?.fields ?? {}, changes)
  const row = { subjectId: id, locale, fields, updatedAt: now.getTime() }
  if (JSON.stringify(fields) === JSON.stringify(before?.fields ?? {})) return { row: before ?? row, version }
  const isEmpty = Object.keys(fields).length === 0
  await commitTranslation(context, thing, {
    id,
    version,
    writes: isEmpty ? [removeTranslation(id, locale)] : setTranslation(row),
    change: { locale, fields: Object.keys(input) },
  })
  return { row, version: version + 1 }
}

/** Forgets all texts of a thing in a locale. @throws {Problem} its `missing`, version_mismatch, translation_not_found */
export async function forgetTranslation(
  context: Context,
  thing: Translatable,
  { id, locale, ifMatch }: { id: string; locale: string; ifMatch: number | null },
): Promise<void> {
  const [[found], rows] = await context.db.read(thing.find(id), listTranslations(id))
  const { version } = mustBe(found, thing.missing, ifMatch)
  if (!rows.some((row) => row.locale === locale)) throw new Problem('translation_not_found')
  const writes = [removeTranslation(id, locale)]
  await commitTranslation(context, thing, { id, version, writes, change: { locale, removed: true } })
}

/** All texts of a thing by locale, and its version. @throws {Problem} its `missing` */
export async function readTranslations({ db }: Context, thing: Translatable, id: string) {
  const [[found], rows] = await db.read(thing.find(id), listTranslations(id))
  return { rows, version: mustBe(found, thing.missing).version }
}

async function commitTranslation(
  context: Context,
  thing: Translatable,
  {
    id,
    version,
    writes,
    change,
  }: { id: string; version: number; writes: readonly Write[]; change: Record<string, unknown> },
): Promise<void> {
  await commitStaffChange(context, {
    // What was read of the texts is true of this version alone: it goes first.
    writes: [...thing.touch(id, version, context.now), ...writes],
    reads: [],
    action: `${thing.subject}.translated`,
    subjectId: id,
    change: { ...change, version: version + 1 },
    status: null,
    tags: thing.tagsOf(id),
  })
}

/** `before` with those of `changes` that are given; null takes one away. In a fixed order, so that equal texts are equal. */
function mergeTexts(before: TranslatedFields, changes: ReturnType<typeof toFields>): TranslatedFields {
  const merged = Object.entries(changes).map(([field, text]) => [
    field,
    text === undefined ? before[field as keyof TranslatedFields] : text,
  ])
  return Object.fromEntries(merged.filter(([, text]) => text !== undefined && text !== null))
}
