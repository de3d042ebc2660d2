import { expect } from 'vitest'
import { type Api, type Shopper, stockOf } from './api.ts'
import { testEnv } from './env.ts'

export interface StoredOrder {
  id: string
  status: string
  payment_status: string
  amount_due: number
}

export interface StoredPayment {
  id: string
  order_id: string
  provider: string
  status: string
  amount: number
  captured: number
  refunded: number
}

/** Every order there has ever been of a cart, and every attempt to pay one of them, the first one first. */
export async function purchaseOf({ cartId }: Pick<Shopper, 'cartId'>) {
  const { DB } = testEnv()
  const orders = await DB.prepare(
    'SELECT id, status, payment_status, amount_due FROM orders WHERE cart_id = ? ORDER BY id',
  )
    .bind(cartId)
    .all<StoredOrder>()
  const payments = await DB.prepare(`SELECT p.id, p.order_id, p.provider, p.status, p.amount, p.captured, p.refunded
      FROM payments AS p JOIN orders AS o ON o.id = p.order_id WHERE o.cart_id = ? ORDER BY p.order_id, p.attempt`)
    .bind(cartId)
    .all<StoredPayment>()
  return { orders: orders.results, payments: payments.results }
}

/** What must be true of a cart at any moment: one order that counts, one attempt that can be paid. */
export async function expectOneAtMost(shopper: Pick<Shopper, 'cartId'>): Promise<void> {
  const { orders, payments } = await purchaseOf(shopper)
  expect(orders.filter(({ status }) => status !== 'cancelled').length, JSON.stringify(orders)).toBeLessThanOrEqual(1)
  const live = payments.filter(({ status }) => ['created', 'requires_action', 'processing'].includes(status))
  expect(live.length, JSON.stringify(payments)).toBeLessThanOrEqual(1)
}

/**
 * What must be true when all is done: the shopper has one order or none, its money is there once, all other money has gone
 * back, the goods of the order have left the shelf and nothing is held. The integrity of all ledgers is asked once a test.
 * @param sku of the goods, `before` what stood on the shelf; the order's lines say how many of them it has.
 * @returns the order that counts, or null.
 */
export async function expectOnceOrNever(
  api: Api,
  shopper: Pick<Shopper, 'cartId'>,
  { sku, before }: { sku: string; before: number },
): Promise<StoredOrder | null> {
  await expectOneAtMost(shopper)
  const { orders, payments } = await purchaseOf(shopper)
  const order = orders.find(({ status }) => status !== 'cancelled') ?? null
  for (const { id, amount_due } of orders) {
    const kept = payments
      .filter(({ order_id }) => order_id === id)
      .reduce((sum, { captured, refunded }) => sum + captured - refunded, 0)
    expect(kept, `money kept for ${id}: ${JSON.stringify({ orders, payments })}`).toBe(
      id === order?.id ? amount_due : 0,
    )
  }
  if (order) expect(order.status).toBe('confirmed')
  const ordered = await testEnv()
    .DB.prepare('SELECT coalesce(sum(quantity), 0) AS quantity FROM order_lines WHERE order_id = ? AND sku = ?')
    .bind(order?.id ?? '', sku)
    .first<number>('quantity')
  expect(await stockOf(api, sku)).toMatchObject({ on_hand: before - (ordered ?? 0), held: 0 })
  return order
}
