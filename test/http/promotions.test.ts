import { beforeAll, describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { complete, createApi, makeProduct, makeShopper, type TestProduct, unique, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const PATH = '/v1/admin/promotions'
const usd = (amount: number) => [{ amount, currency: 'USD' }]
const percent = { type: 'percent', percent: 10 }
let product: TestProduct

beforeAll(async () => {
  product = await makeProduct(api, { onHand: 1000 })
})

/** A promotion behind one code that nobody else uses. */
async function makePromotion(fields: Record<string, unknown> = {}) {
  const code = unique('CODE').toUpperCase()
  const body = { title: 'Test', method: 'code', codes: [code], effect: percent, ...fields }
  const made = await staff.post(PATH, body)
  return { ...made, code, path: `${PATH}/${made.id}` }
}

async function order(code: string, quantity = 1, changes: Record<string, unknown> = {}) {
  const shopper = await makeShopper(api, [{ sku: product.sku, quantity }], { discount_codes: [code], ...changes })
  return { shopper, answer: await complete(api, shopper) }
}

const items = { product_ids: [mint('product')], exclude: { tags: ['gift-card'], reduced: true } }

/** [lane, as it is sent, what the contract adds]. */
const EFFECTS: [string, Record<string, unknown>, Record<string, unknown>?][] = [
  ['order', { type: 'percent', percent: 12.3456 }, { target: 'order' }],
  ['product', { type: 'percent', target: 'items', items, percent: 100, max_amounts: usd(2000) }],
  ['order', { type: 'fixed_amount', amounts: usd(500) }, { target: 'order', per: 'order' }],
  [
    'product',
    { type: 'fixed_amount', target: 'items', per: 'unit', amounts: [...usd(5), { amount: 4, currency: 'EUR' }] },
  ],
  ['product', { type: 'fixed_price', amounts: usd(0), items }],
  ['product', { type: 'buy_get', buy: { quantity: 2, items }, get: { quantity: 1, items, percent: 50 }, max_sets: 3 }],
  [
    'product',
    { type: 'bundle', components: [{ quantity: 1, items }, { quantity: 2 }], amounts: usd(9999), max_sets: 1 },
  ],
  [
    'order',
    {
      type: 'tiered',
      tiers: [
        { from_subtotal: usd(5000), percent: 5 },
        { from_subtotal: usd(9000), amounts: usd(900) },
      ],
    },
    { target: 'order' },
  ],
  [
    'product',
    {
      type: 'tiered',
      target: 'items',
      items,
      tiers: [
        { from_quantity: 3, percent: 8.2 },
        { from_quantity: 9, percent: 15 },
      ],
    },
  ],
  ['product', { type: 'gift', variant_ids: [mint('variant')] }, { quantity: 1 }],
  ['shipping', { type: 'shipping', percent: 100 }],
  ['shipping', { type: 'shipping', amounts: usd(300), rate_ids: [mint('rate')], max_amounts: usd(200) }],
]

describe('what a promotion gives', () => {
  it.each(EFFECTS)('is shown as it was sent, in the lane %s: %j', async (lane, effect, added = {}) => {
    const made = await makePromotion({ effect })
    expect(made).toMatchObject({ lane, effect: { ...effect, ...added } })
    expect(Object.keys(made.effect).sort()).toEqual(Object.keys({ ...effect, ...added }).sort())
    // What is shown may be sent again, and changes nothing.
    const { effect: shown, conditions } = await staff.get(made.path)
    expect((await staff.patch(made.path, { effect: shown, conditions })).version).toBe(1)
  })

  const tiers = (...list: unknown[]) => ({ type: 'tiered', tiers: list })
  const BAD: [string, Record<string, unknown>][] = [
    ['/effect/type', { type: 'free' }],
    ['/effect/items', { ...percent, items }],
    ['/effect/percent', { type: 'percent', percent: 8.12345 }],
    ['/effect/value', { ...percent, value: 3 }],
    ['/effect/max_amounts', { ...percent, max_amounts: [...usd(1), ...usd(2)] }],
    ['/effect/amounts', { type: 'fixed_amount', amounts: [] }],
    ['/effect/amounts/0/amount', { type: 'fixed_amount', amounts: usd(0) }],
    ['/effect/amounts/0/amount', { type: 'fixed_price', amounts: usd(0.5) }],
    ['/effect/items/product_ids', { type: 'fixed_price', amounts: usd(1), items: { product_ids: [] } }],
    ['/effect/items/product_ids/0', { type: 'fixed_price', amounts: usd(1), items: { product_ids: ['x'] } }],
    [
      '/effect/items/tags',
      { type: 'fixed_price', amounts: usd(1), items: { tags: Array.from({ length: 251 }, (_, n) => `${n}`) } },
    ],
    ['/effect/buy/quantity', { type: 'buy_get', buy: { quantity: 0 }, get: { quantity: 1 } }],
    ['/effect/components', { type: 'bundle', components: [], amounts: usd(1) }],
    ['/effect/components', { type: 'bundle', components: Array(11).fill({ quantity: 1 }), amounts: usd(1) }],
    ['/effect/tiers', tiers()],
    ['/effect/tiers/0/from_quantity', tiers({ percent: 5 })],
    ['/effect/tiers/0/percent', tiers({ from_quantity: 1, percent: 5, amounts: usd(1) })],
    ['/effect/tiers/1/from_quantity', tiers({ from_quantity: 3, percent: 5 }, { from_quantity: 3, percent: 6 })],
    ['/effect/tiers/1/from_subtotal', tiers({ from_quantity: 3, percent: 5 }, { from_subtotal: usd(3), percent: 6 })],
    [
      '/effect/tiers/1/from_subtotal',
      tiers({ from_subtotal: usd(3), percent: 5 }, { from_subtotal: usd(3), percent: 6 }),
    ],
    ['/effect/variant_ids', { type: 'gift', variant_ids: [] }],
    ['/effect/percent', { type: 'shipping' }],
    ['/effect/percent', { type: 'shipping', percent: 5, amounts: usd(5) }],
  ]
  it.each(BAD)('is refused at %s: %j', async (pointer, effect) => {
    const made = await makePromotion()
    for (const answer of [
      await staff.try('post', PATH, { title: 'Bad', method: 'automatic', effect }),
      await staff.try('patch', made.path, { effect }),
    ]) {
      expectRefusal(answer, 422, pointer)
      expect(pointersOf(answer)).toEqual([pointer])
    }
    expect(await staff.get(made.path)).toMatchObject({ version: 1, effect: made.effect })
  })
})

describe('whom a promotion is for', () => {
  const conditions = {
    minimum_subtotal: usd(1000),
    minimum_quantity: 2,
    items,
    customer_group_ids: [mint('customerGroup')],
    first_order: true,
    market_ids: [mint('market')],
    currencies: ['USD'],
    countries: ['US', 'DE'],
  }

  it('is shown as it was sent, and replaced as a whole', async () => {
    const made = await makePromotion({ conditions })
    expect(made.conditions).toEqual(conditions)
    const changed = await staff.patch(made.path, { conditions: { first_order: false } })
    expect(changed.conditions).toEqual({ first_order: false, minimum_subtotal: [] })
  })

  it.each([
    ['/conditions/countries/0', { countries: ['Germany'] }],
    ['/conditions/currencies', { currencies: [] }],
    ['/conditions/customer_group_ids/0', { customer_group_ids: ['vip'] }],
    ['/conditions/minimum_quantity', { minimum_quantity: 0 }],
    ['/conditions/minimum_subtotal', { minimum_subtotal: [...usd(1), ...usd(2)] }],
    ['/conditions/age', { age: 18 }],
  ])('is refused at %s', async (pointer, wrong) => {
    const answer = await staff.try('post', PATH, {
      title: 'Bad',
      method: 'automatic',
      effect: percent,
      conditions: wrong,
    })
    expectRefusal(answer, 422, pointer)
    expect(pointersOf(answer)).toEqual([pointer])
  })
})

describe('a change of a promotion', () => {
  it('may be of everything but its method, in the next version, and is in the trail', async () => {
    const made = await makePromotion()
    const wish = {
      title: 'Other',
      status: 'paused',
      effect: { type: 'shipping', percent: 50 },
      priority: 7,
      exclusive: 'cart',
      choice: 'priority',
      starts_at: '2030-01-01T00:00:00.000Z',
      ends_at: '2031-01-01T00:00:00.000Z',
      usage_limit: 5,
      customer_limit: 2,
      budget: [{ amount: 700, currency: 'USD' }],
    }
    const changed = await staff.patch(made.path, wish)
    expect(changed).toMatchObject({ ...wish, version: 2, lane: 'shipping', budget: [{ ...wish.budget[0], spent: 0 }] })
    const cleared = { starts_at: null, ends_at: null, usage_limit: null, customer_limit: null, budget: [] }
    expect(await staff.patch(made.path, cleared)).toMatchObject({ ...cleared, version: 3 })
    expect(pointersOf(await staff.try('patch', made.path, { method: 'automatic' }))).toEqual(['/method'])
    expect(await trailOf(made.id)).toEqual(['promotion.created', 'promotion.updated', 'promotion.updated'])
  })

  it('is refused with 412 to whoever has read an older version', async () => {
    const made = await makePromotion()
    await staff.patch(made.path, { title: 'Second' })
    for (const answer of [
      await staff.try('patch', made.path, { title: 'Third' }, { ifMatch: '"1"' }),
      await staff.try('post', `${made.path}/codes`, { codes: [unique('X')] }, { ifMatch: '"1"' }),
      await staff.tryDelete(`${made.path}/codes/${made.code}`, { ifMatch: '"1"' }),
      await staff.tryDelete(made.path, { ifMatch: '"1"' }),
    ]) {
      expect(answer).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    }
    expect(await staff.get(made.path)).toMatchObject({ title: 'Second', version: 2, codes: [made.code] })
  })

  it('shows in the carts that are open, and nobody is charged by what they have not seen', async () => {
    const made = await makePromotion()
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }], { discount_codes: [made.code] })
    expect(shopper.cart.totals.discount.amount).toBe(200)
    await staff.patch(made.path, { effect: { type: 'percent', percent: 5 } })
    expect((await complete(api, shopper)).body).toMatchObject({
      code: 'cart_changed',
      cart: { totals: { discount: usd(100)[0] } },
    })
    const { body } = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
    expect(body.totals.discount.amount).toBe(100)
  })

  it('never puts a limit or a budget below what has been used', async () => {
    const made = await makePromotion({ usage_limit: 5, budget: usd(5000) })
    await order(made.code)
    await order(made.code)
    expect(await staff.get(made.path)).toMatchObject({
      used: 2,
      budget: [{ amount: 5000, currency: 'USD', spent: 400 }],
    })
    const low = await staff.try('patch', made.path, { usage_limit: 1 })
    expectRefusal(low, 422, 'a limit below its uses')
    expect(pointersOf(low)).toEqual(['/usage_limit'])
    const poor = await staff.try('patch', made.path, { budget: usd(399) })
    expectRefusal(poor, 422, 'a budget below what was spent')
    expect(pointersOf(poor)).toEqual(['/budget'])
    const exact = { usage_limit: 2, budget: [{ amount: 400, currency: 'USD' }] }
    expect(await staff.patch(made.path, exact)).toMatchObject({ used: 2, budget: [{ amount: 400, spent: 400 }] })
    expect(await violations(api)).toEqual([])
  })

  it('counts in a new budget what has been given before', async () => {
    const made = await makePromotion()
    await order(made.code, 2)
    const both = [...usd(1000), { amount: 50, currency: 'EUR' }]
    const { budget } = await staff.patch(made.path, { budget: both })
    expect(budget).toEqual([
      { amount: 50, currency: 'EUR', spent: 0 },
      { amount: 1000, currency: 'USD', spent: 400 },
    ])
    expect(pointersOf(await staff.try('patch', (await used()).path, { budget: usd(1) }))).toEqual(['/budget'])
    expect(await violations(api)).toEqual([])
  })

  async function used() {
    const made = await makePromotion()
    await order(made.code)
    return made
  }

  it('removes it with its codes, unless an order has used it', async () => {
    const [unused, inUse] = [await makePromotion({ budget: usd(1) }), await used()]
    expect((await staff.tryDelete(unused.path)).status).toBe(204)
    expect((await api.get(unused.path, { token: await key() })).body.code).toBe('promotion_not_found')
    // Its code is free again.
    await makePromotion({ codes: [unused.code] })
    expect(await staff.tryDelete(inUse.path)).toMatchObject({ status: 409, body: { code: 'promotion_in_use' } })
    expect(await staff.patch(inUse.path, { status: 'archived' })).toMatchObject({ status: 'archived', used: 1 })
    expect(await trailOf(unused.id)).toEqual(['promotion.created', 'promotion.deleted'])
  })
})

