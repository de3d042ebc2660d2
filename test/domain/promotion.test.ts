import { describe, expect, it } from 'vitest'
import {
  type ConditionLine,
  customerLimitOf,
  decidePromotion,
  laneOf,
  normaliseCode,
  type Promotion,
  type PromotionBuyer,
  type PromotionCandidate,
  type PromotionEffect,
  type PromotionRefusal,
  type Unlock,
} from '../../src/domain/promotion.ts'
import { line, percent, promotion } from '../support/quoting.ts'

const AT = Date.UTC(2026, 5, 1)
const BUYER: PromotionBuyer = {
  currency: 'USD',
  marketId: 'market_us',
  country: 'US',
  groupIds: ['group_vip'],
  now: new Date(AT),
  limitsClaimed: false,
}
// 2 * 10.00 + 3 * 10.00 = 50.00, five pieces.
const LINES: ConditionLine[] = [
  line('a', 1000, 2, { tags: ['tea'] }),
  line('b', 1000, 3, { collectionIds: ['col_1'], reduced: true }),
]
const TEA = { tags: ['tea'] }

function decide(
  changes: Partial<Promotion>,
  buyer: Partial<PromotionBuyer> = {},
  codeUses: PromotionCandidate['codeUses'] = null,
) {
  const candidate = { promotion: promotion('promo_1', percent(100_000), changes), code: null, codeUses }
  return decidePromotion(candidate, LINES, { ...BUYER, ...buyer })
}

