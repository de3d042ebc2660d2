import * as z from 'zod'
import { MAX_GIFT_CARD_AMOUNT, normaliseGiftCode } from '../../domain/gift-card.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CurrencyCode, MoneyShape, money, pageQuery, Timestamp, timestamp } from '../../platform/http/shapes.ts'
import type { GiftCardEntryRow, GiftCardRow } from './queries.ts'

const note = () => z.string().trim().max(1000).nullable()
const expiresAt = () =>
  Timestamp().nullable().meta({ description: 'From then on it pays nothing; money that goes back to it is kept' })

export const IssueGiftCard = shape(() =>
  z
    .strictObject({
      amount: z
        .strictObject({ amount: z.int().min(1).max(MAX_GIFT_CARD_AMOUNT), currency: CurrencyCode() })
        .meta({ description: 'What it is worth, in the one currency it pays in' }),
      kind: z.enum(['gift_card', 'store_credit']).default('gift_card').meta({
        description: 'Whoever has the code spends a gift card; store credit pays the orders of one e-mail only',
      }),
      email: z
        .string()
        .trim()
        .max(254)
        .pipe(z.email())
        .optional()
        .meta({ description: 'Whose store credit it is. Only its hash is stored' }),
      expires_at: expiresAt().optional(),
      note: note().optional().meta({ description: 'For staff' }),
    })
    .refine(({ kind, email }) => (kind === 'store_credit') === (email !== undefined), {
      path: ['email'],
      message: 'store credit has one, a gift card has none',
    })
    .meta({ id: 'IssueGiftCard' }),
)

export const UpdateGiftCard = shape(() =>
  z
    .strictObject({ status: z.enum(['active', 'disabled']), expires_at: expiresAt(), note: note() })
    .partial()
    .meta({ id: 'UpdateGiftCard' }),
)

export const AdjustGiftCard = shape(() =>
  z
    .strictObject({
      amount: z
        .int()
        .min(-MAX_GIFT_CARD_AMOUNT)
        .max(MAX_GIFT_CARD_AMOUNT)
        .refine((amount) => amount !== 0, 'must not be 0')
        .meta({ description: 'Minor units of the card’s currency: what is added, or taken where it is negative' }),
      reason: z.string().trim().min(1).max(255).meta({ description: 'It stays in the ledger' }),
    })
    .meta({ id: 'AdjustGiftCard' }),
)

const fields = () => ({
  id: z.string(),
  version: z.int(),
  kind: z.enum(['gift_card', 'store_credit']),
  last4: z.string().meta({ description: 'The end of its code, by which people tell cards apart' }),
  initial_amount: MoneyShape(),
  balance: MoneyShape().meta({ description: 'Without what pending orders have claimed' }),
  status: z.enum(['active', 'disabled']),
  expires_at: z.string().nullable(),
  note: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const GiftCardSummaryView = shape(() => z.object(fields()).meta({ id: 'GiftCardSummary' }))

const EntryView = shape(() =>
  z
    .object({
      kind: z.enum(['issued', 'adjusted', 'claimed', 'released', 'refunded']),
      amount: z.int().meta({ description: 'Minor units of the card’s currency, negative where it was taken' }),
      order_id: z.string().nullable(),
      reason: z.string().nullable(),
      actor: z.string(),
      at: z.string(),
    })
    .meta({ id: 'GiftCardEntry' }),
)

export const GiftCardView = shape(() =>
  z
    .object({
      ...fields(),
      entries: z.array(EntryView()).meta({ description: 'The last 100 of its ledger, newest first' }),
    })
    .meta({ id: 'GiftCard' }),
)

export const IssuedGiftCardView = shape(() =>
  z
    .object({
      ...fields(),
      entries: z.array(EntryView()),
      code: z.string().nullable().meta({
        description:
          'Shown once, here and nowhere else. Null where the request is a retry: what is not stored cannot be told again',
        example: '7ZK4-0QH2-M9XC-W3TA',
      }),
    })
    .meta({ id: 'IssuedGiftCard' }),
)

export const GiftCardParams = shape(() => z.object({ gift_card: idSchema('giftCard') }))

export const GiftCardQuery = shape(() =>
  z.strictObject({
    ...pageQuery(),
    last4: z.string().length(4).transform(normaliseGiftCode).optional().meta({ description: 'The end of its code' }),
  }),
)

/** A card with the end of its ledger. */
export interface LedgeredCard extends GiftCardRow {
  entries: readonly GiftCardEntryRow[]
}

export function toGiftCardSummaryView(row: GiftCardRow) {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    last4: row.last4,
    initial_amount: money(row.initialAmount, row.currency),
    balance: money(row.balance, row.currency),
    status: row.status,
    expires_at: row.expiresAt === null ? null : timestamp(row.expiresAt),
    note: row.note,
    created_at: timestamp(row.createdAt),
    updated_at: timestamp(row.updatedAt),
  }
}

export function toGiftCardView({ entries, ...row }: LedgeredCard) {
  return {
    ...toGiftCardSummaryView(row),
    entries: entries.map(({ kind, amount, orderId, reason, actor, at }) => ({
      ...{ kind, amount, order_id: orderId, reason, actor },
      at: timestamp(at),
    })),
  }
}
