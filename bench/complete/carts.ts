/** A cart that can be completed, and whose copies can. */
export interface Cart {
  id: string
  token: string
  /** The body of its complete. */
  wish: string
}

// The last letters of an id, as many as a count of copies needs; digits are letters of ids.
const COUNTED = 6

/** The id of the nth copy of a cart. */
export function copyOf(cartId: string, index: number): string {
  return cartId.slice(0, -COUNTED) + String(index).padStart(COUNTED, '0')
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

/** Leaves the shop without an order and with `count` fresh copies of a cart, all of the same shopper. */
export async function layOutCarts(database: D1Database, cartId: string, count: number): Promise<void> {
  const id = `substr(?1, 1, length(?1) - ${COUNTED}) || printf('%0${COUNTED}d', n)`
  const copies = `WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ?2 - 1)`
  const copy = async (table: string, key: string) => {
    const { results } = await database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{ name: string }>()
    const columns = results.map(({ name }) => name)
    const values = columns.map((name) => (name === key ? id : `t.${name}`))
    return database
      .prepare(`INSERT INTO ${table} (${columns}) ${copies} SELECT ${values} FROM c, ${table} AS t WHERE t.${key} = ?1`)
      .bind(cartId, count)
  }
  await database.batch([
    ...ORDERED.map((table) => database.prepare(`DELETE FROM ${table}`)),
    database.prepare('UPDATE stock_levels SET held = 0 WHERE held <> 0'),
    database.prepare('DELETE FROM cart_lines WHERE cart_id <> ?').bind(cartId),
    database.prepare('DELETE FROM carts WHERE id <> ?').bind(cartId),
    await copy('carts', 'id'),
    await copy('cart_lines', 'cart_id'),
  ])
}