describe('decidePromotion', () => {
  it.each<[string, Partial<Promotion>, Partial<PromotionBuyer>?]>([
    ['without conditions', {}],
    ['in its first millisecond', { startsAt: AT }],
    ['in its last millisecond', { endsAt: AT + 1 }],
    ['with one use left', { usageLimit: 3, used: 2 }],
    ['used up by this very cart', { usageLimit: 3, used: 3 }, { limitsClaimed: true }],
    ['at its minimum', { conditions: { minimum_subtotal: { USD: 5000 } } }],
    ['at its minimum of some goods', { conditions: { minimum_subtotal: { USD: 2000 }, items: TEA } }],
    ['at its number', { conditions: { minimum_quantity: 5 } }],
    ['at its number of some goods', { conditions: { minimum_quantity: 2, items: TEA } }],
    ['with an empty list of minimums', { conditions: { minimum_subtotal: {} } }],
    ['for one of the groups', { conditions: { customer_group_ids: ['group_new', 'group_vip'] } }],
    ['for no group in particular', { conditions: { customer_group_ids: [] } }],
    ['for the market', { conditions: { market_ids: ['market_us'] } }],
    ['for the currency', { conditions: { currencies: ['EUR', 'USD'] } }],
    ['for the country', { conditions: { countries: ['US'] } }],
    ['for a first order, which complete finds out', { conditions: { first_order: true } }],
    ['with a budget in the currency', { budgets: { USD: { amount: 1, spent: 1 } } }],
    [
      'with a cap in the currency',
      { effect: { ...percent(1), type: 'percent', max_amounts: { USD: 1 } } as PromotionEffect },
    ],
  ])('applies %s', (_what, changes, buyer) => {
    expect(decide(changes, buyer)).toEqual({ ok: true })
  })

  it.each<[string, Partial<Promotion>, PromotionRefusal, Unlock | null, Partial<PromotionBuyer>?]>([
    ['a millisecond early', { startsAt: AT + 1 }, 'not_started', { kind: 'wait', until: AT + 1 }],
    ['when it has ended', { endsAt: AT }, 'expired', null],
    ['ended, though claimed by this cart', { endsAt: AT }, 'expired', null, { limitsClaimed: true }],
    ['both ended and used up: the end is told', { endsAt: AT, usageLimit: 0 }, 'expired', null],
    ['used up', { usageLimit: 3, used: 3 }, 'usage_limit', null],
    ['used beyond its limit', { usageLimit: 3, used: 4 }, 'usage_limit', null],
    ['that nobody may use', { usageLimit: 0 }, 'usage_limit', null],
    [
      'a cent below its minimum',
      { conditions: { minimum_subtotal: { USD: 5001 } } },
      'minimum_not_met',
      { kind: 'spend', amount: 1 },
    ],
    [
      'below its minimum of some goods',
      { conditions: { minimum_subtotal: { USD: 3000 }, items: TEA } },
      'minimum_not_met',
      { kind: 'spend', amount: 1000, items: TEA },
    ],
    ['a piece short', { conditions: { minimum_quantity: 6 } }, 'minimum_not_met', { kind: 'add', quantity: 1 }],
    [
      'short of pieces of some goods',
      { conditions: { minimum_quantity: 5, items: TEA } },
      'minimum_not_met',
      { kind: 'add', quantity: 3, items: TEA },
    ],
    [
      'where goods that are reduced do not count',
      { conditions: { minimum_quantity: 5, items: { exclude: { reduced: true } } } },
      'minimum_not_met',
      { kind: 'add', quantity: 3, items: { exclude: { reduced: true } } },
    ],
    ['in a currency its minimum does not name', { conditions: { minimum_subtotal: { EUR: 1 } } }, 'not_eligible', null],
    ['for other groups', { conditions: { customer_group_ids: ['group_new'] } }, 'not_eligible', null],
    [
      'for a group, of a guest',
      { conditions: { customer_group_ids: ['group_vip'] } },
      'not_eligible',
      null,
      { groupIds: [] },
    ],
    ['for another market', { conditions: { market_ids: ['market_eu'] } }, 'not_eligible', null],
    [
      'for a market, where there is none',
      { conditions: { market_ids: ['market_us'] } },
      'not_eligible',
      null,
      { marketId: null },
    ],
    ['for another currency', { conditions: { currencies: ['EUR'] } }, 'not_eligible', null],
    ['for another country', { conditions: { countries: ['DE'] } }, 'not_eligible', null],
    ['with a budget in other currencies', { budgets: { EUR: { amount: 9, spent: 0 } } }, 'not_eligible', null],
    [
      'that takes off an amount of other currencies',
      { effect: { type: 'fixed_amount', target: 'order', per: 'order', amounts: { EUR: 1 } } },
      'not_eligible',
      null,
    ],
    [
      'with a price in other currencies',
      { effect: { type: 'fixed_price', amounts: { EUR: 1 } } },
      'not_eligible',
      null,
    ],
    [
      'with a cap in other currencies: it would be no cap',
      { effect: { type: 'percent', target: 'order', rate_ppm: 1, max_amounts: { EUR: 1 } } },
      'not_eligible',
      null,
    ],
    [
      'with an amount off shipping, capped in other currencies',
      { effect: { type: 'shipping', amounts: { USD: 1 }, max_amounts: { EUR: 1 } } },
      'not_eligible',
      null,
    ],
    [
      'with one tier of several in other currencies',
      {
        effect: {
          type: 'tiered',
          target: 'order',
          tiers: [
            { from_subtotal: { USD: 1 }, rate_ppm: 1 },
            { from_subtotal: { EUR: 1 }, rate_ppm: 2 },
          ],
        },
      },
      'not_eligible',
      null,
    ],
    [
      'with a tier whose amount is in other currencies',
      { effect: { type: 'tiered', target: 'order', tiers: [{ from_quantity: 1, amounts: { EUR: 1 } }] } },
      'not_eligible',
      null,
    ],
    [
      'where only the gift itself reaches the minimum',
      {
        effect: { type: 'gift', variant_ids: ['var_b'], quantity: 1 },
        conditions: { minimum_subtotal: { USD: 2001 } },
      },
      'minimum_not_met',
      { kind: 'spend', amount: 1, items: { exclude: { variant_ids: ['var_b'] } } },
    ],
    [
      'where the gift and what is excluded anyway would have reached it',
      {
        effect: { type: 'gift', variant_ids: ['var_b'], quantity: 1 },
        conditions: { minimum_quantity: 1, items: { exclude: { variant_ids: ['var_a'] } } },
      },
      'minimum_not_met',
      { kind: 'add', quantity: 1, items: { exclude: { variant_ids: ['var_a', 'var_b'] } } },
    ],
  ])('is refused %s', (_what, changes, why, unlock, buyer) => {
    expect(decide(changes, buyer)).toEqual({ ok: false, why, unlock })
  })

  it('counts the uses of the very code', () => {
    expect(decide({}, {}, { limit: 1, used: 1 })).toEqual({ ok: false, why: 'usage_limit', unlock: null })
    expect(decide({}, {}, { limit: 2, used: 1 })).toEqual({ ok: true })
    expect(decide({}, { limitsClaimed: true }, { limit: 1, used: 1 })).toEqual({ ok: true })
  })

  it('asks nothing of an empty cart but its minimum', () => {
    const candidate = { promotion: promotion('promo_1', percent(1)), code: null, codeUses: null }
    expect(decidePromotion(candidate, [], BUYER)).toEqual({ ok: true })
  })
})

describe('laneOf', () => {
  it.each<[string, PromotionEffect]>([
    ['order', { type: 'percent', target: 'order', rate_ppm: 1 }],
    ['product', { type: 'percent', target: 'items', rate_ppm: 1 }],
    ['order', { type: 'fixed_amount', target: 'order', per: 'order', amounts: {} }],
    ['order', { type: 'tiered', target: 'order', tiers: [] }],
    ['product', { type: 'tiered', target: 'items', tiers: [] }],
    ['product', { type: 'fixed_price', amounts: {} }],
    ['product', { type: 'buy_get', buy: { quantity: 1 }, get: { quantity: 1, rate_ppm: 1 } }],
    ['product', { type: 'bundle', components: [], amounts: {} }],
    ['product', { type: 'gift', variant_ids: [], quantity: 1 }],
    ['shipping', { type: 'shipping', rate_ppm: 1 }],
  ])('%s: %j', (lane, effect) => {
    expect(laneOf(effect)).toBe(lane)
  })
})

describe('customerLimitOf', () => {
  it.each([
    [null, {}, null],
    [3, {}, 3],
    [3, { first_order: true }, 1],
    [null, { first_order: true }, 1],
    [3, { first_order: false }, 3],
  ])('of %j with %j is %j', (customerLimit, conditions, limit) => {
    expect(customerLimitOf({ customerLimit, conditions })).toBe(limit)
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
