import { escapePointer } from './pointer.ts'

/** By the option's name in the source: its name and its values, these by the source's values. */
export type OptionTexts = Readonly<Record<string, { name?: string; values?: Readonly<Record<string, string>> }>>

/** Texts of one subject in one locale. What is absent is not translated. */
export interface TranslatedFields {
  title?: string
  descriptionHtml?: string
  seoTitle?: string
  seoDescription?: string
  options?: OptionTexts
}

/** All translations of one subject, by locale. */
export type Translations = Readonly<Record<string, TranslatedFields>>

/** The locales whose texts may stand in for `locale`, the best first: itself, then its language (RFC 4647, look-up). */
export function localeChain(locale: string): string[] {
  const parts = locale.split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

/** The locales that texts are worth translating into: those that are spoken, and what stands in for them. */
export function translatableLocales(spoken: readonly string[]): string[] {
  return [...new Set(spoken.flatMap(localeChain))].sort()
}

/** The text of `field` in the best locale that has it, or null where the source's own has to do. */
export function translated<Field extends keyof TranslatedFields>(
  translations: Translations,
  locale: string,
  field: Field,
): NonNullable<TranslatedFields[Field]> | null {
  for (const candidate of localeChain(locale)) {
    const text = translations[candidate]?.[field]
    if (text !== undefined && text !== null) return text
  }
  return null
}

/** The title of a subject in the best locale that has one, or its own. */
export function titleIn(
  { title, translations }: { title: string; translations: Translations },
  locale: string,
): string {
  return translated(translations, locale, 'title') ?? title
}

/** An option's name in `texts`, or its own. */
export function optionName(texts: OptionTexts | null, name: string): string {
  return textsOf(texts, name)?.name ?? name
}

/** A value of an option in `texts`, or its own. */
export function optionValue(texts: OptionTexts | null, name: string, value: string): string {
  const { values } = textsOf(texts, name) ?? {}
  return (values && Object.hasOwn(values, value) ? values[value] : undefined) ?? value
}

/** Names are the shop's: one that an object has anyway (`constructor`) is not translated by it. */
function textsOf(texts: OptionTexts | null, name: string): OptionTexts[string] | undefined {
  return texts && Object.hasOwn(texts, name) ? texts[name] : undefined
}

/** An option's name and values as `locale` has them; what is not translated keeps the source's. */
export function translateOptions(
  options: Readonly<Record<string, string>>,
  translations: Translations,
  locale: string,
): Record<string, string> {
  const texts = translated(translations, locale, 'options')
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [optionName(texts, name), optionValue(texts, name, value)]),
  )
}

/**
 * What is wrong with texts of a product's options: names and values that it does not have, and two that would read the
 * same, because shoppers choose by them. Pointers are below `pointer`.
 * @param options the product's options in the source, with their values.
 */
export function checkOptionTexts(
  texts: OptionTexts,
  options: Readonly<Record<string, readonly string[]>>,
  pointer: string,
): { pointer: string; detail: string }[] {
  const names = Object.keys(options)
  const at = (...path: string[]) => [pointer, ...path.map(escapePointer)].join('/')
  const unknown = Object.entries(texts).flatMap(([name, { values = {} }]) => {
    const known = Object.hasOwn(options, name) ? (options[name] ?? []) : null
    if (!known) {
      return [{ pointer: at(name), detail: `is not an option of this product; it has: ${names.join(', ') || 'none'}` }]
    }
    return Object.keys(values)
      .filter((value) => !known.includes(value))
      .map((value) => ({ pointer: at(name, 'values', value), detail: `is no value; there are: ${known.join(', ')}` }))
  })
  if (unknown.length > 0) return unknown
  const sameValues = names
    .filter((name) => hasTwice((options[name] ?? []).map((value) => optionValue(texts, name, value))))
    .map((name) => ({ pointer: at(name, 'values'), detail: 'must be texts that differ from each other' }))
  const sameNames = hasTwice(names.map((name) => optionName(texts, name)))
  return [...sameValues, ...(sameNames ? [{ pointer, detail: 'must give each option a name of its own' }] : [])]
}

function hasTwice(texts: readonly string[]): boolean {
  return new Set(texts).size < texts.length
}
