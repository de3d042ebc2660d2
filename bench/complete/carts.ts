import { defaultDeps } from '../../src/app.ts'
import { issueGuestToken } from '../../src/features/sessions/guest.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { copyOf, copyRows } from '../rig/copies.ts'
import { shopInProcess } from '../rig/in-process.ts'

/** A cart that can be completed, and whose copies can. */
export interface Cart {
  id: string
  ownerId: string
  token: string
  /** The body of its complete. */
  wish: string
}

const ORDERED = [
  'payment_moves',
  'payments',
  'order_moves',
  'order_lines',
  'orders',
  'stock_holds',
  'outbox',
  'idempotency_keys',
]

/** A cart with everything that ordering it needs; there are enough of its goods for all its copies. */
export async function makeCart(bindings: Bindings, lines: number): Promise<Cart> {
  const { results } = await bindings.DB.prepare(
    `SELECT v.id FROM variants AS v JOIN stock_levels AS s ON s.variant_id = v.id AND s.policy = 'deny'
        JOIN listed_products AS l ON l.product_id = v.product_id
      WHERE l.published_at < unixepoch() * 1000 AND v.requires_shipping GROUP BY v.product_id ORDER BY v.id LIMIT ?`,
  )
    .bind(lines)
    .all<{ id: string }>()
  if (results.length !== lines) throw new Error('the demo shop has not so many goods')
  await bindings.DB.prepare(`UPDATE stock_levels SET on_hand = on_hand + 1000000 WHERE policy = 'deny'`).run()
  const ask = shopInProcess(bindings)
  const send = async (method: string, route: string, body: unknown, headers?: Record<string, string>) => {
    const answer = await ask(method, route, JSON.stringify(body), headers)
    // biome-ignore lint/suspicious/noExplicitAny: the cart as a storefront reads it
    const read = (await answer.json()) as any
    if (!answer.ok) throw new Error(JSON.stringify(read))
    return read
  }
  const wanted = results.map(({ id }) => ({ variant_id: id, quantity: 1 }))
  const made = await send('POST', '/v1/carts', { lines: wanted, country: 'US' })
  const token = made.session.access_token as string
  const authorized = { Authorization: `Bearer ${token}` }
  const address = { line1: '1 Analytical Way', city: 'Springfield', region: 'IL', postal_code: '62701', country: 'US' }
  const details = {
    email: 'ada@shop.example',
    shipping_address: { first_name: 'Ada', last_name: 'Lovelace', ...address },
  }
  await send('PATCH', `/v1/carts/${made.id}`, details, authorized)
  const option = { shipping_option_id: await firstOption(bindings) }
  const { totals } = await send('PATCH', `/v1/carts/${made.id}`, option, authorized)
  const cart = await bindings.DB.prepare('SELECT owner_id FROM carts WHERE id = ?').bind(made.id).first()
  const ownerId = String(cart?.owner_id)
  return {
    id: made.id,
    ownerId,
    token,
    wish: JSON.stringify({ payment: { provider: 'test' }, expected_total: totals.total }),
  }
}

/** A flat rate that the demo shop ships at within the United States. */
async function firstOption({ DB }: Bindings): Promise<string> {
  const row = await DB.prepare(
    `SELECT r.id FROM shipping_rates AS r JOIN shipping_areas AS a ON a.zone_id = r.zone_id AND a.country = 'US'
      WHERE r.kind = 'flat' ORDER BY r.position LIMIT 1`,
  ).first<{ id: string }>()
  if (!row) throw new Error('the demo shop ships nowhere')
  return row.id
}

/**
 * What each of the copies is ordered with. Each has a shopper of its own, who comes from a network of its own: one who orders
 * thousands would be taken for a tester of stolen cards.
 */
export async function makeHeaders(bindings: Bindings, { ownerId }: Cart, count: number) {
  const context = systemContext('shoppers', bindings, defaultDeps(), () => {})
  const indexes = Array.from({ length: count }, (_, index) => index)
  const tokens = await Promise.all(
    indexes.map((index) => issueGuestToken(context, { ownerId: copyOf(ownerId, index) })),
  )
  return tokens.map(({ accessToken }, index) => ({
    Authorization: `Bearer ${accessToken}`,
    'CF-Connecting-IP': `10.${(index >> 8) & 255}.${index & 255}.1`,
  }))
}

/** Leaves the shop without an order and with `count` fresh copies of a cart, each of another shopper. */
export async function layOutCarts(database: D1Database, cartId: string, count: number): Promise<void> {
  await database.batch([
    ...ORDERED.map((table) => database.prepare(`DELETE FROM ${table}`)),
    database.prepare('UPDATE stock_levels SET held = 0 WHERE held <> 0'),
    database.prepare('DELETE FROM cart_lines WHERE cart_id <> ?').bind(cartId),
    database.prepare('DELETE FROM carts WHERE id <> ?').bind(cartId),
    await copyRows(database, 'carts', { of: 'id', ids: [cartId], counted: ['id', 'owner_id', 'customer_key'] }, count),
    await copyRows(database, 'cart_lines', { of: 'cart_id', ids: [cartId] }, count),
  ])
}
