import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allViolations,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { withFault } from '../support/faults.ts'
import { asStaff, deriveAll, walkList } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const PATH = '/v1/admin/collections'

type Rule = { field: string; operator: string; value: unknown }
const rule = (field: string, operator: string, value: unknown): Rule => ({ field, operator, value })
const usd = (amount: number) => ({ amount, currency: 'USD' })

const made: string[] = []

async function makeRules(rules: readonly Rule[], fields: Record<string, unknown> = {}) {
  const wish = { title: unique('Rules'), status: 'active', kind: 'rules', rules, ...fields }
  const collection = await staff.post(PATH, wish)
  made.push(collection.id)
  return collection
}

const listed = ({ handle }: { handle: string }) => walkList(api, `collection=${handle}&limit=100`)

// A collection that watches stock makes every sale that sells out leave a mark: other tests count what sales write.
afterAll(async () => {
  await Promise.all(made.map((id) => staff.delete(`${PATH}/${id}`)))
  await deriveAll(api)
  expect(await allViolations(api)).toEqual([])
})

describe('a rule', () => {
  const tag = unique('both')
  const [vendor, type] = [unique('Vendor'), unique('Type')]
  let yes: TestProduct
  let no: TestProduct

  // Each product of a pair that only these two are, told apart by one rule after another.
  beforeAll(async () => {
    yes = await makeProduct(api, { tags: [tag, `${tag}-red`], vendor, product_type: type, usd: 2000, onHand: 5 })
    no = await makeProduct(api, { tags: [tag], vendor: unique('Other'), product_type: '', usd: 3000, onHand: 0 })
  })

  const cases: [Rule, 'yes' | 'no' | 'both' | 'none'][] = [
    [rule('tag', 'is', `${tag}-red`), 'yes'],
    [rule('tag', 'is_not', `${tag}-red`), 'no'],
    [rule('tag', 'is', `${tag}-RED`), 'none'],
    [rule('vendor', 'is', vendor), 'yes'],
    [rule('vendor', 'is_not', vendor), 'no'],
    [rule('product_type', 'is', type), 'yes'],
    [rule('product_type', 'is_not', type), 'no'],
    [rule('price', 'at_least', usd(2001)), 'no'],
    [rule('price', 'at_least', usd(2000)), 'both'],
    [rule('price', 'at_most', usd(2000)), 'yes'],
    [rule('price', 'at_most', usd(1999)), 'none'],
    [rule('price', 'at_least', { amount: 0, currency: 'EUR' }), 'both'],
    [rule('price', 'at_least', { amount: 0, currency: 'CHF' }), 'none'],
    [rule('price', 'at_most', { amount: 9_000_000, currency: 'CHF' }), 'none'],
    [rule('in_stock', 'is', true), 'yes'],
    [rule('in_stock', 'is', false), 'no'],
  ]

  it.each(cases.map(([asked, who]) => ({ ...asked, asked, who, shown: JSON.stringify(asked.value) })))(
    '$field $operator $shown is met by $who',
    async ({ asked, who }) => {
      const expected = { yes: [yes.id], no: [no.id], both: [no.id, yes.id], none: [] }[who]
      const collection = await makeRules([rule('tag', 'is', tag), asked])
      expect((await listed(collection)).sort()).toEqual(expected.sort())
      const members = await staff.get(`${PATH}/${collection.id}/products`)
      expect(members.data.map(({ product_id }: { product_id: string }) => product_id).sort()).toEqual(expected.sort())
      expect(collection.rules).toEqual([rule('tag', 'is', tag), asked])
    },
  )

  it('is met together with all others, or any of them will do', async () => {
    const rules = [
      rule('tag', 'is', `${tag}-red`),
      rule('vendor', 'is', unique('Nobody')),
      rule('product_type', 'is', type),
    ]
    const collection = await makeRules(rules)
    expect(await listed(collection)).toEqual([])
    await staff.patch(`${PATH}/${collection.id}`, { match: 'any' })
    expect(await listed(collection)).toEqual([yes.id])
    await staff.patch(`${PATH}/${collection.id}`, { rules: [rule('tag', 'is', tag), rule('vendor', 'is', vendor)] })
    expect((await listed(collection)).sort()).toEqual([yes.id, no.id].sort())
    await staff.patch(`${PATH}/${collection.id}`, { match: 'all' })
    expect(await listed(collection)).toEqual([yes.id])
    expect((await api.get(`/v1/products/${yes.id}`)).body.collections).toContainEqual({
      handle: collection.handle,
      title: collection.title,
    })
  })

  it('looks at the lowest regular price of a piece, whatever breaks and sales there are', async () => {
    const mark = unique('lowest')
    const { id } = await makeProduct(api, {
      tags: [mark],
      options: ['Size'],
      variants: [3000, 2500].map((amount, index) => ({
        options: { Size: `S${index}` },
        prices: [
          { currency: 'USD', amount },
          { currency: 'USD', amount: 100, min_quantity: 10 },
        ],
        inventory: { on_hand: 1 },
      })),
    })
    expect(await listed(await makeRules([rule('tag', 'is', mark), rule('price', 'at_least', usd(2500))]))).toEqual([id])
    expect(await listed(await makeRules([rule('tag', 'is', mark), rule('price', 'at_least', usd(2501))]))).toEqual([])
    expect(await listed(await makeRules([rule('tag', 'is', mark), rule('price', 'at_most', usd(2499))]))).toEqual([])
  })
})

