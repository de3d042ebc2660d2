import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  type TestProduct,
  unique,
  violations,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ONE_SPEED, onceAt } from '../support/speeds.ts'
import { asStaff } from '../support/staff.ts'

// Races hide at local speed: every D1 call takes 5 ms longer here.
let api = createApi({ bindings: { D1_LATENCY_MS: '5' } })
// Of the same isolate: another one would learn late what staff have changed.
let staff = asStaff(api)
const PATH = '/v1/admin/promotions'
const usd = (amount: number) => ({ amount, currency: 'USD' })
let product: TestProduct

beforeAll(async () => {
  product = await makeProduct(api, { onHand: 10_000 })
})

afterEach(async () => {
  expect(await violations(api)).toEqual([])
})

/** Ten percent off behind one code: 2.00 USD of a cart with one piece. */
async function makePromotion(fields: Record<string, unknown> = {}) {
  const code = unique('CODE').toUpperCase()
  const wish = { title: 'Ten percent', method: 'code', codes: [code], effect: { type: 'percent', percent: 10 } }
  const made = await staff.post(PATH, { ...wish, ...fields })
  return { id: made.id, code, path: `${PATH}/${made.id}` }
}

/** A campaign of single-use codes. */
async function makeCampaign(count: number, fields: Record<string, unknown> = {}) {
  const made = await makePromotion({ codes: [], ...fields })
  const { codes } = await staff.post(`${made.path}/codes`, { generate: { count }, usage_limit: 1 })
  return { ...made, codes: codes as string[] }
}

const shopperWith = (codes: string[], changes: Record<string, unknown> = {}) =>
  makeShopper(api, [{ sku: product.sku, quantity: 1 }], { discount_codes: codes, ...changes })

const shoppersWith = (count: number, codesOf: (index: number) => string[], changes: Record<string, unknown> = {}) =>
  Promise.all(Array.from({ length: count }, (_, index) => shopperWith(codesOf(index), changes)))

const completeAll = (shoppers: readonly Shopper[]) => Promise.all(shoppers.map((shopper) => complete(api, shopper)))

/** Those who ordered, and why the others did not: each of them is shown the cart without the discount. */
function outcome(answers: readonly Answer[]) {
  const refused = answers.filter(({ status }) => status !== 200)
  return {
    ordered: answers.length - refused.length,
    refused: new Set(
      refused.flatMap(({ status, body }) =>
        body.code === 'cart_changed'
          ? body.cart.discount_codes.map(({ reason }: { reason: string }) => reason)
          : `${status} ${body.code}`,
      ),
    ),
  }
}

/** Those who were refused agree to what they are shown, and order after all: without the discount. */
async function orderAfterAll(shoppers: readonly Shopper[], answers: readonly Answer[]) {
  const again = await Promise.all(
    shoppers.flatMap((shopper, index) => {
      const { cart } = answers[index]?.body ?? {}
      return cart ? [complete(api, { ...shopper, cart })] : []
    }),
  )
  for (const { status, body } of again) {
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.order.totals.discount.amount).toBe(0)
  }
}

async function usesOf({ id }: { id: string }) {
  const { DB } = testEnv()
  const uses = await DB.prepare('SELECT code, amount FROM promotion_uses WHERE promotion_id = ?').bind(id).all()
  const codes = await DB.prepare('SELECT code FROM promotion_codes WHERE promotion_id = ? AND used > 0').bind(id).all()
  return { uses: uses.results.length, codes: codes.results.length }
}

