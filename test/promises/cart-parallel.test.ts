import { describe, expect, it } from 'vitest'
import { type Answer, type Api, createApi, makeProduct, type TestProduct } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { setQuantityRule } from '../support/quantity-rules.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const PARALLEL = 20

/** Isolates at two paces: every D1 call a little late, and every one late by chance. */
const PACES: readonly (readonly [string, Api])[] = [
  ['with 5 ms on every D1 call', createApi({ bindings: { D1_LATENCY_MS: '5' } })],
  [
    'with 0 to 20 ms on every D1 call',
    createApi({
      bindings: {
        DB: withHook(testEnv().DB, () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20))),
      },
    }),
  ],
]

interface Cart {
  id: string
  token: string
  path: string
}

async function cartOf(lines: readonly { sku: string; quantity: number }[] = []): Promise<Cart> {
  const { body } = await api.post('/v1/carts', { lines })
  return { id: body.id, token: body.session.access_token, path: `/v1/carts/${body.id}` }
}

const read = ({ path, token }: Cart) => api.get(path, { token })
const products = (count: number, options = {}) =>
  Promise.all(Array.from({ length: count }, () => makeProduct(api, options)))
const key = () => crypto.randomUUID()
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status)
const linesOf = ({ body }: Answer): Record<string, number> =>
  Object.fromEntries(body.lines.map(({ sku, quantity }: { sku: string; quantity: number }) => [sku, quantity]))

/** What a shopper does to a cart, and what a cart is that it was done to. */
type Step =
  | { do: 'add'; sku: string; quantity: number }
  | { do: 'set'; id: string; quantity: number }
  | { do: 'note'; note: string }
interface Model {
  lines: { id: string; sku: string; quantity: number }[]
  note: string | null
}

function send(through: Api, { path, token }: Cart, step: Step): Promise<Answer> {
  if (step.do === 'note') return through.patch(path, { note: step.note }, { token })
  if (step.do === 'add') {
    const { sku, quantity } = step
    return through.post(`${path}/lines`, { lines: [{ sku, quantity }] }, { token, key: key() })
  }
  if (step.quantity === 0) return through.delete(`${path}/lines/${step.id}`, { token })
  return through.patch(`${path}/lines`, { lines: [{ id: step.id, quantity: step.quantity }] }, { token })
}

const modelOf = ({ body }: Answer): Model => ({
  lines: body.lines.map(({ id, sku, quantity }: Model['lines'][number]) => ({ id, sku, quantity })),
  note: body.note,
})

/** The cart after one more step. @param answer names the id that a new line was given. */
function apply({ lines, note }: Model, step: Step, answer: Answer): Model {
  if (step.do === 'note') return { lines, note: step.note }
  if (step.do === 'set') {
    expect(
      lines.map(({ id }) => id),
      'only a line that is there can be set',
    ).toContain(step.id)
    const set = lines.map((line) => (line.id === step.id ? { ...line, quantity: step.quantity } : line))
    return { lines: set.filter(({ quantity }) => quantity > 0), note }
  }
  const { sku, quantity } = step
  if (lines.some((line) => line.sku === sku)) {
    const summed = lines.map((line) => (line.sku === sku ? { ...line, quantity: line.quantity + quantity } : line))
    return { lines: summed, note }
  }
  const id = modelOf(answer).lines.find((line) => line.sku === sku)?.id ?? 'none'
  return { lines: [...lines, { id, sku, quantity }], note }
}

const sorted = ({ lines, note }: Model) => ({ lines: [...lines].sort((a, b) => (a.id < b.id ? -1 : 1)), note })

