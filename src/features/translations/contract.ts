import * as z from 'zod'
import { type TranslatedFields, type Translations, titleIn, translated } from '../../domain/translation.ts'
import { shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import type { TranslationRow } from './queries.ts'

const textFields = () => ({
  title: z.string().trim().min(1).max(255).nullable(),
  description_html: z.string().max(50_000).nullable(),
  seo_title: z.string().max(255).nullable(),
  seo_description: z.string().max(1000).nullable(),
})

const optionText = () => z.string().trim().min(1).max(255)

const OptionTextsShape = shape(() =>
  z
    .record(
      z.string().max(100),
      z.strictObject({ name: optionText().optional(), values: z.record(z.string().max(255), optionText()).optional() }),
    )
    .meta({
      id: 'OptionTexts',
      description: 'By the option’s name in the source: its name here, and its values here by those of the source',
    }),
)

/** What is left out stays as it is; null takes a translation away, so that the next locale of the chain shows. */
export const UpdateTranslation = shape(() => z.strictObject(textFields()).partial().meta({ id: 'UpdateTranslation' }))

export const UpdateProductTranslation = shape(() =>
  z
    .strictObject({ ...textFields(), options: OptionTextsShape().nullable() })
    .partial()
    .meta({ id: 'UpdateProductTranslation' }),
)

export type TranslationInput = z.output<ReturnType<typeof UpdateProductTranslation>>

export const TranslationView = shape(() =>
  z
    .object({
      locale: z.string(),
      title: z.string().nullable(),
      description_html: z.string().nullable(),
      seo_title: z.string().nullable(),
      seo_description: z.string().nullable(),
      options: OptionTextsShape().nullable().meta({ description: 'Of products alone' }),
      updated_at: z.string(),
    })
    .meta({ id: 'Translation', description: 'What is null is not translated: shoppers see the next best text' }),
)

export function toTranslationView({ locale, fields, updatedAt }: TranslationRow) {
  return {
    locale,
    title: fields.title ?? null,
    description_html: fields.descriptionHtml ?? null,
    seo_title: fields.seoTitle ?? null,
    seo_description: fields.seoDescription ?? null,
    options: fields.options ?? null,
    updated_at: timestamp(updatedAt),
  }
}

/** Texts as they stand in the source, and what they are in other locales. */
interface Texts {
  title: string
  descriptionHtml: string
  seoTitle: string | null
  seoDescription: string | null
  translations: Translations
}

/** The texts of a subject as a storefront shows them: each in the best locale that has it. */
export function toTextsView(texts: Texts, locale: string) {
  const { translations } = texts
  return {
    title: titleIn(texts, locale),
    description_html: translated(translations, locale, 'descriptionHtml') ?? texts.descriptionHtml,
    seo: {
      title: translated(translations, locale, 'seoTitle') ?? texts.seoTitle,
      description: translated(translations, locale, 'seoDescription') ?? texts.seoDescription,
    },
  }
}

/** `input` in the form it is stored in, null for what is taken away. @param descriptionHtml the input's, sanitised. */
export function toFields(input: TranslationInput, descriptionHtml: string | null | undefined) {
  return {
    title: input.title,
    descriptionHtml,
    seoTitle: input.seo_title,
    seoDescription: input.seo_description,
    options: input.options,
  } satisfies { [Field in keyof Required<TranslatedFields>]: TranslatedFields[Field] | null }
}
