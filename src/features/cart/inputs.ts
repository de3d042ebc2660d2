import * as z from 'zod'
import { MAX_DISCOUNT_CODES, MAX_GIFT_CARDS, MAX_LINES, MAX_QUANTITY, MERGE_STRATEGIES } from '../../domain/cart.ts'
import { normaliseCode } from '../../domain/promotion.ts'
import { countryOfVatId, normaliseVatId } from '../../domain/vat-id.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { AddressInput, CountryCode, CurrencyCode, LocaleCode, MetadataShape } from '../../platform/http/shapes.ts'

const LineInput = shape(() =>
  z
    .strictObject({
      variant_id: idSchema('variant').optional(),
      sku: z.string().min(1).max(100).optional(),
      quantity: z.int().min(1).max(MAX_QUANTITY),
      attributes: MetadataShape().default({}),
    })
    .refine((line) => (line.variant_id === undefined) !== (line.sku === undefined), {
      path: ['variant_id'],
      message: 'give either variant_id or sku',
    })
    .meta({ id: 'LineInput' }),
)

const Lines = shape(() => z.array(LineInput()).min(1).max(MAX_LINES))
const Email = shape(() => z.string().trim().max(254).pipe(z.email()))
const VatId = shape(() =>
  z
    .string()
    .max(40)
    .transform(normaliseVatId)
    .refine((vatId) => countryOfVatId(vatId) !== null, 'must be a VAT id with its prefix, such as DE136695976')
    .meta({ description: 'Its format and check digits are checked, not whether it was issued' }),
)

export const CreateCart = shape(() =>
  z
    .strictObject({
      currency: CurrencyCode().optional(),
      country: CountryCode().optional(),
      locale: LocaleCode().optional(),
      email: Email().optional(),
      lines: z.array(LineInput()).max(MAX_LINES).default([]),
    })
    .meta({ id: 'CreateCart' }),
)

/** The codes a shopper holds; the same one twice is one. */
export const DiscountCodes = shape(() =>
  z
    .array(z.string().trim().min(1).max(50).transform(normaliseCode))
    .max(MAX_DISCOUNT_CODES)
    .transform((codes) => [...new Set(codes)]),
)

export const AddGiftCards = shape(() =>
  z
    .strictObject({
      codes: z
        .array(z.string().trim().min(1).max(50))
        .min(1)
        .max(MAX_GIFT_CARDS)
        .meta({ description: 'As they were typed: case, spaces and hyphens do not matter' }),
    })
    .meta({ id: 'AddGiftCards' }),
)

export const UpdateCart = shape(() =>
  z
    .strictObject({
      email: Email().nullable(),
      shipping_address: AddressInput().nullable(),
      billing_address: AddressInput().nullable(),
      shipping_option_id: idSchema('rate').nullable().meta({ description: 'One of `GET .../shipping-options`' }),
      discount_codes: DiscountCodes().meta({ description: 'All of them: a list replaces the list before' }),
      currency: CurrencyCode(),
      country: CountryCode(),
      locale: LocaleCode(),
      vat_id: VatId().nullable(),
      note: z.string().max(1000).nullable(),
      metadata: MetadataShape(),
    })
    .partial()
    .meta({ id: 'UpdateCart' }),
)

export const AddLines = shape(() => z.strictObject({ lines: Lines() }).meta({ id: 'AddLines' }))

export const SetLines = shape(() =>
  z
    .strictObject({
      lines: z
        .array(z.strictObject({ id: idSchema('line'), quantity: z.int().min(0).max(MAX_QUANTITY) }))
        .min(1)
        .max(MAX_LINES)
        .refine((lines) => new Set(lines.map(({ id }) => id)).size === lines.length, 'must name each line once'),
    })
    .meta({ id: 'SetLines' }),
)

export const MergeCart = shape(() =>
  z
    .strictObject({
      from_cart_id: idSchema('cart'),
      from_access_token: z
        .string()
        .min(1)
        .max(2048)
        .optional()
        .meta({ description: 'The token of the session that has the other cart, where it is not this one' }),
      strategy: z.enum(MERGE_STRATEGIES).default('sum').meta({
        description:
          'The quantity of a line that both carts have: the same variant with the same attributes. Other lines are kept',
      }),
    })
    .meta({ id: 'MergeCart' }),
)

export const RecoverCart = shape(() =>
  z
    .strictObject({ token: z.string().min(1).max(2048).meta({ description: 'Of the link in `cart.abandoned`' }) })
    .meta({ id: 'RecoverCart' }),
)

export const CartParams = shape(() => z.object({ cart: idSchema('cart') }))
export const LineParams = shape(() => z.object({ cart: idSchema('cart'), line: idSchema('line') }))
export const GiftCardOfCartParams = shape(() => z.object({ cart: idSchema('cart'), gift_card: idSchema('giftCard') }))
