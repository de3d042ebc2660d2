import * as z from 'zod'
import type { Address } from '../../domain/address.ts'
import { isCurrency, type Money } from '../../domain/money.ts'
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

/** `limit` and `cursor` of every list. */
export const pageQuery = () => ({
  limit: integerParameter(1, 100).default(24),
  cursor: z.string().max(1000).optional(),
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