async function key(): Promise<string> {
  const { seedShop } = await import('../support/shop.ts')
  return (await seedShop()).staffKey
}

describe('codes', () => {
  it('are added as they are sent, each once, and shown page by page', async () => {
    const made = await makePromotion({ codes: [] })
    const sent = Array.from({ length: 250 }, (_, index) => `${made.code}-${1000 + index}`)
    const added = await staff.post(`${made.path}/codes`, {
      codes: sent.map((code) => ` ${code.toLowerCase()}`),
      usage_limit: 2,
    })
    expect(added).toMatchObject({ code_count: 250, version: 2, codes: sent.slice(0, 100) })
    const seen: unknown[] = []
    let cursor = ''
    do {
      const page = await staff.get(`${made.path}/codes?limit=60${cursor}`)
      seen.push(...page.data)
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
    } while (cursor)
    expect(seen).toEqual(sent.map((code) => ({ code, usage_limit: 2, used: 0 })))
  })

  it('that are taken are named, and none of the others is added', async () => {
    const [made, other] = [await makePromotion(), await makePromotion()]
    const answer = await staff.try('post', `${made.path}/codes`, { codes: [unique('N').toUpperCase(), other.code] })
    expect(answer).toMatchObject({ status: 409, body: { code: 'code_taken' } })
    expect(pointersOf(answer)).toEqual(['/codes/1'])
    expect(await staff.get(made.path)).toMatchObject({ code_count: 1, version: 1 })
    const again = await staff.try('post', PATH, { title: 'T', method: 'code', codes: [other.code], effect: percent })
    expect(pointersOf(again)).toEqual(['/codes/0'])
  })

  it('are drawn by the thousand, all different and hard to guess', async () => {
    const made = await makePromotion({ codes: [] })
    const body = { generate: { count: 3000, prefix: 'vip-' }, usage_limit: 1 }
    expect(await staff.post(`${made.path}/codes`, body)).toMatchObject({ code_count: 3000 })
    const statement = 'SELECT code, usage_limit, used FROM promotion_codes WHERE promotion_id = ?'
    const { results } = await testEnv().DB.prepare(statement).bind(made.id).all<{ code: string }>()
    expect(new Set(results.map(({ code }) => code)).size).toBe(3000)
    for (const row of results) {
      expect(row).toEqual({
        code: expect.stringMatching(/^VIP-[0-9BCDFGHJKMNPQRSTVWXYZ]{10}$/),
        usage_limit: 1,
        used: 0,
      })
    }
  })

  it('that were drawn before are drawn again, and nothing of the first draw stays', async () => {
    // The first draws of this chance are all the same.
    let calls = 0
    const random = (length: number) => {
      calls += 1
      return calls <= 4 ? new Uint8Array(length).fill(7) : cryptoRandom(length)
    }
    const made = await makePromotion({ codes: ['7'.repeat(10)].map((code) => `${unique('P').toUpperCase()}-${code}`) })
    const prefix = made.codes[0].slice(0, -10)
    const unlucky = createApi({ deps: { random } })
    const answer = await unlucky.post(`${made.path}/codes`, { generate: { count: 1, prefix } }, { token: await key() })
    expect(answer).toMatchObject({ status: 201, body: { code_count: 2 } })
    expect(calls).toBeGreaterThan(4)
  })

  it.each([
    ['/codes', {}],
    ['/codes', { codes: ['A'], generate: { count: 1 } }],
    ['/codes', { codes: ['a', 'A '] }],
    ['/codes', { codes: Array.from({ length: 1001 }, (_, index) => `C${index}`) }],
    ['/codes/0', { codes: ['x'.repeat(51)] }],
    ['/generate/count', { generate: { count: 10_001 } }],
    ['/generate/length', { generate: { count: 1, length: 9 } }],
    ['/generate/prefix', { generate: { count: 1, prefix: 'x'.repeat(21) } }],
    ['/usage_limit', { codes: ['A'], usage_limit: 0 }],
  ])('are refused at %s', async (pointer, body) => {
    const made = await makePromotion()
    const answer = await staff.try('post', `${made.path}/codes`, body)
    expectRefusal(answer, 422, pointer)
    expect(pointersOf(answer)).toEqual([pointer])
    expect(await staff.get(made.path)).toMatchObject({ code_count: 1, version: 1 })
  })

  it('are none of an automatic promotion', async () => {
    const body = { title: 'Auto', method: 'automatic', status: 'paused', effect: percent }
    const { id } = await staff.post(PATH, body)
    const answer = await staff.try('post', `${PATH}/${id}/codes`, { generate: { count: 1 } })
    expect(pointersOf(answer)).toEqual(['/generate'])
  })

  it('go unless an order has used them, and are found by their use', async () => {
    const made = await makePromotion()
    const [spare] = (await staff.post(`${made.path}/codes`, { codes: [unique('É/ X').toUpperCase()] })).codes.filter(
      (code: string) => code !== made.code,
    )
    const { shopper } = await order(made.code)
    const listed = async (used: boolean) =>
      (await staff.get(`${made.path}/codes?used=${used}`)).data.map(({ code }: { code: string }) => code)
    expect([await listed(true), await listed(false)]).toEqual([[made.code], [spare]])
    expect(await staff.tryDelete(`${made.path}/codes/${made.code}`)).toMatchObject({
      status: 409,
      body: { code: 'code_in_use' },
    })
    const path = `${made.path}/codes/${encodeURIComponent(spare)}`
    expect((await staff.tryDelete(path)).status).toBe(204)
    expect((await staff.tryDelete(path)).body.code).toBe('code_not_found')
    expect(await staff.get(made.path)).toMatchObject({ codes: [made.code], code_count: 1 })
    // The cart that had it keeps it: a code that is gone is one that was not found, with its reason.
    expect(shopper.cart.discount_codes).toEqual([{ code: made.code, applied: true, reason: null }])
  })

  it('show in carts that have waited for them, and leave what is cached alone', async () => {
    const [later, own] = [unique('LATER').toUpperCase(), unique('OWN').toUpperCase()]
    const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 1 }], { discount_codes: [later, own] })
    const reasons = async () => {
      const { body } = await api.get(`/v1/carts/${shopper.cartId}`, { token: shopper.token })
      return body.discount_codes.map(({ reason }: { reason: string | null }) => reason)
    }
    const generation = async () => (await testEnv().DB.prepare('SELECT value FROM generations').first())?.value
    expect(await reasons()).toEqual(['not_found', 'not_found'])
    const before = await generation()
    const { path } = await makePromotion()
    await staff.post(`${path}/codes`, { codes: [later] })
    expect(await reasons()).toEqual([null, 'not_found'])
    await makePromotion({ codes: [own] })
    expect(await reasons()).toEqual([null, null])
    expect(await generation()).toBe(before)
    await staff.delete(`${path}/codes/${later}`)
    expect(await reasons()).toEqual(['not_found', null])
    expect(await generation()).not.toBe(before)
  })

  it('are the same in any case and however an accent is typed', async () => {
    const code = `${unique('T').toUpperCase()}-\u00C9T\u00C9`
    const { path } = await makePromotion({ codes: [code] })
    const typed = code.normalize('NFD').toLowerCase()
    expect((await order(typed)).shopper.cart.discount_codes).toEqual([{ code, applied: true, reason: null }])
    expect(pointersOf(await staff.try('post', `${path}/codes`, { codes: [typed] }))).toEqual(['/codes/0'])
  })

  it('are drawn once for one Idempotency-Key, and the answer is the same', async () => {
    const made = await makePromotion({ codes: [] })
    const ask = () => staff.try('post', `${made.path}/codes`, { generate: { count: 5 } }, { key: made.id })
    const answers = [await ask(), await ask(), ...(await Promise.all([ask(), ask()]))]
    expect(answers.map(({ status, body }) => [status, body.code_count])).toEqual(answers.map(() => [201, 5]))
    expect(answers.map(({ body }) => body.codes)).toEqual(answers.map(() => answers[0]?.body.codes))
    expect(answers[1]?.headers.get('Idempotent-Replayed')).toBe('true')
    const other = await staff.try('post', `${made.path}/codes`, { generate: { count: 6 } }, { key: made.id })
    expect(other.body.code).toBe('idempotency_conflict')
  })

  it('added at the same moment are all there, and counted', async () => {
    const made = await makePromotion({ codes: [] })
    const wishes = Array.from({ length: 10 }, () => ({ generate: { count: 20 } }))
    await Promise.all(wishes.map((body) => staff.post(`${made.path}/codes`, body)))
    expect(await staff.get(made.path)).toMatchObject({ code_count: 200, version: 11 })
    expect(await violations(api)).toEqual([])
  })
})
