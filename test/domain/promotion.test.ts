import { describe, expect, it } from 'vitest'
import { decidePromotion, normaliseCode, type Promotion, type PromotionRefusal } from '../../src/domain/promotion.ts'

const AT = Date.UTC(2026, 5, 1)
const CART = { subtotal: 5000, currency: 'USD', now: new Date(AT), limitsClaimed: false }
const PROMOTION: Promotion = {
  id: 'promo_1',
  title: 'Sale',
  effect: { type: 'percent', target: 'order', rate_ppm: 100_000 },
  conditions: {},
  priority: 0,
  startsAt: null,
  endsAt: null,
  usageLimit: null,
  customerLimit: null,
  used: 0,
}

describe('decidePromotion', () => {
  it.each<[string, Partial<Promotion>, PromotionRefusal | null, Partial<typeof CART>?]>([
    ['without conditions', {}, null],
    ['in its first millisecond', { startsAt: AT }, null],
    ['a millisecond early', { startsAt: AT + 1 }, 'not_started'],
    ['in its last millisecond', { endsAt: AT + 1 }, null],
    ['when it has ended', { endsAt: AT }, 'expired'],
    ['with one use left', { usageLimit: 3, used: 2 }, null],
    ['used up', { usageLimit: 3, used: 3 }, 'usage_limit'],
    ['that nobody may use', { usageLimit: 0 }, 'usage_limit'],
    ['used up by this very cart', { usageLimit: 3, used: 3 }, null, { limitsClaimed: true }],
    ['at its minimum', { conditions: { minimum_subtotal: { USD: 5000 } } }, null],
    ['a cent below its minimum', { conditions: { minimum_subtotal: { USD: 5001 } } }, 'minimum_not_met'],
    ['in a currency its minimum does not name', { conditions: { minimum_subtotal: { EUR: 1 } } }, 'not_eligible'],
    ['with an empty list of minimums', { conditions: { minimum_subtotal: {} } }, null],
    ['both ended and used up: the end is told', { endsAt: AT, usageLimit: 0 }, 'expired'],
    ['ended, though claimed by this cart', { endsAt: AT }, 'expired', { limitsClaimed: true }],
  ])('%s', (_what, changes, why, cart = {}) => {
    expect(decidePromotion({ ...PROMOTION, ...changes }, { ...CART, ...cart })).toEqual(
      why === null ? { ok: true } : { ok: false, why },
    )
  })
})

describe('normaliseCode', () => {
  it.each([
    ['welcome10', 'WELCOME10'],
    ['  Welcome10\n', 'WELCOME10'],
    ['WELCOME10', 'WELCOME10'],
    ['sommer-größe', 'SOMMER-GRÖSSE'],
  ])('%j is %j', (code, normal) => {
    expect(normaliseCode(code)).toBe(normal)
    expect(normaliseCode(normal)).toBe(normal)
  })
})
