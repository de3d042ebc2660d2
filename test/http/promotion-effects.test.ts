import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import {
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
  violations,
} from '../support/api.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

// From what staff send to what an order says: the arithmetic itself is proved in test/domain.
const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const usd = (amount: number) => ({ amount, currency: 'USD' })
const tag = unique('mug')
const world = { mug: '', mugVariant: '', cup: '', cupVariant: '', rate: '', market: '', collection: '' }
let mug: TestProduct
let cup: TestProduct

beforeAll(async () => {
  mug = await makeProduct(api, { onHand: 10_000, tags: [tag] })
  cup = await makeProduct(api, { onHand: 10_000, usd: 500 })
  const made = await staff.post('/v1/admin/collections', { title: tag, handle: tag.toLowerCase(), status: 'active' })
  await staff.patch(`/v1/admin/collections/${made.id}/products`, { add: [cup.id] })
  const { data } = await staff.get('/v1/admin/markets')
  Object.assign(world, {
    ...{ mug: mug.id, mugVariant: mug.variantId, cup: cup.id, cupVariant: cup.variantId, collection: made.id },
    ...{ rate: (await seedShop()).domesticRateId, market: data[0].id },
  })
})

afterAll(async () => {
  expect(await violations(api)).toEqual([])
})

async function makePromotion(fields: Record<string, unknown>) {
  const code = unique('CODE').toUpperCase()
  // Names of the world stand for its ids, which are not known where the tables are written.
  const filled = JSON.parse(
    JSON.stringify(fields),
    (_, value) => world[String(value).slice(1) as keyof typeof world] ?? value,
  )
  await staff.post('/v1/admin/promotions', { title: 'Test', method: 'code', codes: [code], ...filled })
  return code
}

/** Three mugs of 20.00 and two cups of 5.00, shipped for 5.00. */
const fill = (code: string, changes: Record<string, unknown> = {}): Promise<Shopper> =>
  makeShopper(
    api,
    [
      { sku: mug.sku, quantity: 3 },
      { sku: cup.sku, quantity: 2 },
    ],
    { discount_codes: [code], ...changes },
  )

const mugs = { product_ids: [':mug'] }
const cups = { variant_ids: [':cupVariant'] }

/** [effect, what it takes off the mugs, the cups and shipping]. */
const EFFECTS: [Record<string, unknown>, [number, number, number]][] = [
  // 12.5 % of 70.00 is 8.75; 7.50 of it for 60.00 of mugs.
  [{ type: 'percent', percent: 12.5 }, [750, 125, 0]],
  [{ type: 'percent', target: 'items', items: mugs, percent: 10 }, [600, 0, 0]],
  [{ type: 'percent', target: 'items', items: mugs, percent: 10, max_amounts: [usd(300)] }, [300, 0, 0]],
  [{ type: 'percent', target: 'items', items: { tags: [tag] }, percent: 1 }, [60, 0, 0]],
  [{ type: 'percent', target: 'items', items: { collection_ids: [':collection'] }, percent: 1 }, [0, 10, 0]],
  [{ type: 'percent', target: 'items', items: { exclude: { product_ids: [':mug'] } }, percent: 10 }, [0, 100, 0]],
  [{ type: 'fixed_amount', amounts: [usd(700)] }, [600, 100, 0]],
  [{ type: 'fixed_amount', target: 'items', items: cups, amounts: [usd(100)], per: 'unit' }, [0, 200, 0]],
  [{ type: 'fixed_amount', target: 'items', amounts: [usd(150)], per: 'line' }, [150, 150, 0]],
  [{ type: 'fixed_price', items: mugs, amounts: [usd(1500)] }, [1500, 0, 0]],
  [{ type: 'fixed_price', items: cups, amounts: [usd(0)] }, [0, 1000, 0]],
  [{ type: 'buy_get', buy: { quantity: 2, items: mugs }, get: { quantity: 1, items: mugs } }, [2000, 0, 0]],
  [
    { type: 'buy_get', buy: { quantity: 2, items: mugs }, get: { quantity: 1, items: mugs, percent: 50 } },
    [1000, 0, 0],
  ],
  [{ type: 'buy_get', buy: { quantity: 1, items: mugs }, get: { quantity: 1, items: cups } }, [0, 1000, 0]],
  [{ type: 'buy_get', buy: { quantity: 1, items: mugs }, get: { quantity: 1, items: cups }, max_sets: 1 }, [0, 500, 0]],
  // Two sets of a mug and a cup for 20.00 instead of 25.00: 10.00, of which 8.00 for the mugs.
  [
    {
      type: 'bundle',
      components: [
        { quantity: 1, items: mugs },
        { quantity: 1, items: cups },
      ],
      amounts: [usd(2000)],
    },
    [800, 200, 0],
  ],
  [
    {
      ...{ type: 'tiered', target: 'order' },
      tiers: [
        { from_subtotal: [usd(5000)], percent: 5 },
        { from_subtotal: [usd(7000)], percent: 10 },
        { from_subtotal: [usd(7001)], percent: 90 },
      ],
    },
    [600, 100, 0],
  ],
  [
    {
      ...{ type: 'tiered', target: 'items', items: mugs },
      tiers: [
        { from_quantity: 4, percent: 50 },
        { from_quantity: 3, amounts: [usd(1000)] },
      ],
    },
    [1000, 0, 0],
  ],
  [{ type: 'gift', variant_ids: [':cupVariant'] }, [0, 500, 0]],
  [{ type: 'shipping', percent: 100 }, [0, 0, 500]],
  [{ type: 'shipping', percent: 50, rate_ids: [':rate'] }, [0, 0, 250]],
  [{ type: 'shipping', amounts: [usd(300)], max_amounts: [usd(200)] }, [0, 0, 200]],
]

