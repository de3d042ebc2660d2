import { beforeAll, describe, expect, it } from 'vitest'
import type { Lifecycle } from '../../src/domain/order.ts'
import { type Answer, complete, createApi, makeProduct, makeShopper, violations } from '../support/api.ts'
import { countRows, expectRefusal } from '../support/refusals.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const manual = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })
const staff = asStaff(api)
const key = () => ({ key: crypto.randomUUID() })

/** How an order comes to be so. Each ends with `/v1/admin/orders/{id}`. */
const STATES: Readonly<Record<string, () => Promise<string>>> = {
  pending: () => place(api),
  failed: () => place(api, 'declined'),
  'given up': async () => after(await place(api), 'cancel'),
  paid: () => place(api, 'succeeded'),
  'paid and partly shipped': async () => shipOne(await place(api, 'succeeded')),
  'paid and cancelled': async () => after(await place(api, 'succeeded'), 'cancel'),
  'paid and refunded': async () => refundAll(await place(api, 'succeeded')),
  completed: async () => after(await place(api, 'succeeded'), 'fulfillments'),
  'completed and refunded': async () => refundAll(await after(await place(api, 'succeeded'), 'fulfillments')),
  authorized: () => place(manual, 'succeeded'),
  'authorized and shipped': async () => after(await place(manual, 'succeeded'), 'fulfillments'),
  'authorized and cancelled': async () => after(await place(manual, 'succeeded'), 'cancel'),
  voided: async () => after(await place(manual, 'succeeded'), 'void'),
}

/** What is refused there, and how. What is not named is allowed, and tested where it is. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fulfillments: {
    ...each(
      ['pending', 'failed', 'given up', 'paid and cancelled', 'authorized and cancelled'],
      'order_not_fulfillable',
    ),
    ...each(['completed', 'completed and refunded', 'authorized and shipped'], 'order_not_fulfillable'),
  },
  cancel: {
    ...each(['given up', 'paid and cancelled', 'authorized and cancelled'], 'order_not_cancellable'),
    ...each(['paid and partly shipped', 'authorized and shipped'], 'order_not_cancellable'),
    ...each(['completed', 'completed and refunded'], 'order_not_cancellable'),
  },
  capture: each(
    [
      ...[
        'pending',
        'failed',
        'given up',
        'paid',
        'paid and partly shipped',
        'paid and cancelled',
        'paid and refunded',
      ],
      ...['completed', 'completed and refunded', 'authorized and cancelled', 'voided'],
    ],
    'payment_not_authorized',
  ),
  void: each(
    [
      ...[
        'pending',
        'failed',
        'given up',
        'paid',
        'paid and partly shipped',
        'paid and cancelled',
        'paid and refunded',
      ],
      ...['completed', 'completed and refunded', 'authorized and cancelled', 'voided'],
    ],
    'payment_not_authorized',
  ),
  refunds: {
    ...each(['pending', 'failed', 'given up'], 'order_not_confirmed'),
    ...each(['paid and refunded', 'completed and refunded', 'paid and cancelled'], 'refund_exceeds_payment'),
    ...each(['authorized', 'authorized and shipped', 'authorized and cancelled', 'voided'], 'refund_exceeds_payment'),
  },
}

/** What is sent where nothing but the state is wrong. */
const BODIES: Readonly<Record<string, unknown>> = {
  refunds: { amount: { amount: 1, currency: 'USD' } },
}

function each(states: readonly string[], code: string): Record<string, string> {
  return Object.fromEntries(states.map((state) => [state, code]))
}

async function place(on: typeof api, outcome?: string): Promise<string> {
  const { sku } = await makeProduct(api)
  const payment = outcome === undefined ? {} : { test_outcome: outcome }
  const { body } = await complete(on, await makeShopper(on, [{ sku, quantity: 2 }]), payment)
  return `/v1/admin/orders/${body.order.id}`
}

async function after(path: string, action: string): Promise<string> {
  await staff.post(`${path}/${action}`, {}, key())
  return path
}

async function shipOne(path: string): Promise<string> {
  const [{ id }] = (await staff.get(path)).lines
  await staff.post(`${path}/fulfillments`, { lines: [{ line_id: id, quantity: 1 }] })
  return path
}

async function refundAll(path: string): Promise<string> {
  const { totals } = await staff.get(path)
  await staff.post(`${path}/refunds`, { amount: totals.total }, key())
  return path
}

const CASES = Object.entries(REFUSED).flatMap(([action, states]) =>
  Object.entries(states).map(([state, code]) => [action, state, code] as const),
)

describe('a move that its lifecycle does not allow is refused, and changes nothing', () => {
  const paths = new Map<string, string>()
  const moved: Record<Lifecycle, Set<string>> = { order: new Set(), payment: new Set(), fulfillment: new Set() }
  beforeAll(async () => {
    for (const [state, make] of Object.entries(STATES)) {
      const path = await make()
      paths.set(state, path)
      for (const { lifecycle, from, to } of (await staff.get(path)).timeline) {
        moved[lifecycle as Lifecycle].add(`${from} ${to}`)
      }
    }
  }, 60_000)

  it.each(CASES)('%s of an order that is %s: %s', async (action, state, code) => {
    const path = paths.get(state) ?? ''
    const order = await staff.get(path)
    const rows = await countRows()
    const answer: Answer = await staff.try('post', `${path}/${action}`, BODIES[action] ?? {}, key())
    expectRefusal(answer, 409, `${action} of ${state}`)
    expect(answer.body.code).toBe(code)
    expect(await countRows()).toEqual(rows)
    expect(await staff.get(path)).toEqual(order)
  })

  it('has come by orders in every status that they can be in', () => {
    const reached = (lifecycle: Lifecycle) =>
      [...new Set([...moved[lifecycle]].map((move) => move.split(' ')[1]))].sort()
    expect(reached('order')).toEqual(['cancelled', 'completed', 'confirmed', 'pending'])
    expect(reached('payment')).toEqual(['authorized', 'failed', 'paid', 'pending', 'refunded', 'voided'])
    expect(reached('fulfillment')).toEqual(['fulfilled', 'partially_fulfilled'])
  })

  it('leaves every ledger as it should be', async () => {
    expect(await violations(api)).toEqual([])
  })
})
