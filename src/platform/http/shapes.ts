import * as z from 'zod'
import type { Address } from '../../domain/address.ts'
import { isHandle } from '../../domain/handle.ts'
import { isCurrency, type Money } from '../../domain/money.ts'
import type { ImageDraft } from '../../domain/product.ts'
import { shape } from './schema.ts'

// Contract shapes that several features share. Each is the JSON form of a domain type.

export const CurrencyCode = shape(() =>
  z
    .string()
    .refine(isCurrency, 'must be an ISO 4217 currency code in upper case')
    .meta({ description: 'ISO 4217', example: 'USD' }),
)

export const CountryCode = shape(() =>
  z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 country code in upper case')
    .meta({ description: 'ISO 3166-1 alpha-2', example: 'DE' }),
)

export const LocaleCode = shape(() =>
  z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 language tag')
    .meta({ description: 'BCP 47', example: 'en-US' }),
)

/** `{amount, currency}`: integer minor units, never a float. */
export const MoneyShape = shape(() =>
  z.strictObject({ amount: z.int().min(0), currency: CurrencyCode() }).meta({
    id: 'Money',
    description: 'An amount in integer minor units of its currency: 1999 USD is $19.99, 1999 JPY is ¥1999.',
  }),
)

/** String to string, small: what a shop writes along for itself. */
export const MetadataShape = shape(() =>
  z
    .record(z.string().min(1).max(64), z.string().max(1000))
    .refine((metadata) => Object.keys(metadata).length <= 50, 'must have at most 50 entries')
    .meta({ id: 'Metadata' }),
)

const optionalText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .nullish()
    .transform((text) => text || null)

/** A postal address as it comes in: what is optional may be left out and is null from then on. */
export const AddressInput = shape(() =>
  z
    .strictObject({
      first_name: z.string().trim().min(1).max(100),
      last_name: z.string().trim().min(1).max(100),
      company: optionalText(200),
      line1: z.string().trim().min(1).max(200),
      line2: optionalText(200),
      city: z.string().trim().min(1).max(100),
      region: optionalText(10),
      postal_code: z.string().trim().min(1).max(20),
      country: CountryCode(),
      phone: optionalText(40),
    })
    .meta({ id: 'AddressInput' }),
)

export const AddressView = shape(() =>
  z
    .object({
      first_name: z.string(),
      last_name: z.string(),
      company: z.string().nullable(),
      line1: z.string(),
      line2: z.string().nullable(),
      city: z.string(),
      region: z.string().nullable(),
      postal_code: z.string(),
      country: z.string(),
      phone: z.string().nullable(),
    } satisfies Record<keyof Address, z.ZodType>)
    .meta({ id: 'Address' }),
)

/** A whole number in a query string, in plain digits: `0x10`, `1e1` and ` 10` are somebody's mistake. */
export function integerParameter(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .pipe(z.coerce.number<string>().int().min(minimum).max(maximum))
    .meta({ override: { type: 'integer', minimum, maximum } })
}

/** RFC 3339 with its offset, as Unix milliseconds. */
export const Timestamp = shape(() =>
  z.iso
    .datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-11-24T18:00:00Z' })
    .transform((text) => Date.parse(text))
    .meta({ override: { type: 'string', format: 'date-time' } }),
)

/** An id or handle in a path. Handles are stored in NFC; who spells one in another form of Unicode means the same. */
export const HandleParam = shape(() => z.string().min(1).max(255).normalize('NFC'))

/** The address of a product, collection or category in the storefront. */
export const HandleInput = shape(() =>
  z.string().refine(isHandle, 'must be lower-case words of letters and digits joined by hyphens'),
)

export const ImageInput = shape(() =>
  z.strictObject({
    url: z
      .string()
      .max(2000)
      .regex(/^(https?:\/\/|\/)\S+$/, 'must be an http(s) URL or a path of this site'),
    alt: z.string().max(500).default(''),
    width: z.int().min(1).max(100_000).nullish(),
    height: z.int().min(1).max(100_000).nullish(),
  }),
)

export const ImageView = shape(() =>
  z
    .object({
      id: z.string(),
      url: z.string(),
      alt: z.string(),
      width: z.int().nullable(),
      height: z.int().nullable(),
    })
    .meta({ id: 'Image' }),
)

/** An image that belongs to one subject alone and needs no id. */
export const PictureView = shape(() => ImageView().omit({ id: true }).meta({ id: 'Picture' }))

export const SeoInput = shape(() =>
  z.strictObject({ title: z.string().max(255).nullish(), description: z.string().max(1000).nullish() }),
)

export const SeoView = shape(() =>
  z.object({ title: z.string().nullable(), description: z.string().nullable() }).meta({ id: 'Seo' }),
)

/** An `ImageInput` as it is stored. */
export function toPicture(image: z.output<ReturnType<typeof ImageInput>>): ImageDraft {
  return { ...image, width: image.width ?? null, height: image.height ?? null }
}

/** A `SeoInput` as it is stored beside other texts. */
export function seoColumns({ title, description }: z.output<ReturnType<typeof SeoInput>>) {
  return { seoTitle: title ?? null, seoDescription: description ?? null }
}

/** Whether a list names nothing twice. */
export function isDistinct(list: readonly string[]): boolean {
  return new Set(list).size === list.length
}

/** A query parameter that may be given several times: what it names, each once and in order. */
export function several<Item extends z.ZodType<string>>(item: Item, max: number) {
  return z
    .union([item, z.array(item).max(max)])
    .transform((value) => [...new Set(Array.isArray(value) ? value : [value])] as z.output<Item>[])
}

/** `limit` and `cursor` of every list. */
export const pageQuery = () => ({
  limit: integerParameter(1, 100).default(24),
  // Room for a title of 255 letters of any script, which a list sorted by title goes on from.
  cursor: z.string().max(3000).optional(),
})

/** The envelope of every list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() })
}

export function money(amount: number, currency: string): Money {
  return { amount, currency }
}

/** Unix milliseconds as RFC 3339 UTC. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