describe('products come and go', () => {
  it('by an edit of theirs', async () => {
    const tag = unique('tag')
    const collection = await makeRules([rule('tag', 'is', tag), rule('vendor', 'is_not', 'Acme')])
    const { id } = await makeProduct(api)
    const edit = (changes: unknown) => staff.patch(`/v1/admin/products/${id}`, changes)
    expect(await listed(collection)).toEqual([])
    await edit({ tags: [tag] })
    expect(await listed(collection)).toEqual([id])
    await edit({ vendor: 'Acme' })
    expect(await listed(collection)).toEqual([])
    await edit({ vendor: '' })
    expect(await listed(collection)).toEqual([id])
    await edit({ status: 'draft' })
    expect(await listed(collection)).toEqual([])
    await edit({ status: 'active' })
    expect(await listed(collection)).toEqual([id])
  })

  it('by their prices', async () => {
    const tag = unique('tag')
    const cheap = await makeRules([rule('tag', 'is', tag), rule('price', 'at_most', usd(1000))])
    const { id, sku } = await makeProduct(api, { tags: [tag], usd: 1001 })
    const ask = (amount: number) =>
      staff.patch(`/v1/admin/products/${id}`, { variants: [{ sku, prices: [{ currency: 'USD', amount }] }] })
    expect(await listed(cheap)).toEqual([])
    await ask(1000)
    expect(await listed(cheap)).toEqual([id])
    await ask(1001)
    expect(await listed(cheap)).toEqual([])
  })

  it('by their stock: counted by staff, sold out by shoppers', async () => {
    const tag = unique('tag')
    const inStock = await makeRules([rule('tag', 'is', tag), rule('in_stock', 'is', true)])
    const soldOut = await makeRules([rule('tag', 'is', tag), rule('in_stock', 'is', false)])
    const { id, sku } = await makeProduct(api, { tags: [tag], onHand: 0 })
    const shown = async () => [await listed(inStock), await listed(soldOut)]
    expect(await shown()).toEqual([[], [id]])
    await staff.post('/v1/admin/inventory/adjustments', { sku, delta: 2, reason: 'delivered' })
    await deriveAll(api)
    expect(await shown()).toEqual([[id], []])
    const one = await makeShopper(api, [{ sku, quantity: 1 }])
    expect((await complete(api, one, { test_outcome: 'succeeded' })).status).toBe(200)
    expect(await deriveAll(api), 'one of two is no news').toBe(0)
    const other = await makeShopper(api, [{ sku, quantity: 1 }])
    expect((await complete(api, other, { test_outcome: 'succeeded' })).status).toBe(200)
    expect(await deriveAll(api)).toBe(1)
    expect(await shown()).toEqual([[], [id]])
  })

  it('never while they are drafts, and by their dates when they are scheduled', async () => {
    const tag = unique('tag')
    const collection = await makeRules([rule('tag', 'is', tag)])
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    await makeProduct(api, { tags: [tag], status: 'draft' })
    const { id } = await makeProduct(api, { tags: [tag], published_at: soon })
    expect(await listed(collection)).toEqual([])
    const later = createApi({ deps: { clock: () => new Date(Date.now() + 3_700_000) } })
    expect(await walkList(later, `collection=${collection.handle}`)).toEqual([id])
  })

  it('when the collection is no longer made by hand, or is again', async () => {
    const tag = unique('tag')
    const [chosen, tagged] = [await makeProduct(api), await makeProduct(api, { tags: [tag] })]
    const collection = await staff.post(PATH, { title: unique('Both'), status: 'active' })
    made.push(collection.id)
    await staff.patch(`${PATH}/${collection.id}/products`, { add: [chosen.id, tagged.id] })
    const rules = [rule('tag', 'is', tag)]
    await staff.patch(`${PATH}/${collection.id}`, { kind: 'rules', rules })
    expect(await listed(collection)).toEqual([tagged.id])
    const back = await staff.patch(`${PATH}/${collection.id}`, { kind: 'manual' })
    expect(back).toMatchObject({ kind: 'manual', rules: [] })
    expect(await listed(collection), 'what was chosen before is forgotten').toEqual([])
    const wrong = await staff.try('patch', `${PATH}/${collection.id}`, { rules })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/rules' }] } })
  })
})