describe('an effect as staff write it', () => {
  it.each(EFFECTS)('%j', async (effect, [ofMugs, ofCups, ofShipping]) => {
    const code = await makePromotion({ effect, budget: [usd(ofMugs + ofCups + ofShipping)] })
    const shopper = await fill(code)
    const { totals, lines, discount_codes } = shopper.cart
    expect(discount_codes).toEqual([{ code, applied: true, reason: null }])
    const off = [
      ...lines.map(({ discount }: { discount: { amount: number } }) => discount.amount),
      totals.shipping_discount.amount,
    ]
    expect(off).toEqual([ofMugs, ofCups, ofShipping])
    expect(totals.discount).toEqual(usd(ofMugs + ofCups + ofShipping))
    // The budget is exactly what it gives: the order takes all of it, and the next cart nothing.
    const ordered = await complete(api, shopper)
    expect(ordered).toMatchObject({ status: 200, body: { order: { totals } } })
    const next = await fill(code)
    const { body } = await complete(api, next)
    const cart = body.code === 'cart_changed' ? body.cart : next.cart
    expect(cart.discount_codes).toEqual([{ code, applied: false, reason: 'usage_limit' }])
  })
})

/** [conditions, why a cart of three mugs and two cups in the US does not meet them, or null]. */
const CONDITIONS: [Record<string, unknown>, string | null][] = [
  [{ minimum_subtotal: [usd(7000)] }, null],
  [{ minimum_subtotal: [usd(7001)] }, 'minimum_not_met'],
  [{ minimum_subtotal: [usd(1000)], items: cups }, null],
  [{ minimum_subtotal: [usd(1001)], items: cups }, 'minimum_not_met'],
  [{ minimum_subtotal: [{ amount: 1, currency: 'EUR' }] }, 'not_eligible'],
  [{ minimum_quantity: 5 }, null],
  [{ minimum_quantity: 6 }, 'minimum_not_met'],
  [{ minimum_quantity: 3, items: { exclude: { product_ids: [':cup'] } } }, null],
  [{ minimum_quantity: 3, items: { exclude: { product_ids: [':mug'] } } }, 'minimum_not_met'],
  [{ countries: ['DE', 'US'] }, null],
  [{ countries: ['DE'] }, 'not_eligible'],
  [{ currencies: ['USD'] }, null],
  [{ currencies: ['EUR'] }, 'not_eligible'],
  [{ market_ids: [':market'] }, null],
  [{ market_ids: [mint('market')] }, 'not_eligible'],
  [{ customer_group_ids: [mint('customerGroup')] }, 'not_eligible'],
  [{ first_order: true }, null],
]

describe('a condition as staff write it', () => {
  const effect = { type: 'fixed_amount', amounts: [usd(100)] }
  it.each(CONDITIONS)('%j: %s', async (conditions, reason) => {
    const code = await makePromotion({ effect, conditions })
    const { cart } = await fill(code)
    expect(cart.discount_codes).toEqual([{ code, applied: reason === null, reason }])
    expect(cart.totals.discount).toEqual(usd(reason === null ? 100 : 0))
  })

  it('lets the members of a group in, and whoever leaves it out', async () => {
    const group = await staff.post('/v1/admin/customer-groups', { title: unique('Trade') })
    const code = await makePromotion({ effect, conditions: { customer_group_ids: [group.id] } })
    const shopper = await fill(code)
    const payload = (shopper.token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const owner = JSON.parse(atob(payload)).sub
    const applied = async () => {
      const { body } = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
      return body.discount_codes[0].applied
    }
    const members = `/v1/admin/customer-groups/${group.id}/members`
    expect(await applied()).toBe(false)
    await staff.patch(members, { add: [owner] })
    expect(await applied()).toBe(true)
    await staff.patch(members, { remove: [owner] })
    expect(await applied()).toBe(false)
  })

  it('is for carts in the currencies that its amounts are in', async () => {
    const code = await makePromotion({ effect: { type: 'fixed_amount', amounts: [{ amount: 100, currency: 'EUR' }] } })
    expect((await fill(code)).cart.discount_codes).toEqual([{ code, applied: false, reason: 'not_eligible' }])
  })
})
