import { beforeAll, describe, expect, it } from 'vitest'
import {
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const PATH = '/v1/admin/promotions'
const usd = (amount: number) => ({ amount, currency: 'USD' })
let product: TestProduct
let other: TestProduct

beforeAll(async () => {
  product = await makeProduct(api, { onHand: 1000 })
  other = await makeProduct(api, { onHand: 1000, usd: 500 })
})

async function makePromotion(fields: Record<string, unknown> = {}) {
  const code = unique('CODE').toUpperCase()
  const byCode = fields.method === 'automatic' ? {} : { method: 'code', codes: [code] }
  const effect = { type: 'percent', percent: 10 }
  const made = await staff.post(PATH, { title: unique('Offer'), effect, ...byCode, ...fields })
  return { ...made, code, path: `${PATH}/${made.id}` }
}

const shopperWith = (codes: string[], quantity = 1, changes: Record<string, unknown> = {}) =>
  makeShopper(api, [{ sku: product.sku, quantity }], { discount_codes: codes, ...changes })

const explain = ({ cartId, token }: Shopper, body: unknown = {}) =>
  api.post(`/v1/carts/${cartId}/explain`, body, { token })

/** What explain says of a code. */
async function explanationOf(shopper: Shopper, code: string, body: unknown = {}) {
  const answer = await explain(shopper, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.data.find((each: { code: string | null }) => each.code === code)
}

const readCart = async ({ cartId, token }: Shopper) => (await api.get(`/v1/carts/${cartId}`, { token })).body

/** [reason, the promotion, unlock, message]; the cart holds one piece of 20.00 USD. */
const REFUSED: [string, () => Record<string, unknown>, unknown, string | RegExp][] = [
  ['expired', () => ({ ends_at: '2020-01-01T00:00:00Z' }), null, 'This offer has ended.'],
  [
    'not_started',
    () => ({ starts_at: '2090-05-01T08:00:00.001Z' }),
    { kind: 'wait', until: '2090-05-01T08:00:00.001Z' },
    'This offer starts on 2090-05-01 at 08:01 UTC.',
  ],
  [
    'minimum_not_met',
    () => ({ conditions: { minimum_subtotal: [usd(3250)] } }),
    { kind: 'spend', amount: usd(1250), items: null },
    'Spend 12.50 USD more.',
  ],
  [
    'minimum_not_met',
    () => ({ conditions: { minimum_subtotal: [usd(3250)], items: { product_ids: [other.id] } } }),
    { kind: 'spend', amount: usd(3250), items: { product_ids: [expect.any(String)] } },
    'Spend 32.50 USD more on these goods.',
  ],
  [
    'minimum_not_met',
    () => ({ conditions: { minimum_quantity: 3 } }),
    { kind: 'add', quantity: 2, items: null },
    'Add 2 more.',
  ],
  [
    'no_entitled_items',
    () => ({ effect: { type: 'buy_get', buy: { quantity: 2 }, get: { quantity: 1 } } }),
    { kind: 'add', quantity: 2, items: null },
    'Add 2 more.',
  ],
  [
    'no_entitled_items',
    () => ({ effect: { type: 'gift', variant_ids: [other.variantId] } }),
    { kind: 'add', quantity: 1, items: { variant_ids: [expect.any(String)] } },
    'Add 1 more of these goods.',
  ],
  [
    'no_entitled_items',
    () => ({ effect: { type: 'shipping', percent: 100, rate_ids: ['rate_01h2xcejqtf2nbrexx3vqjhp41'] } }),
    { kind: 'choose_shipping', shipping_option_ids: ['rate_01h2xcejqtf2nbrexx3vqjhp41'] },
    'Choose a shipping option that this offer is for.',
  ],
  ['not_eligible', () => ({ conditions: { countries: ['DE'] } }), null, /other customers, places or currencies/],
  ['usage_limit', () => ({ budget: [usd(199)] }), null, 'This offer is used up.'],
]

describe('a code that is refused', () => {
  it.each(REFUSED)(
    '%s: with what would unlock it, and the same sentence in the cart',
    async (reason, fields, unlock, message) => {
      const { id, code, title } = await makePromotion(fields())
      const shopper = await shopperWith([code])
      const said = await explanationOf(shopper, code)
      expect(said).toMatchObject({ promotion_id: id, title, status: 'refused', reason, amount: usd(0) })
      expect(said.unlock).toEqual(unlock)
      expect(said.message).toMatch(message)
      expect(shopper.cart.discount_codes).toEqual([{ code, applied: false, reason }])
      const warned = { code: `DISCOUNT_${reason.toUpperCase()}`, message: said.message, target: code }
      expect(shopper.cart.warnings).toContainEqual(warned)
    },
  )

  it('not_found: whether it never was, is paused or archived', async () => {
    const [paused, archived] = [await makePromotion(), await makePromotion()]
    await staff.patch(paused.path, { status: 'paused' })
    await staff.patch(archived.path, { status: 'archived' })
    const codes = [paused.code, archived.code, 'NEVER-WAS']
    const shopper = await shopperWith(codes)
    for (const code of codes) {
      const said = await explanationOf(shopper, code)
      expect(said).toEqual({
        ...{ promotion_id: null, code, title: null, lane: null, priority: null, exclusive: null, choice: null },
        ...{ status: 'refused', amount: usd(0), reason: 'not_found', message: 'There is no such code.', unlock: null },
      })
    }
    expect(shopper.cart.warnings.map(({ target }: { target: string }) => target)).toEqual(codes)
  })

  it('usage_limit: when others have had the last of it', async () => {
    const single = await makePromotion({ codes: [] })
    const [code] = (await staff.post(`${single.path}/codes`, { generate: { count: 1 }, usage_limit: 1 })).codes
    expect((await complete(api, await shopperWith([code]))).status).toBe(200)
    const said = await explanationOf(await shopperWith([]), code, { discount_codes: [code] })
    expect(said).toMatchObject({ reason: 'usage_limit', message: 'This offer is used up.', unlock: null })
  })

  it('customer_limit and first_order: once complete has found them out', async () => {
    const email = `${unique('grace')}@shop.example`
    const limited = await makePromotion({ customer_limit: 1 })
    expect((await complete(api, await shopperWith([limited.code], 1, { email }))).status).toBe(200)
    const first = await makePromotion({ conditions: { first_order: true } })
    const shopper = await shopperWith([limited.code, first.code], 1, { email })
    // Nobody learns here what an address has bought.
    expect((await explanationOf(shopper, first.code)).status).toBe('applied')
    expect((await complete(api, shopper)).body.code).toBe('cart_changed')
    expect(await explanationOf(shopper, limited.code)).toMatchObject({
      reason: 'customer_limit',
      message: 'You have used this offer as often as it may be used.',
    })
    expect(await explanationOf(shopper, first.code)).toMatchObject({
      reason: 'not_eligible',
      message: 'This offer is for a first order.',
    })
  })

  it('not_combinable: with what stands in the way, and how both compete', async () => {
    const best = await makePromotion({
      title: 'Half price',
      effect: { type: 'percent', percent: 50 },
      exclusive: 'cart',
    })
    const small = await makePromotion({ title: 'Tenth' })
    const shopper = await shopperWith([small.code, best.code])
    expect(await explanationOf(shopper, best.code)).toMatchObject({
      ...{ status: 'applied', amount: usd(1000), message: 'This offer takes 10.00 USD off.', unlock: null },
      ...{ lane: 'order', exclusive: 'cart', choice: 'best_deal', priority: 100 },
    })
    expect(await explanationOf(shopper, small.code)).toMatchObject({
      ...{ status: 'refused', reason: 'not_combinable', exclusive: 'none' },
      message: 'This offer does not combine with Half price.',
      unlock: { kind: 'remove_promotion', promotion_ids: [best.id] },
    })
  })

  it('not_combinable: the second code of one promotion', async () => {
    const made = await makePromotion()
    const [second] = (await staff.post(`${made.path}/codes`, { codes: [`${made.code}-B`] })).codes.filter(
      (code: string) => code !== made.code,
    )
    const shopper = await shopperWith([second, made.code])
    expect(await explanationOf(shopper, made.code)).toMatchObject({ status: 'applied', amount: usd(200) })
    expect(await explanationOf(shopper, second)).toMatchObject({
      ...{ status: 'refused', reason: 'not_combinable', unlock: null },
      message: 'Another code of this offer is used already.',
    })
    expect(shopper.cart.totals.discount).toEqual(usd(200))
  })
})

describe('an explanation', () => {
  it('tries codes and sets nothing', async () => {
    const [held, tried] = [
      await makePromotion(),
      await makePromotion({ effect: { type: 'fixed_amount', amounts: [usd(300)] } }),
    ]
    const shopper = await shopperWith([held.code])
    const before = await readCart(shopper)
    const { body } = await explain(shopper, { discount_codes: [` ${tried.code.toLowerCase()} `, tried.code] })
    const codes = body.data.flatMap(({ code }: { code: string | null }) => code ?? [])
    expect(codes).toEqual([tried.code])
    expect(body.totals.discount).toEqual(usd(300))
    expect(await readCart(shopper)).toEqual(before)
    expect(before.totals.discount).toEqual(usd(200))
    // A key is nothing to be kept: a question has no effect to repeat.
    const key = crypto.randomUUID()
    for (const discount_codes of [[], [held.code]]) {
      const answer = await api.post(
        `/v1/carts/${shopper.cartId}/explain`,
        { discount_codes },
        { token: shopper.token, key },
      )
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Idempotent-Replayed')).toBeNull()
    }
  })

  it('waits for a shipping option, and says so', async () => {
    const free = await makePromotion({ effect: { type: 'shipping', percent: 100 } })
    const shopper = await shopperWith([free.code], 1, { shipping_option_id: null })
    expect(await explanationOf(shopper, free.code)).toMatchObject({
      ...{ status: 'applied', amount: usd(0), lane: 'shipping' },
      message: 'This offer applies once a shipping option is chosen.',
    })
  })

  it('has the automatic promotions and no word of codes that the shopper does not hold', async () => {
    const secret = await makePromotion({ title: 'Secret sale' })
    const items = { product_ids: [product.id] }
    const auto = await makePromotion({
      ...{ method: 'automatic', title: 'Two for less', priority: 1 },
      effect: { type: 'tiered', target: 'items', items, tiers: [{ from_quantity: 2, percent: 25 }] },
    })
    try {
      const shopper = await shopperWith([])
      const { body } = await explain(shopper)
      expect(JSON.stringify(body)).not.toMatch(new RegExp(`${secret.id}|${secret.code}|Secret sale`))
      expect(body.data[0]).toMatchObject({
        ...{ promotion_id: auto.id, code: null, title: 'Two for less', lane: 'product', reason: 'no_entitled_items' },
        unlock: { kind: 'add', quantity: 1, items },
      })
      // One that is refused and has no code warns nobody.
      expect(shopper.cart.warnings).toEqual([])
      const two = await shopperWith([], 2)
      expect((await explain(two)).body.data[0]).toMatchObject({ status: 'applied', amount: usd(1000), unlock: null })
    } finally {
      await staff.patch(auto.path, { status: 'archived' })
    }
  })

  it('keeps an automatic promotion that has not started to itself', async () => {
    const starts_at = new Date(Date.now() + 86_400_000).toISOString()
    const later = await makePromotion({ method: 'automatic', title: 'Unannounced sale', starts_at })
    try {
      const { status, body } = await explain(await shopperWith([]))
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toMatch(new RegExp(`${later.id}|Unannounced`))
    } finally {
      await staff.patch(later.path, { status: 'archived' })
    }
  })

  it('costs one trip where the shop is in memory, two in a new isolate', async () => {
    const { code } = await makePromotion()
    const shopper = await shopperWith([code])
    const cold = createApi()
    const ask = () => cold.post(`/v1/carts/${shopper.cartId}/explain`, {}, { token: shopper.token })
    const costs = [await ask(), await ask()].map(({ headers }) => headers.get('Server-Timing') ?? '')
    expect(Number(/trips=(\d+)/.exec(costs[0] ?? '')?.[1])).toBeLessThanOrEqual(2)
    expect(costs[1]).toMatch(/trips=1 read=\d+ written=0/)
  })

  it('is of an open cart that is the caller’s own', async () => {
    const shopper = await shopperWith([])
    const stranger = await shopperWith([])
    expect((await explain({ ...shopper, token: stranger.token })).body.code).toBe('cart_not_found')
    expect((await complete(api, shopper, { test_outcome: 'succeeded' })).status).toBe(200)
    expect((await explain(shopper)).body.code).toBe('cart_completed')
  })
})

describe('codes that are no codes', () => {
  const odd = ['🎁🎁', 'مرحبا', '\u202Egnp.exe', `"'; DROP TABLE promotions; --`, '%', '<b>', 'a\u0000b', '{}', '­']

  it.each(odd)('%j gets a reason or a 422, and the cart stays as it is', async (code) => {
    const shopper = await shopperWith([])
    const before = await readCart(shopper)
    const said = await explain(shopper, { discount_codes: [code] })
    if (said.status === 200) expect(said.body.data[0]).toMatchObject({ reason: 'not_found' })
    else expectRefusal(said, 422, code)
    expect(await readCart(shopper)).toEqual(before)
    const set = await api.patch(`/v1/carts/${shopper.cartId}`, { discount_codes: [code] }, { token: shopper.token })
    if (set.status === 200) {
      expect(set.body.discount_codes).toMatchObject([{ applied: false, reason: 'not_found' }])
      expect(set.body.totals).toEqual(before.totals)
    } else expectRefusal(set, 422, code)
    await staff.get(`${PATH}?limit=1`)
  })

  it.each([
    ['/discount_codes/0', ['x'.repeat(10_240)]],
    ['/discount_codes/0', ['']],
    ['/discount_codes', Array.from({ length: 11 }, (_, index) => `C${index}`)],
    ['/discount_codes', 'CODE'],
  ])('are refused at %s', async (pointer, discount_codes) => {
    const { code } = await makePromotion()
    const shopper = await shopperWith([code])
    const before = await readCart(shopper)
    for (const answer of [
      await explain(shopper, { discount_codes }),
      await api.patch(`/v1/carts/${shopper.cartId}`, { discount_codes }, { token: shopper.token }),
    ]) {
      expectRefusal(answer, 422, pointer)
      expect(pointersOf(answer)).toEqual([pointer])
    }
    expect(await readCart(shopper)).toEqual(before)
  })

  it('are at most ten, and ten are told one by one', async () => {
    const codes = Array.from({ length: 10 }, (_, index) => `NONE-${index}`)
    const shopper = await shopperWith(codes)
    expect(shopper.cart.discount_codes.map(({ code }: { code: string }) => code)).toEqual(codes)
    expect((await explain(shopper)).body.data).toHaveLength(10)
  })
})

describe('gifts in the cart', () => {
  it('are those that are earned and not taken, and cost nothing once they are', async () => {
    const made = await makePromotion({
      title: 'A free mug',
      effect: { type: 'gift', variant_ids: [other.variantId], quantity: 2 },
      conditions: { minimum_subtotal: [usd(4000)] },
    })
    const shopper = await shopperWith([made.code])
    expect(shopper.cart.gifts).toEqual([])
    const { domesticRateId } = await seedShop()
    const path = `/v1/carts/${shopper.cartId}`
    const ask = { token: shopper.token }
    const earned = await api.post(`${path}/lines`, { lines: [{ sku: product.sku, quantity: 1 }] }, ask)
    const gift = { promotion_id: made.id, title: 'A free mug', variant_ids: [other.variantId] }
    expect(earned.body.gifts).toEqual([{ ...gift, quantity: 2 }])
    const one = await api.post(`${path}/lines`, { lines: [{ sku: other.sku, quantity: 1 }] }, ask)
    expect(one.body.gifts).toEqual([{ ...gift, quantity: 1 }])
    expect(one.body.totals).toMatchObject({ subtotal: usd(4500), discount: usd(500) })
    const all = await api.post(`${path}/lines`, { lines: [{ sku: other.sku, quantity: 2 }] }, ask)
    expect(all.body.gifts).toEqual([])
    // The third one is paid for.
    expect(all.body.totals).toMatchObject({ subtotal: usd(5500), discount: usd(1000) })
    expect(all.body.shipping_option.id).toBe(domesticRateId)
  })
})
