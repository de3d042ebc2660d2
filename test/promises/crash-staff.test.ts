import { expect } from 'vitest'
import { type Answer, type Api, complete, createApi, makeProduct, makeShopper, stockOf } from '../support/api.ts'
import { crashEverywhere, type Scenario } from '../support/crash-points.ts'
import { purchaseOf } from '../support/purchase.ts'
import { seedShop } from '../support/shop.ts'

const IN_STOCK = 5
const ORDERED = 2

/** An order, and the one request that staff make about it. */
interface Case {
  cartId: string
  orderId: string
  lineId: string
  total: number
  sku: string
  key: string
}

async function order(capture: 'automatic' | 'manual'): Promise<Case> {
  const api = createApi({ bindings: { PAYMENT_CAPTURE: capture } })
  const { sku } = await makeProduct(api, { onHand: IN_STOCK })
  const shopper = await makeShopper(api, [{ sku, quantity: ORDERED }])
  const { status, body } = await complete(api, shopper, { test_outcome: 'succeeded' })
  expect(status, JSON.stringify(body)).toBe(200)
  const total = shopper.cart.totals.total.amount
  const [line] = body.order.lines
  return { cartId: shopper.cartId, orderId: body.order.id, lineId: line.id, total, sku, key: crypto.randomUUID() }
}

const usd = (amount: number) => ({ amount, currency: 'USD' })

interface Request {
  name: string
  /** What the order was paid with: money that was captured, or that is authorized. */
  capture: 'automatic' | 'manual'
  action: 'refunds' | 'cancel' | 'capture' | 'void' | 'fulfillments'
  body: (of: Case) => unknown
  /** How order, payment and shelf are in the end. */
  order: { status: string; payment_status: string }
  money: (of: Case) => { captured: number; refunded: number }
  onHand: number
}

const REQUESTS: readonly Request[] = [
  {
    name: 'a refund of everything',
    capture: 'automatic',
    action: 'refunds',
    body: ({ lineId }) => ({ lines: [{ line_id: lineId, quantity: ORDERED, restock: 'cancel' }], shipping: 'all' }),
    order: { status: 'confirmed', payment_status: 'refunded' },
    money: ({ total }) => ({ captured: total, refunded: total }),
    onHand: IN_STOCK,
  },
  {
    name: 'a refund of a free amount',
    capture: 'automatic',
    action: 'refunds',
    body: () => ({ amount: usd(100) }),
    order: { status: 'confirmed', payment_status: 'partially_refunded' },
    money: ({ total }) => ({ captured: total, refunded: 100 }),
    onHand: IN_STOCK - ORDERED,
  },
  {
    name: 'a cancel of what was paid',
    capture: 'automatic',
    action: 'cancel',
    body: () => ({}),
    order: { status: 'cancelled', payment_status: 'refunded' },
    money: ({ total }) => ({ captured: total, refunded: total }),
    onHand: IN_STOCK,
  },
  {
    name: 'a cancel of what is authorized',
    capture: 'manual',
    action: 'cancel',
    body: () => ({}),
    order: { status: 'cancelled', payment_status: 'voided' },
    money: () => ({ captured: 0, refunded: 0 }),
    onHand: IN_STOCK,
  },
  {
    name: 'a capture',
    capture: 'manual',
    action: 'capture',
    body: () => ({}),
    order: { status: 'confirmed', payment_status: 'paid' },
    money: ({ total }) => ({ captured: total, refunded: 0 }),
    onHand: IN_STOCK - ORDERED,
  },
  {
    name: 'a capture of a part, the rest let go',
    capture: 'manual',
    action: 'capture',
    body: () => ({ amount: usd(1000), final: true }),
    order: { status: 'confirmed', payment_status: 'paid' },
    money: () => ({ captured: 1000, refunded: 0 }),
    onHand: IN_STOCK - ORDERED,
  },
  {
    name: 'a void',
    capture: 'manual',
    action: 'void',
    body: () => ({}),
    order: { status: 'confirmed', payment_status: 'voided' },
    money: () => ({ captured: 0, refunded: 0 }),
    onHand: IN_STOCK - ORDERED,
  },
  {
    name: 'a parcel with all of it',
    capture: 'automatic',
    action: 'fulfillments',
    body: () => ({ tracking: { carrier: 'Post', number: '1' } }),
    order: { status: 'completed', payment_status: 'paid' },
    money: ({ total }) => ({ captured: total, refunded: 0 }),
    onHand: IN_STOCK - ORDERED,
  },
  {
    // Sent twice it would be all of it, and the order completed.
    name: 'a parcel with one of two pieces',
    capture: 'automatic',
    action: 'fulfillments',
    body: ({ lineId }) => ({ lines: [{ line_id: lineId, quantity: 1 }] }),
    order: { status: 'confirmed', payment_status: 'paid' },
    money: ({ total }) => ({ captured: total, refunded: 0 }),
    onHand: IN_STOCK - ORDERED,
  },
]

const ask = async (api: Api, of: Case, { action, body }: Request): Promise<Answer> => {
  const { staffKey } = await seedShop()
  return api.post(`/v1/admin/orders/${of.orderId}/${action}`, body(of), { token: staffKey, key: of.key })
}

const scenarioOf = (request: Request): Scenario<Case> => ({
  name: request.name,
  arrange: () => order(request.capture),
  act: (api, of) => ask(api, of, request),
  retry: async (api, of) => {
    const { status, body } = await ask(api, of, request)
    expect([200, 201, 202], JSON.stringify(body)).toContain(status)
  },
  expect: async (api, of) => {
    const { orders, payments } = await purchaseOf(of)
    expect(orders).toMatchObject([{ id: of.orderId, ...request.order }])
    expect(payments).toMatchObject([request.money(of)])
    expect(await stockOf(api, of.sku)).toMatchObject({ on_hand: request.onHand, held: 0 })
  },
})

// The refund and the cancel that pass most points are tried at each of them, the others at every other one.
const WHOLE = new Set(['a refund of everything', 'a cancel of what was paid'])
for (const request of REQUESTS) crashEverywhere(scenarioOf(request), WHOLE.has(request.name) ? 1 : 3)
