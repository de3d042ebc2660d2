import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { TranslatedFields, Translations } from '../../domain/translation.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { upsertRows } from '../../platform/db/rows.ts'
import { translations } from '../../platform/db/schema/translations.ts'

export type TranslationRow = typeof translations.$inferSelect

/**
 * All translations of the outer query's subject as one JSON object, locale -> fields; null where there is none.
 * @param subjectId its column. @param fields JSON paths to take, for readers that need no long texts; all by default.
 */
export function translationsJson(subjectId: SQL, fields?: readonly (keyof TranslatedFields)[]): SQL<string> {
  const taken = fields
    ? sql`json_patch('{}', json_object(${sql.join(
        fields.map((field) => sql`${sql.raw(`'${field}'`)}, t.fields -> ${sql.raw(`'$.${field}'`)}`),
        sql`, `,
      )}))`
    : sql`json(t.fields)`
  return sql<string>`(SELECT json_group_object(t.locale, ${taken}) FROM ${translations} AS t WHERE t.subject_id = ${subjectId})`
}

/** What `translationsJson` answers. */
export function parseTranslations(text: string | null): Translations {
  return JSON.parse(text ?? '{}') as Translations
}

/** The title of the outer query's subject in a locale, or null. @param locale an SQL expression. */
export function translatedTitle(subjectId: SQL, locale: SQL): SQL<string | null> {
  return translatedText(subjectId, 'title', locale)
}

/**
 * A text of the outer query's subject in a locale, or null: by the exact tag, else by the longest that begins it
 * (`localeChain` of domain/translation.ts). Of tags that begin the same one, the longest is also the last in the order of
 * the key: nothing is sorted. Options come as JSON.
 * @param locale an SQL expression.
 */
export function translatedText(subjectId: SQL, field: keyof TranslatedFields, locale: SQL): SQL<string | null> {
  const text = sql`t.fields ->> ${sql.raw(`'$.${field}'`)}`
  return sql<string | null>`(SELECT ${text} FROM ${translations} AS t
    WHERE t.subject_id = ${subjectId} AND substr(${locale} || '-', 1, length(t.locale) + 1) = t.locale || '-'
      AND ${text} IS NOT NULL
    ORDER BY t.locale DESC LIMIT 1)`
}

export function listTranslations(subjectId: string): Query<TranslationRow[]> {
  return q.select().from(translations).where(eq(translations.subjectId, subjectId)).orderBy(asc(translations.locale))
}

/** Sets the texts of a subject in one locale; what was there is replaced. */
export function setTranslation(row: TranslationRow): Write[] {
  return upsertRows(translations, [row], [translations.subjectId, translations.locale])
}

export function removeTranslation(subjectId: string, locale: string): Write {
  return q.delete(translations).where(and(eq(translations.subjectId, subjectId), eq(translations.locale, locale)))
}

/** Every translation of a subject, with the subject. */
export function removeTranslations(subjectId: string): Write {
  return q.delete(translations).where(eq(translations.subjectId, subjectId))
}
