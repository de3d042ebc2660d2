import { describe, expect, it } from 'vitest'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  stockOf,
  violations,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { atOneSpeed } from '../support/speeds.ts'
import { asStaff } from '../support/staff.ts'

const RACERS = 20

async function paidOrder(quantities: readonly number[], on: Api) {
  const lines = []
  for (const quantity of quantities) lines.push({ sku: (await makeProduct(on)).sku, quantity })
  const { body } = await complete(on, await makeShopper(on, lines), { test_outcome: 'succeeded' })
  const skus = lines.map(({ sku }) => sku)
  return { path: `/v1/admin/orders/${body.order.id}`, lines: body.order.lines as { id: string }[], skus }
}

const key = () => ({ key: crypto.randomUUID() })
const race = (runner: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: RACERS }, (_, index) => runner(index)))
const won = (answers: readonly Answer[]) => answers.filter(({ status }) => status < 300)
const codesOf = (answers: readonly Answer[]) => [
  ...new Set(answers.map(({ status, body }) => `${status} ${body.code}`)),
]

function expectRefusals(answers: readonly Answer[], allowed: readonly string[]): void {
  const codes = codesOf(answers.filter(({ status }) => status >= 300))
  expect(codes.filter((code) => !allowed.includes(code))).toEqual([])
}

atOneSpeed('shipping an order while others are at it', (api) => {
  const staff = asStaff(api)

  it('ships or cancels it, never both', async () => {
    const { path, skus } = await paidOrder([1], api)
    const answers = await race((index) =>
      index % 2 ? staff.try('post', `${path}/cancel`, {}, key()) : staff.try('post', `${path}/fulfillments`, {}, key()),
    )
    expect(won(answers)).toHaveLength(1)
    expectRefusals(answers, ['409 order_not_fulfillable', '409 order_not_cancellable', '409 order_conflict'])
    const order = await staff.get(path)
    const isShipped = order.fulfillment_status === 'fulfilled'
    expect(order.status).toBe(isShipped ? 'completed' : 'cancelled')
    expect(order.fulfillments).toHaveLength(isShipped ? 1 : 0)
    expect(await stockOf(api, skus[0] ?? '')).toMatchObject({ on_hand: isShipped ? 99 : 100, held: 0 })
  })

  it('ships each piece once, however many ship it', async () => {
    const { path, lines } = await paidOrder([3], api)
    const wish = { lines: [{ line_id: lines[0]?.id, quantity: 2 }] }
    const answers = await race(() => staff.try('post', `${path}/fulfillments`, wish, key()))
    expect(won(answers)).toHaveLength(1)
    expectRefusals(answers, ['422 invalid_request', '409 order_conflict'])
    expect((await staff.get(path)).lines[0]).toMatchObject({ quantity: 3, fulfilled_quantity: 2 })
  })

  it('ships once what is asked under one key', async () => {
    const { path, lines } = await paidOrder([RACERS], api)
    const wish = { lines: [{ line_id: lines[0]?.id, quantity: 1 }] }
    const same = crypto.randomUUID()
    const answers = await race(() => staff.try('post', `${path}/fulfillments`, wish, { key: same }))
    expect(won(answers)).toHaveLength(RACERS)
    expect((await staff.get(path)).fulfillments).toHaveLength(1)
  })

  it('ships a piece or takes it out of the order, never both', async () => {
    const { path, lines } = await paidOrder([1], api)
    const piece = { line_id: lines[0]?.id, quantity: 1 }
    const answers = await race((index) =>
      index % 2
        ? staff.try('post', `${path}/refunds`, { lines: [{ ...piece, restock: 'cancel' }] }, key())
        : staff.try('post', `${path}/fulfillments`, { lines: [piece] }, key()),
    )
    expect(won(answers)).toHaveLength(1)
    expectRefusals(answers, [
      '422 invalid_request',
      '409 order_not_fulfillable',
      '409 order_conflict',
      '409 refund_exceeds_payment',
    ])
    const [line] = (await staff.get(path)).lines
    expect(line.fulfilled_quantity + line.removed_quantity).toBe(1)
  })
})

describe('two halves that finish an order together see each other', () => {
  const plain = createApi()
  const staff = asStaff(plain)
  const manual = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })
  type Order = Awaited<ReturnType<typeof paidOrder>>
  type Step = (order: Order, on: Api) => Promise<Answer>
  const one = (order: Order, line: number) => ({ line_id: order.lines[line]?.id, quantity: 1 })
  const post = (path: string, body: unknown, on: Api) => asStaff(on).try('post', path, body, key())
  const ship: Step = ({ path }, on) => post(`${path}/fulfillments`, {}, on)
  const shipOne: Step = (order, on) => post(`${order.path}/fulfillments`, { lines: [one(order, 0)] }, on)
  const capture: Step = ({ path }, on) => post(`${path}/capture`, {}, on)
  const takeOut: Step = (order, on) =>
    post(`${order.path}/refunds`, { lines: [{ ...one(order, 1), restock: 'cancel' }] }, on)

  /** Runs `step`, and all of `other` right before its call of the database number `call`. @returns whether it got there. */
  async function interrupt(order: Order, step: Step, other: Step, call: number): Promise<boolean> {
    let reached = false
    const DB = withHook(testEnv().DB, async (at) => {
      if (at !== call) return
      reached = true
      expect((await other(order, plain)).status).toBeLessThan(300)
    })
    const answer = await step(order, createApi({ bindings: { DB } }))
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
    return reached
  }

  const CASES: readonly [string, () => Promise<Order>, Step, Step][] = [
    ['shipped, while it is captured', () => paidOrder([1], manual), ship, capture],
    ['captured, while it is shipped', () => paidOrder([1], manual), capture, ship],
    ['shipped, while the rest is taken out', () => paidOrder([1, 1], plain), shipOne, takeOut],
    ['taken out of, while the rest is shipped', () => paidOrder([1, 1], plain), takeOut, shipOne],
    ['shipped on, while the rest is taken out', begun, shipOne, takeOut],
    ['taken out of, while the rest is shipped on', begun, takeOut, shipOne],
  ]

  /** One of two pieces of the first line is gone already: where its shipping stands does not change with the next. */
  async function begun(): Promise<Order> {
    const order = await paidOrder([2, 1], plain)
    await shipOne(order, plain)
    return order
  }

  it.each(CASES)('an order is %s', async (_, make, step, other) => {
    let calls = 0
    for (let reached = true; reached; calls += 1) {
      const order = await make()
      reached = await interrupt(order, step, other, calls + 1)
      if (reached)
        expect(await staff.get(order.path)).toMatchObject({ status: 'completed', fulfillment_status: 'fulfilled' })
    }
    // Before its read, before its commit, and once without an interruption, at least.
    expect(calls).toBeGreaterThan(2)
    expect(await violations(plain)).toEqual([])
  })
})