describe('a rule that moves more products than one commit derives', () => {
  const [before, after] = [unique('before'), unique('after')]
  let ids: string[] = []

  beforeAll(async () => {
    const all = await Promise.all(Array.from({ length: 130 }, () => makeProduct(api, { tags: [after] })))
    ids = all.map(({ id }) => id).sort()
  })

  async function afterFault(call: number, when: 'before' | 'after') {
    const collection = await makeRules([rule('tag', 'is', before)])
    const { database } = withFault(api.bindings.DB, { call, when })
    const faulty = createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } })
    const answer = await asStaff(faulty).try('patch', `${PATH}/${collection.id}`, { rules: [rule('tag', 'is', after)] })
    return { collection, status: answer.status }
  }

  it('takes all of them in', async () => {
    const collection = await makeRules([rule('tag', 'is', before)])
    await staff.patch(`${PATH}/${collection.id}`, { rules: [rule('tag', 'is', after)] })
    expect((await listed(collection)).sort()).toEqual(ids)
    expect(await deriveAll(api), 'nothing is left, and nothing else was touched').toBe(0)
    await staff.patch(`${PATH}/${collection.id}`, { rules: [rule('tag', 'is', before)] })
    expect(await listed(collection)).toEqual([])
  })

  // 1 reads, 2 commits, 3 finds what is left, 4 derives a chunk, 5 finds what is left, 6 derives the rest.
  it.each([
    { call: 2, when: 'after' as const, status: 500, left: 130 },
    { call: 3, when: 'before' as const, status: 200, left: 130 },
    { call: 4, when: 'before' as const, status: 200, left: 130 },
    { call: 4, when: 'after' as const, status: 200, left: 30 },
    { call: 6, when: 'before' as const, status: 200, left: 30 },
    { call: 6, when: 'after' as const, status: 200, left: 0 },
  ])('loses none when it breaks down $when call $call', async ({ call, when, status, left }) => {
    const { collection, status: answered } = await afterFault(call, when)
    expect(answered).toBe(status)
    expect(await allViolations(api), 'what is left is known to be left').toEqual([])
    expect(await deriveAll(api)).toBe(left)
    expect((await listed(collection)).sort()).toEqual(ids)
  })

  it('does nothing at all when it breaks down before the commit', async () => {
    const { collection, status } = await afterFault(2, 'before')
    expect(status).toBe(500)
    expect(await deriveAll(api)).toBe(0)
    expect(await listed(collection)).toEqual([])
  })
})