describe.each(ONE_SPEED)(
  'limits of promotions hold, however many come at once, with %s ms on every D1 call',
  (speed) => {
    const once = onceAt(speed, ONE_SPEED)
    beforeAll(() => {
      api = createApi({ bindings: { D1_LATENCY_MS: speed } })
      staff = asStaff(api)
    })

    it('a code with one use is redeemed once by 20', async () => {
      const made = await makePromotion({ usage_limit: 1 })
      const shoppers = await shoppersWith(20, () => [made.code])
      const answers = await completeAll(shoppers)
      expect(outcome(answers)).toEqual({ ordered: 1, refused: new Set(['usage_limit']) })
      await orderAfterAll(shoppers, answers)
      expect(await usesOf(made)).toEqual({ uses: 1, codes: 1 })
      expect(await staff.get(made.path)).toMatchObject({ used: 1 })
    })

    once('a single-use code of a campaign is redeemed once by 20, and the others stay good', async () => {
      const campaign = await makeCampaign(3)
      const [code = '', spare = ''] = campaign.codes
      const shoppers = await shoppersWith(20, () => [code])
      const answers = await completeAll(shoppers)
      expect(outcome(answers)).toEqual({ ordered: 1, refused: new Set(['usage_limit']) })
      await orderAfterAll(shoppers, answers)
      expect((await complete(api, await shopperWith([spare]))).status).toBe(200)
      expect(await usesOf(campaign)).toEqual({ uses: 2, codes: 2 })
    })

    once('20 single-use codes of one campaign are redeemed by 20, each its own', async () => {
      const campaign = await makeCampaign(20)
      const answers = await completeAll(await shoppersWith(20, (index) => [campaign.codes[index] ?? '']))
      expect(outcome(answers)).toEqual({ ordered: 20, refused: new Set() })
      expect(await usesOf(campaign)).toEqual({ uses: 20, codes: 20 })
      const used = await staff.get(`${campaign.path}/codes?used=true`)
      expect(used.data).toEqual([...campaign.codes].sort().map((code) => ({ code, usage_limit: 1, used: 1 })))
    })

    once('a campaign with a limit of 7 is redeemed 7 times by 20 with codes of their own', async () => {
      const campaign = await makeCampaign(20, { usage_limit: 7 })
      const shoppers = await shoppersWith(20, (index) => [campaign.codes[index] ?? ''])
      const answers = await completeAll(shoppers)
      expect(outcome(answers)).toEqual({ ordered: 7, refused: new Set(['usage_limit']) })
      await orderAfterAll(shoppers, answers)
      expect(await usesOf(campaign)).toEqual({ uses: 7, codes: 7 })
    })

    it('a budget of 11.00 gives 2.00 to five of 20, and the last 1.00 to nobody', async () => {
      const made = await makePromotion({ budget: [usd(1100)] })
      const shoppers = await shoppersWith(20, () => [made.code])
      const answers = await completeAll(shoppers)
      expect(outcome(answers)).toEqual({ ordered: 5, refused: new Set(['usage_limit']) })
      expect(await staff.get(made.path)).toMatchObject({ used: 5, budget: [{ ...usd(1100), spent: 1000 }] })
      await orderAfterAll(shoppers, answers)
    })

    once(
      'an automatic promotion with a limit is in so many orders, and the others are told the price first',
      async () => {
        const items = { product_ids: [product.id] }
        const effect = { type: 'percent', target: 'items', items, percent: 10 }
        const { path } = await makePromotion({ method: 'automatic', codes: [], effect, usage_limit: 3 })
        try {
          const shoppers = await shoppersWith(20, () => [])
          const answers = await completeAll(shoppers)
          expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
          const refused = answers.filter(({ status }) => status !== 200)
          expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['cart_changed']))
          await orderAfterAll(shoppers, answers)
        } finally {
          await staff.patch(path, { status: 'archived' })
        }
      },
    )

    it('a customer uses a code twice and not more, in however many carts and spellings of the address', async () => {
      const made = await makePromotion({ customer_limit: 2 })
      const email = `${unique('ada')}@shop.example`
      const spelled = [email, email.toUpperCase(), ` ${email} `]
      const shoppers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => shopperWith([made.code], { email: spelled[index % 3] })),
      )
      const answers = await completeAll(shoppers)
      expect(outcome(answers)).toEqual({ ordered: 2, refused: new Set(['customer_limit']) })
      await orderAfterAll(shoppers, answers)
    })

    once('a guest’s first order is one order, whatever the carts, the spelling and the promotions', async () => {
      const conditions = { first_order: true }
      const [one, two] = [await makePromotion({ conditions }), await makePromotion({ conditions })]
      const email = `${unique('grace')}@shop.example`
      const shoppers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          shopperWith([index % 2 ? one.code : two.code], { email: index % 3 ? email : email.toUpperCase() }),
        ),
      )
      const answers = await completeAll(shoppers)
      const { ordered, refused } = outcome(answers)
      expect(ordered).toBe(1)
      for (const reason of refused) expect(['not_eligible', 'customer_limit']).toContain(reason)
      expect((await usesOf(one)).uses + (await usesOf(two)).uses).toBe(1)
      await orderAfterAll(shoppers, answers)
    })

    once('an order without the code is a first order too', async () => {
      const { code } = await makePromotion({ conditions: { first_order: true } })
      const email = `${unique('joan')}@shop.example`
      const [plain, first] = [await shopperWith([], { email }), await shopperWith([code], { email })]
      const answers = await completeAll([plain, first])
      const both = answers.map(({ status, body }) => [status, body.code])
      // Whoever is first: if it is the plain one, the other is told; if not, both are what they were shown.
      expect([200, 409]).toContain(both[1]?.[0])
      expect(both[0]).toEqual([200, undefined])
      const { DB } = testEnv()
      const uses = await DB.prepare(
        `SELECT count(*) AS uses FROM promotion_uses AS u JOIN orders AS o ON o.id = u.order_id WHERE lower(o.email) = ?`,
      )
        .bind(email)
        .first<number>('uses')
      // One of them was the first order. If it was the one with the code, it has the discount.
      expect(uses).toBe(both[1]?.[0] === 200 ? 1 : 0)
    })

    once('a promotion that goes while 10 order by it is in no order that does not count', async () => {
      const made = await makePromotion()
      const shoppers = await shoppersWith(10, () => [made.code])
      const [removed, ...answers] = await Promise.all([
        staff.tryDelete(made.path),
        ...shoppers.map((shopper) => complete(api, shopper)),
      ])
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      const { ordered } = outcome(answers)
      expect([204, 409]).toContain(removed.status)
      // Deleted before anybody used it, or kept with all its uses.
      expect(removed.status === 204 ? ordered === 0 : ordered > 0).toBe(true)
    })
  },
)

