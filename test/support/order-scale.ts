import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { defaultDeps } from '../../src/app.ts'
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../src/domain/order.ts'
import { createStaffKey } from '../../src/features/sessions/staff-key.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { sha256Hex } from '../../src/platform/crypto/hash.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { type Answer, createApi } from './api.ts'
import { testEnv } from './env.ts'
import { type Statement, withRecord } from './query-plan.ts'

const { MIGRATIONS, SCALE } = env as unknown as { MIGRATIONS: D1Migration[]; SCALE: D1Database }

/** One of many orders: only what lists go by. */
export interface ManyOrder {
  id: string
  number: number | null
  email: string
  status: OrderStatus
  payment: PaymentStatus
  fulfillment: FulfillmentStatus
  at: number
}

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
/** So many orders wait for something at any time, however old the shop is. */
export const AT_WORK = 200
/** So many orders a customer has. */
const EACH = 20
const CHUNK = 1000

/** Orders in a database of their own, oldest first. Most are over; the others are spread evenly over all times. */
export class ManyOrders {
  readonly database = SCALE
  readonly statements: Statement[] = []
  orders: ManyOrder[] = []
  #key = ''

  async open(): Promise<void> {
    await applyD1Migrations(SCALE, MIGRATIONS)
    const made = { now: new Date(), mint: createMint(new Date(), cryptoRandom), random: cryptoRandom }
    const { text, writes } = await createStaffKey({ name: 'many', scopes: ['*'], expiresAt: null }, made)
    await systemContext('test', { ...testEnv(), DB: SCALE }, defaultDeps(), () => {}).db.commit(writes)
    this.#key = text
  }

  /** Begins again with `count` orders. */
  async fill(count: number): Promise<void> {
    await SCALE.prepare('DELETE FROM orders').run()
    this.orders = Array.from({ length: count }, (_, index) => orderAt(index, count))
    for (let from = 0; from < count; from += CHUNK) await insert(this.orders.slice(from, from + CHUNK))
  }

  async close(): Promise<void> {
    await SCALE.prepare('DELETE FROM orders').run()
  }

  /** Staff ask. `statements` are those of this request. */
  get(path: string): Promise<Answer> {
    this.statements.length = 0
    const DB = withRecord(SCALE, (statement) => this.statements.push(statement))
    return createApi({ bindings: { DB } }).get(path, { token: this.#key })
  }
}

type Kind = readonly [OrderStatus, PaymentStatus, FulfillmentStatus]
const WORK: readonly Kind[] = [
  ['pending', 'pending', 'unfulfilled'],
  ['pending', 'failed', 'unfulfilled'],
  ['confirmed', 'paid', 'unfulfilled'],
  ['confirmed', 'paid', 'partially_fulfilled'],
  ['confirmed', 'authorized', 'unfulfilled'],
  ['confirmed', 'authorized', 'fulfilled'],
  ['confirmed', 'voided', 'unfulfilled'],
  ['confirmed', 'partially_refunded', 'partially_fulfilled'],
]
const DONE: Kind = ['completed', 'paid', 'fulfilled']
const OVER: readonly Kind[] = [
  ...Array.from({ length: 46 }, () => DONE),
  ['completed', 'partially_refunded', 'fulfilled'],
  ['completed', 'refunded', 'fulfilled'],
  ['cancelled', 'voided', 'unfulfilled'],
  ['cancelled', 'refunded', 'unfulfilled'],
]

function orderAt(index: number, count: number): ManyOrder {
  const every = Math.max(1, Math.floor(count / AT_WORK))
  const isAtWork = index % every === 0
  const kinds = isAtWork ? WORK : OVER
  const [status, payment, fulfillment] = kinds[(isAtWork ? index / every : index) % kinds.length] ?? DONE
  const at = START + index * MINUTE
  const id = createMint(new Date(at), cryptoRandom)('order')
  const isNumbered = status !== 'pending' && payment !== 'voided'
  return {
    id,
    number: isNumbered ? 1001 + index : null,
    email: `${index % Math.floor(count / EACH)}@many.example`,
    status,
    payment,
    fulfillment,
    at,
  }
}

async function insert(orders: readonly ManyOrder[]): Promise<void> {
  const rows = await Promise.all(orders.map(async (order) => ({ ...order, key: await sha256Hex(order.email) })))
  await SCALE.prepare(
    `INSERT INTO orders (id, number, cart_id, cart_version, owner_id, status, payment_status, fulfillment_status, email,
      customer_key, currency, country, locale, total_amount, amount_due, totals, discount_codes, promotions, rounding,
      metadata, created_at, updated_at, confirmed_at)
    SELECT value ->> '$.id', value ->> '$.number', value ->> '$.id', 1, 'gst_many', value ->> '$.status',
      value ->> '$.payment', value ->> '$.fulfillment', value ->> '$.email', value ->> '$.key', 'USD', 'US', 'en-US', 100,
      100, '{}', '[]', '[]', '{}', '{}', value ->> '$.at', value ->> '$.at', NULL FROM json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run()
}