describe.each(PACES)('parallel changes of one cart, %s,', (_, slow) => {
  it(`keep all of ${PARALLEL} different lines`, async () => {
    const [cart, goods] = [await cartOf(), await products(PARALLEL)]
    const answers = await Promise.all(goods.map(({ sku }) => send(slow, cart, { do: 'add', sku, quantity: 1 })))
    expect(statuses(answers)).toEqual(goods.map(() => 200))
    const after = await read(cart)
    expect(linesOf(after)).toEqual(Object.fromEntries(goods.map(({ sku }) => [sku, 1])))
    expect(after.body.version).toBe(1 + PARALLEL)
  })

  it(`sum ${PARALLEL} adds of the same line`, async () => {
    const [cart, { sku }] = [await cartOf(), await makeProduct(api)]
    const adds = Array.from({ length: PARALLEL }, (_, index) =>
      send(slow, cart, { do: 'add', sku, quantity: (index % 3) + 1 }),
    )
    expect(statuses(await Promise.all(adds))).toEqual(adds.map(() => 200))
    const sum = Array.from({ length: PARALLEL }, (_, index) => (index % 3) + 1).reduce((a, b) => a + b)
    expect(linesOf(await read(cart))).toEqual({ [sku]: sum })
  })

  it('of every kind are as if made one after the other, in the order of the versions they answer', async () => {
    for (let round = 0; round < 3; round += 1) {
      const goods = await products(8, { policy: 'untracked' })
      const skus = goods.map(({ sku }) => sku)
      const cart = await cartOf(skus.slice(0, 4).map((sku) => ({ sku, quantity: 2 })))
      const before = await read(cart)
      const ids = before.body.lines.map(({ id }: { id: string }) => id)
      const steps: Step[] = [
        ...skus.map((sku, index): Step => ({ do: 'add', sku, quantity: index + 1 })),
        ...ids.map((id: string, index: number): Step => ({ do: 'set', id, quantity: 10 + index })),
        ...ids.slice(0, 2).map((id: string): Step => ({ do: 'set', id, quantity: 0 })),
        ...['a', 'b', 'c'].map((note): Step => ({ do: 'note', note })),
        ...skus.slice(2, 6).map((sku): Step => ({ do: 'add', sku, quantity: 5 })),
      ].sort(() => Math.random() - 0.5)
      const answers = await Promise.all(steps.map((step) => send(slow, cart, step)))
      const done = steps
        .flatMap((step, index) => {
          const answer = answers[index] as Answer
          if (answer.status === 200) return [{ step, answer }]
          // A line that another request has removed is not there to be set or removed again; nothing else is refused.
          expect(step.do, JSON.stringify(answer.body)).toBe('set')
          expect(answer).toMatchObject({ status: 404, body: { code: 'line_not_found' } })
          return []
        })
        .sort((left, right) => left.answer.body.version - right.answer.body.version)
      let model = modelOf(before)
      done.forEach(({ step, answer }, index) => {
        expect(answer.body.version, 'each has a version of its own').toBe(before.body.version + 1 + index)
        model = apply(model, step, answer)
        expect(sorted(modelOf(answer))).toEqual(sorted(model))
      })
      const after = await read(cart)
      expect(after.body.version).toBe(before.body.version + done.length)
      expect(sorted(modelOf(after))).toEqual(sorted(model))
    }
  })

  it('take what is left of a stock, never more, and are told so', async () => {
    const [cart, { sku }] = [await cartOf(), await makeProduct(api, { onHand: 7 })]
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, () => send(slow, cart, { do: 'add', sku, quantity: 1 })),
    )
    expect(linesOf(await read(cart))).toEqual({ [sku]: 7 })
    const told = answers.filter(({ body }) =>
      (body.warnings ?? []).some(({ code }: { code: string }) => code === 'QUANTITY_REDUCED'),
    )
    const plain = answers.filter((answer) => answer.status === 200 && !told.includes(answer))
    expect(plain).toHaveLength(7)
    expect(told).toHaveLength(PARALLEL - 7)
  })

  it('lose nothing to an isolate that has not heard of new stock', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const cart = await cartOf([{ sku, quantity: 2 }])
    expect((await slow.get(cart.path, { token: cart.token })).status).toBe(200)
    const staff = { token: (await seedShop()).staffKey, key: key() }
    await api.post('/v1/admin/inventory/adjustments', { sku, delta: 97, reason: 'counted' }, staff)
    // All of them are in doubt at first, look at D1, and find more; each then adds to what the one before has made.
    const adds = Array.from({ length: 5 }, () => send(slow, cart, { do: 'add', sku, quantity: 2 }))
    expect(statuses(await Promise.all(adds))).toEqual(adds.map(() => 200))
    expect(linesOf(await read(cart))).toEqual({ [sku]: 12 })
  })

  it('stay within the rule of a variant', async () => {
    const [cart, { sku, variantId }] = [await cartOf(), await makeProduct(api)]
    await setQuantityRule(api, variantId, { min: 2, step: 2, max: 12 })
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) => send(slow, cart, { do: 'add', sku, quantity: 2 + (index % 2) })),
    )
    answers.forEach((answer, index) => {
      // Three pieces are off the step, until the sum is above the most, to which it is then cut.
      const { status, body } = answer
      if (status === 422) expect([index % 2, body.errors]).toMatchObject([1, [{ pointer: '/lines/0/quantity' }]])
      else expect(status, JSON.stringify(body)).toBe(200)
      if (status === 200) expect((linesOf(answer)[sku] ?? 0) % 2).toBe(0)
    })
    expect(linesOf(await read(cart))).toEqual({ [sku]: 12 })
  })
})

describe('two tabs with If-Match', () => {
  const [[, slow] = ['', api]] = PACES

  it('change the cart one after the other: the second is told to look first, and loses nothing by it', async () => {
    const [cart, goods] = [await cartOf(), await products(2)]
    const version = (await read(cart)).body.version
    const change = ({ sku }: TestProduct, at: number) =>
      slow.post(
        `${cart.path}/lines`,
        { lines: [{ sku, quantity: 1 }] },
        { token: cart.token, key: key(), ifMatch: `"${at}"` },
      )
    const answers = await Promise.all(goods.map((product) => change(product, version)))
    expect(statuses(answers).sort()).toEqual([200, 412])
    const loser = goods[answers.findIndex(({ status }) => status === 412)]
    if (!loser) throw new Error('nobody lost')
    const now = await read(cart)
    expect(now.body).toMatchObject({ version: version + 1, lines: [{ quantity: 1 }] })
    expect((await change(loser, now.body.version)).status).toBe(200)
    expect(linesOf(await read(cart))).toEqual(Object.fromEntries(goods.map(({ sku }) => [sku, 1])))
  })

  it('cannot cut a quantity that the other tab has just set', async () => {
    const { sku } = await makeProduct(api, { onHand: 5 })
    const cart = await cartOf([{ sku, quantity: 1 }])
    const { body } = await read(cart)
    const set = (quantity: number) =>
      slow.patch(
        `${cart.path}/lines`,
        { lines: [{ id: body.lines[0].id, quantity }] },
        { token: cart.token, ifMatch: `"${body.version}"` },
      )
    const answers = await Promise.all([set(3), set(9)])
    expect(statuses(answers).sort()).toEqual([200, 412])
    const won = answers.find(({ status }) => status === 200)
    expect(linesOf(await read(cart))).toEqual(linesOf(won as Answer))
  })
})