describe('what an order has claimed', () => {
  it('is given back with the order: uses, the code, the budget, and the customer’s own', async () => {
    const campaign = await makeCampaign(1, { usage_limit: 1, customer_limit: 1, budget: [usd(200)] })
    const first = await shopperWith(campaign.codes)
    expect((await complete(api, first)).status).toBe(200)
    expect(await staff.get(campaign.path)).toMatchObject({ used: 1, budget: [{ spent: 200 }] })
    expect(outcome([await complete(api, await shopperWith(campaign.codes))]).ordered).toBe(0)
    // An edit gives the pending order up.
    const edit = await api.patch(`/v1/carts/${first.cartId}`, { note: 'Later' }, { token: first.token })
    expect(edit.body.order_id).toBeNull()
    expect(await usesOf(campaign)).toEqual({ uses: 0, codes: 0 })
    expect(await staff.get(campaign.path)).toMatchObject({ used: 0, budget: [{ spent: 0 }] })
    // Its cart may be shown from memory, without the code; complete knows better, and asks first.
    const shopper = await shopperWith(campaign.codes)
    const told = await complete(api, shopper)
    const second = told.status === 200 ? told : await complete(api, { ...shopper, cart: told.body.cart })
    expect(second).toMatchObject({ status: 200, body: { order: { totals: { discount: usd(200) } } } })
    await pay(api, second.body.payment.id)
    expect(await usesOf(campaign)).toEqual({ uses: 1, codes: 1 })
  })

  it('is shown to a cart that was told so, by an isolate that remembers it as used up', async () => {
    const { code } = await makePromotion({ usage_limit: 1 })
    const first = await shopperWith([code])
    expect((await complete(api, first)).status).toBe(200)
    const second = await shopperWith([])
    const viewer = createApi()
    const look = async () => (await viewer.get(`/v1/carts/${second.cartId}`, second)).body
    const { token } = second
    // Explain reads D1, and this isolate remembers what it has read.
    await viewer.post(`/v1/carts/${second.cartId}/explain`, { discount_codes: [code] }, { token })
    const shown = await viewer.patch(`/v1/carts/${second.cartId}`, { discount_codes: [code] }, { token })
    expect(shown.body).toMatchObject({ discount_codes: [{ applied: false, reason: 'usage_limit' }] })
    // The first shopper thinks again, elsewhere.
    expect((await api.patch(`/v1/carts/${first.cartId}`, { discount_codes: [] }, first)).status).toBe(200)
    const told = await complete(api, { ...second, cart: await look() })
    expect(told).toMatchObject({
      status: 409,
      body: { code: 'cart_changed', cart: { totals: { discount: usd(200) } } },
    })
    const cart = await look()
    expect(cart.totals).toEqual(told.body.cart.totals)
    expect((await complete(api, { ...second, cart })).status).toBe(200)
  })

  it('is given back when the payment’s session runs out', async () => {
    const campaign = await makeCampaign(1, { budget: [usd(200)] })
    expect((await complete(api, await shopperWith(campaign.codes))).status).toBe(200)
    // All orders of this file run out: without the delay, which no race needs here.
    await recoverAfter(createApi(), 26 * 60)
    expect(await staff.get(campaign.path)).toMatchObject({ used: 0, budget: [{ spent: 0 }] })
    expect((await staff.get(`${campaign.path}/codes?used=true`)).data).toEqual([])
  })

  it('is counted down once, however often the cart is edited at the same moment', async () => {
    const campaign = await makeCampaign(2)
    const keep = await shopperWith([campaign.codes[1] ?? ''])
    expect((await complete(api, keep)).status).toBe(200)
    const shopper = await shopperWith([campaign.codes[0] ?? ''])
    expect((await complete(api, shopper)).status).toBe(200)
    const edits = Array.from({ length: 10 }, (_, index) =>
      api.patch(`/v1/carts/${shopper.cartId}`, { note: `${index}` }, { token: shopper.token }),
    )
    expect((await Promise.all(edits)).filter(({ status }) => status >= 500)).toEqual([])
    expect(await usesOf(campaign)).toEqual({ uses: 1, codes: 1 })
  })
})

