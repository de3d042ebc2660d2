/** Whoever has the code spends a gift card; store credit pays the orders of one customer only. */
export type GiftCardKind = 'gift_card' | 'store_credit'
export type GiftCardStatus = 'active' | 'disabled'
export type GiftCardEntryKind = 'issued' | 'adjusted' | 'claimed' | 'released' | 'refunded'

/** In minor units of any currency: higher than any card is worth, and far from where sums are no longer exact. */
export const MAX_GIFT_CARD_AMOUNT = 1_000_000_000_000

/** Why a card pays nothing. */
export type GiftCardRefusal = 'disabled' | 'expired' | 'other_currency' | 'other_customer' | 'used_up'

/** A card as far as a cart or order that wants to spend it is concerned. */
export interface GiftCard {
  id: string
  last4: string
  currency: string
  /** Minor units of its currency. */
  balance: number
  status: GiftCardStatus
  /** Unix milliseconds; null is never. */
  expiresAt: number | null
  /** Whose orders alone it pays; null is anybody's. */
  customerKey: string | null
}

export interface Spender {
  currency: string
  /** Null while nobody has said who buys. */
  customerKey: string | null
}

/** What an order took from a card, as the order remembers it. */
export interface GiftCardPart {
  id: string
  last4: string
  /** Minor units of the order's currency, which is the card's. */
  amount: number
}

/** Whether a card can pay at all. Disabled comes first: it must look like a card that never was. */
export function decideGiftCard(
  card: GiftCard,
  spender: Spender,
  now: Date,
): { ok: true } | { ok: false; why: GiftCardRefusal } {
  if (card.status === 'disabled') return { ok: false, why: 'disabled' }
  if (card.expiresAt !== null && card.expiresAt <= now.getTime()) return { ok: false, why: 'expired' }
  if (card.currency !== spender.currency) return { ok: false, why: 'other_currency' }
  if (card.customerKey !== null && card.customerKey !== spender.customerKey) return { ok: false, why: 'other_customer' }
  if (card.balance === 0) return { ok: false, why: 'used_up' }
  return { ok: true }
}

// Crockford's base 32: a code is read aloud and typed, and nothing in it is taken for another letter.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** How many random bytes a code is made of: 80 bits, which nobody guesses at any rate a shop answers at. */
export const GIFT_CODE_BYTES = 10

/** Random bytes as a code of 16 letters and digits: `7ZK40QH2M9XCW3TA`. */
export function toGiftCode(bytes: Uint8Array): string {
  let code = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) code += ALPHABET[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return code
}

/** A code as it is printed: `7ZK4-0QH2-M9XC-W3TA`. */
export function formatGiftCode(code: string): string {
  return code.replaceAll(/(.{4})(?=.)/g, '$1-')
}

/** A code as it is compared, however it was typed: without case, spaces and hyphens, and with O for 0, I and L for 1. */
export function normaliseGiftCode(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
}
