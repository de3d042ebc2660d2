import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, pay, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { sumOf, type Tally, type Written, withTally } from '../support/row-tally.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()

/** Rows of a table, what D1 bills with the entries of its indexes, and both again for each line. */
type Cost = readonly [rows: number, billed: number, rowsPerLine: number, billedPerLine: number]

// docs/benchmarks.md says why each is written.
const COMPLETE: Record<string, Cost> = {
  idempotency_keys: [2, 2, 0, 0],
  carts: [1, 1, 0, 0],
  // With orders_one_per_cart, orders_by_owner, orders_pending and orders_by_customer.
  orders: [1, 5, 0, 0],
  order_lines: [0, 0, 1, 1],
  stock_levels: [0, 0, 1, 1],
  stock_holds: [0, 0, 1, 1],
  // Made with payments_by_order, payments_by_address and payments_one_live, which its first move writes again.
  payments: [2, 6, 0, 0],
  payment_moves: [1, 1, 0, 0],
  outbox: [1, 1, 0, 0],
}

const SETTLE: Record<string, Cost> = {
  payments: [1, 1, 0, 0],
  payment_moves: [1, 1, 0, 0],
  // With orders_number, and two that depend on its status: orders_one_per_cart and orders_by_customer.
  orders: [1, 4, 0, 0],
  order_moves: [2, 2, 0, 0],
  order_numbers: [1, 1, 0, 0],
  stock_movements: [0, 0, 1, 1],
  stock_levels: [0, 0, 1, 1],
  stock_holds: [0, 0, 1, 1],
  carts: [1, 1, 0, 0],
  outbox: [1, 1, 0, 0],
}

/** The event itself: stored with webhook_events_id and webhook_events_due, then marked. */
const INBOX: Record<string, Cost> = { webhook_events: [2, 4, 0, 0] }

/** One use of a promotion behind a code, in complete alone: what it costs more. */
const PROMOTION: Record<string, Cost> = {
  promotions: [1, 1, 0, 0],
  promotion_codes: [1, 2, 0, 0],
  promotion_customers: [1, 1, 0, 0],
  promotion_uses: [1, 1, 0, 0],
}

function costOf(costs: Record<string, Cost>, lines: number): Tally {
  return Object.fromEntries(
    Object.entries(costs).map(([table, [rows, billed, rowsPerLine, billedPerLine]]) => [
      table,
      { rows: rows + rowsPerLine * lines, billed: billed + billedPerLine * lines },
    ]),
  )
}

function total(tally: Tally, what: keyof Written): number {
  return Object.values(tally).reduce((sum, written) => sum + written[what], 0)
}

/** Completes a cart of `lines` and has its payment succeed by webhook. */
async function buy(lines: number, changes: Record<string, unknown> = {}) {
  const products = await Promise.all(Array.from({ length: lines }, () => makeProduct(api)))
  const wanted = products.map(({ sku }) => ({ sku, quantity: 2 }))
  const shopper = await makeShopper(api, wanted, changes)
  const { database, batches } = withTally(testEnv().DB)
  const counting = createApi({ bindings: { DB: database } })
  const completed = await complete(counting, shopper, {}, undefined, { 'CF-Connecting-IP': '192.0.2.1' })
  expect(completed.status, JSON.stringify(completed.body)).toBe(200)
  const completing = batches.splice(0)
  const paid = await pay(counting, completed.body.payment.id)
  expect(paid.status, JSON.stringify(paid.body)).toBe(200)
  // What the test provider writes down in its own book is nothing of the shop's.
  const { test_payments: _, ...settling } = sumOf(batches)
  return { trips: completing.length, completing: sumOf(completing), settling }
}

describe.each([1, 2, 5])('an order of %i lines', (lines) => {
  it('writes so much to each table, completed and settled, and not more', async () => {
    const { trips, completing, settling } = await buy(lines)
    expect(trips).toBe(3)
    expect(completing).toEqual(costOf(COMPLETE, lines))
    expect(settling).toEqual(costOf({ ...SETTLE, ...INBOX }, lines))
  })
})

it('holds the bars: complete 15 + 4n rows as they are billed, settle 8 + 3n rows', () => {
  for (const lines of [1, 2, 5, 200]) {
    expect(total(costOf(COMPLETE, lines), 'billed')).toBeLessThanOrEqual(15 + 4 * lines)
    expect(total(costOf(SETTLE, lines), 'rows')).toBeLessThanOrEqual(8 + 3 * lines)
  }
})

it('a promotion behind a code is four rows more to complete, and none to settle', async () => {
  const code = unique('CODE').toUpperCase()
  const effect = { type: 'percent', percent: 10 }
  await asStaff(api).post('/v1/admin/promotions', { title: 'Ten percent', method: 'code', codes: [code], effect })
  const { completing, settling } = await buy(2, { discount_codes: [code] })
  expect(completing).toEqual(costOf({ ...COMPLETE, ...PROMOTION }, 2))
  expect(settling).toEqual(costOf({ ...SETTLE, ...INBOX }, 2))
})

it('a complete answers what the order then is', async () => {
  const { sku } = await makeProduct(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }], { note: 'ring twice', metadata: { gift: 'yes' } })
  const { status, body } = await complete(api, shopper, { return_url: 'https://shop.example/thanks' })
  expect([status, body.status]).toEqual([200, 'requires_action'])
  const read = await api.get(`/v1/orders/${body.order.id}`, { token: shopper.token })
  expect(body.order).toEqual(read.body)
})