describe('a pending order keeps what it has claimed', () => {
  /** Completes with a payment that is declined: the order stays, and is completed again. */
  async function declineThenPay(shopper: Shopper) {
    const declined = await complete(api, shopper, { test_outcome: 'declined' })
    expect(declined.status).toBe(402)
    const { body: cart } = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
    const again = await complete(api, { ...shopper, cart }, { test_outcome: 'succeeded' })
    return { declined, cart, again }
  }

  it('a single-use code that its own order has used up is still good for it', async () => {
    const campaign = await makeCampaign(1)
    const shopper = await shopperWith(campaign.codes)
    const { cart, again } = await declineThenPay(shopper)
    expect(cart.totals).toEqual(shopper.cart.totals)
    expect(cart.discount_codes).toEqual([{ code: campaign.codes[0], applied: true, reason: null }])
    expect(again).toMatchObject({ status: 200, body: { order: { totals: { discount: usd(200) } } } })
    expect(await usesOf(campaign)).toEqual({ uses: 1, codes: 1 })
  })

  it('with two codes of one campaign it uses one of them, before and after', async () => {
    const campaign = await makeCampaign(2)
    const { cart, again } = await declineThenPay(await shopperWith(campaign.codes))
    expect(cart.discount_codes.map(({ reason }: { reason: string }) => reason)).toEqual([null, 'not_combinable'])
    expect(again.status).toBe(200)
    expect(await usesOf(campaign)).toEqual({ uses: 1, codes: 1 })
  })

  it('with two codes of one campaign it never gets the one that somebody else has used', async () => {
    const campaign = await makeCampaign(2)
    const [gone = '', left = ''] = [...campaign.codes].sort()
    const shopper = await shopperWith([gone, left])
    expect((await complete(api, await shopperWith([gone]))).status).toBe(200)
    const { cart, declined, again } = await declineThenPay(shopper)
    expect(declined.body.order?.id ?? again.body.order.id).toBe(again.body.order.id)
    const byCode = Object.fromEntries(cart.discount_codes.map((each: { code: string }) => [each.code, each]))
    expect(byCode[left]).toMatchObject({ applied: true })
    expect(byCode[gone]).toMatchObject({ applied: false, reason: 'usage_limit' })
    expect(again.status).toBe(200)
    expect(await usesOf(campaign)).toEqual({ uses: 2, codes: 2 })
  })

  it('does not get a promotion that came later and is used up', async () => {
    const shopper = await shopperWith([])
    expect((await complete(api, shopper, { test_outcome: 'declined' })).status).toBe(402)
    const items = { product_ids: [product.id] }
    const effect = { type: 'percent', target: 'items', items, percent: 10 }
    const later = await makePromotion({ method: 'automatic', codes: [], effect, usage_limit: 1 })
    try {
      expect((await complete(api, await shopperWith([]))).status).toBe(200)
      expect(await staff.get(later.path)).toMatchObject({ used: 1 })
      const again = await complete(api, shopper, { test_outcome: 'succeeded' })
      expect(again).toMatchObject({ status: 200, body: { order: { totals: { discount: usd(0) } } } })
    } finally {
      await staff.patch(later.path, { status: 'archived' })
    }
  })

  it('gets no more of a budget than there is, where the price has risen since or the promotion came later', async () => {
    const { id, sku } = await makeProduct(api, { onHand: 10 })
    const owned = await makePromotion({ budget: [usd(250)] })
    const lines = [{ sku, quantity: 1 }]
    const shopper = await makeShopper(api, lines, { discount_codes: [owned.code] })
    expect((await complete(api, shopper, { test_outcome: 'declined' })).status).toBe(402)
    const items = { product_ids: [id] }
    const effect = { type: 'percent', target: 'items', items, percent: 5 }
    const later = await makePromotion({ method: 'automatic', codes: [], effect, budget: [usd(50)] })
    try {
      await staff.patch(`/v1/admin/products/${id}`, { variants: [{ sku, prices: [usd(4000)] }] })
      const { body: shown } = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
      const refused = await complete(api, { ...shopper, cart: shown })
      expect(refused).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
      expect(refused.body.cart).toMatchObject({
        discount_codes: [{ code: owned.code, applied: false, reason: 'usage_limit' }],
        totals: { discount: usd(0) },
      })
      const { body: cart } = await api.get(`/v1/carts/${shopper.cartId}`, shopper)
      expect(cart.totals).toEqual(refused.body.cart.totals)
      const again = await complete(api, { ...shopper, cart }, { test_outcome: 'succeeded' })
      expect(again).toMatchObject({ status: 200, body: { order: { totals: { discount: usd(0) } } } })
    } finally {
      await staff.patch(later.path, { status: 'archived' })
    }
  })

  it('tries of other codes beside it are told the limits that hold for them', async () => {
    const [own, used] = [await makeCampaign(1), await makeCampaign(1)]
    const shopper = await shopperWith(own.codes)
    expect((await complete(api, shopper)).status).toBe(200)
    expect((await complete(api, await shopperWith(used.codes))).status).toBe(200)
    const body = { discount_codes: [...own.codes, ...used.codes] }
    const { body: said } = await api.post(`/v1/carts/${shopper.cartId}/explain`, body, { token: shopper.token })
    const statusOf = (code: string | undefined) => said.data.find((each: { code: string }) => each.code === code)
    expect(statusOf(own.codes[0])).toMatchObject({ status: 'applied' })
    expect(statusOf(used.codes[0])).toMatchObject({ status: 'refused', reason: 'usage_limit' })
  })
})
