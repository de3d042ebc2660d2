import type { Money } from '../../src/domain/money.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { makeCart } from '../complete/carts.ts'
import { copyOf, copyRows } from '../rig/copies.ts'
import { shopInProcess } from '../rig/in-process.ts'

/** An order that waits for its payment, and whose copies do. */
export interface Pending {
  cartId: string
  orderId: string
  paymentId: string
  variantIds: string[]
  amount: Money
}

/** Orders a cart in the demo shop. */
export async function makePending(bindings: Bindings, lines: number): Promise<Pending> {
  const cart = await makeCart(bindings, lines)
  const headers = { Authorization: `Bearer ${cart.token}`, 'Idempotency-Key': crypto.randomUUID() }
  const answer = await shopInProcess(bindings)('POST', `/v1/carts/${cart.id}/complete`, cart.wish, headers)
  if (!answer.ok) throw new Error(await answer.text())
  const { results } = await bindings.DB.prepare('SELECT variant_id AS id FROM order_lines').all<{ id: string }>()
  const row = await bindings.DB.prepare('SELECT id, order_id AS orderId, amount, currency FROM payments').first<{
    id: string
    orderId: string
    amount: number
    currency: string
  }>()
  if (!row) throw new Error('the order waits for no payment')
  const { id: paymentId, orderId, amount, currency } = row
  const variantIds = results.map(({ id }) => id)
  return { cartId: cart.id, orderId, paymentId, variantIds, amount: { amount, currency } }
}

/** The ids of the nth copy. */
export function copyOfPending({ cartId, orderId, paymentId, variantIds, amount }: Pending, index: number): Pending {
  return {
    cartId: copyOf(cartId, index),
    orderId: copyOf(orderId, index),
    paymentId: copyOf(paymentId, index),
    variantIds: variantIds.map((id) => copyOf(id, index)),
    amount,
  }
}

/** Goods for `count` copies, for each its own: of the same ones they would walk each other's holds. */
export async function layOutGoods(database: D1Database, { variantIds: ids }: Pending, count: number): Promise<void> {
  await database.batch([
    // Archived ones may share what is unique.
    await copyRows(database, 'variants', { of: 'id', ids, fixed: { archived: '1' } }, count),
    await copyRows(database, 'stock_levels', { of: 'variant_id', ids }, count),
  ])
}

/** Leaves the shop with `count` fresh copies of the order, to be paid by `provider`, and without any event. */
export async function layOutOrders(
  database: D1Database,
  { cartId, orderId, paymentId }: Pending,
  provider: string,
  count: number,
): Promise<void> {
  const rid = (table: string, column: string, id: string) =>
    database.prepare(`DELETE FROM ${table} WHERE ${column} <> ?`).bind(id)
  const ofOrder = { of: 'order_id', ids: [orderId] }
  await database.batch([
    ...['webhook_events', 'outbox', 'order_moves'].map((table) => database.prepare(`DELETE FROM ${table}`)),
    rid('payment_moves', 'payment_id', paymentId),
    rid('payments', 'id', paymentId),
    rid('order_lines', 'order_id', orderId),
    rid('orders', 'id', orderId),
    rid('stock_holds', 'order_id', orderId),
    rid('carts', 'id', cartId),
    // What has been sold is held again.
    database.prepare(`UPDATE stock_levels SET on_hand = on_hand - m.delta, held = held - m.delta FROM stock_movements AS m
      WHERE m.reason = 'sale' AND m.variant_id = stock_levels.variant_id AND m.location_id = stock_levels.location_id`),
    database.prepare(`DELETE FROM stock_movements WHERE reason = 'sale'`),
    await copyRows(database, 'carts', { of: 'id', ids: [cartId], counted: ['id', 'order_id'] }, count),
    await copyRows(database, 'orders', { of: 'id', ids: [orderId], counted: ['id', 'cart_id'] }, count),
    await copyRows(database, 'order_lines', { ...ofOrder, counted: ['order_id', 'variant_id'] }, count),
    await copyRows(database, 'stock_holds', { ...ofOrder, counted: ['order_id', 'variant_id'] }, count),
    await copyRows(
      database,
      'payments',
      { of: 'id', ids: [paymentId], counted: ['id', 'order_id'], fixed: { provider: `'${provider}'` } },
      count,
    ),
    await copyRows(database, 'payment_moves', { of: 'payment_id', ids: [paymentId] }, count),
  ])
}
