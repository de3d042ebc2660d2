import { beforeAll, describe, expect, it } from 'vitest'
import { findViolations, INVARIANTS } from '../../src/features/integrity/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { complete, createApi, makeProduct, makeShopper, unique, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const db = testEnv().DB

/** The ids of one paid and one pending order, for violations to be planted in. */
const ids = { paid: '', pending: '', variant: '', product: '', cart: '', payment: '', promotion: '', code: '' }

beforeAll(async () => {
  const { staffKey } = await seedShop()
  const code = unique('CODE').toUpperCase()
  const wish = {
    title: 'Ten percent',
    method: 'code',
    codes: [code],
    effect: { type: 'percent', percent: 10 },
    budget: [{ amount: 400, currency: 'USD' }],
  }
  const promotion = await api.post('/v1/admin/promotions', wish, { token: staffKey })
  const product = await makeProduct(api, { onHand: 9 })
  const buyer = await makeShopper(api, [{ sku: product.sku, quantity: 2 }], { discount_codes: [code] })
  const paid = await complete(api, buyer, { test_outcome: 'succeeded' })
  const waiting = await makeShopper(api, [{ sku: product.sku, quantity: 1 }])
  const pending = await complete(api, waiting)
  ids.paid = paid.body.order.id
  ids.payment = paid.body.payment.id
  ids.pending = pending.body.order.id
  ids.variant = product.variantId
  ids.product = product.id
  ids.cart = buyer.cartId
  ids.promotion = promotion.body.id
  ids.code = code
})

/** [invariant, how to break it, how to mend it]. `:name` stands for one of `ids`. */
const PLANTED: readonly [string, string, string][] = [
  [
    'stock_is_sum_of_movements',
    "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = ':variant'",
    "UPDATE stock_levels SET on_hand = on_hand - 1 WHERE variant_id = ':variant'",
  ],
  [
    'held_is_sum_of_holds',
    "UPDATE stock_levels SET held = held + 1 WHERE variant_id = ':variant'",
    "UPDATE stock_levels SET held = held - 1 WHERE variant_id = ':variant'",
  ],
  [
    'holds_belong_to_pending_orders',
    "UPDATE stock_holds SET order_id = ':paid' WHERE order_id = ':pending'",
    "UPDATE stock_holds SET order_id = ':pending' WHERE order_id = ':paid'",
  ],
  [
    'sold_stock_equals_order',
    "UPDATE stock_movements SET delta = delta - 1 WHERE reference = ':paid'",
    "UPDATE stock_movements SET delta = delta + 1 WHERE reference = ':paid'",
  ],
  [
    'order_is_sum_of_parts',
    "UPDATE order_lines SET discount = discount + 1 WHERE order_id = ':paid'",
    "UPDATE order_lines SET discount = discount - 1 WHERE order_id = ':paid'",
  ],
  [
    'order_taxes_add_up',
    "UPDATE orders SET taxes = json_set(taxes, '$[0].amount', (taxes ->> '$[0].amount') + 1) WHERE id = ':paid'",
    "UPDATE orders SET taxes = json_set(taxes, '$[0].amount', (taxes ->> '$[0].amount') - 1) WHERE id = ':paid'",
  ],
  [
    'order_taxes_add_up',
    "UPDATE order_lines SET taxes = json_set(taxes, '$[0].amount', (taxes ->> '$[0].amount') + 1) WHERE order_id = ':paid'",
    "UPDATE order_lines SET taxes = json_set(taxes, '$[0].amount', (taxes ->> '$[0].amount') - 1) WHERE order_id = ':paid'",
  ],
  [
    'order_taxes_add_up',
    "UPDATE orders SET tax_exempt = 1 WHERE id = ':paid'",
    "UPDATE orders SET tax_exempt = 0 WHERE id = ':paid'",
  ],
  [
    'cart_and_order_agree',
    "UPDATE carts SET status = 'open' WHERE id = ':cart'",
    "UPDATE carts SET status = 'completed' WHERE id = ':cart'",
  ],
  [
    'order_numbers_have_no_gaps',
    'UPDATE order_numbers SET last = last + 1',
    'UPDATE order_numbers SET last = last - 1',
  ],
  [
    'numbered_when_confirmed',
    "UPDATE orders SET number = -number, status = 'completed' WHERE id = ':paid'; UPDATE orders SET number = NULL, metadata = number WHERE id = ':paid'",
    "UPDATE orders SET number = -metadata, metadata = '{}', status = 'confirmed' WHERE id = ':paid'",
  ],
  [
    'status_is_last_move',
    "UPDATE orders SET fulfillment_status = fulfillment_status, payment_status = 'failed' WHERE id = ':pending'",
    "UPDATE orders SET payment_status = 'pending' WHERE id = ':pending'",
  ],
  [
    'payment_is_last_move',
    "UPDATE payments SET status = 'failed' WHERE order_id = ':pending'",
    "UPDATE payments SET status = 'requires_action' WHERE order_id = ':pending'",
  ],
  [
    'captured_is_ledger',
    "UPDATE payment_entries SET amount = amount - 1 WHERE payment_id = ':payment'",
    "UPDATE payment_entries SET amount = amount + 1 WHERE payment_id = ':payment'",
  ],
  [
    'refunded_is_ledger',
    "INSERT INTO refunds VALUES ('ref_planted', ':payment', ':paid', 'succeeded', 1, 'USD', 'planted', NULL, 0, 0)",
    "DELETE FROM refunds WHERE id = 'ref_planted'",
  ],
  [
    'paid_means_ordered',
    "UPDATE orders SET status = 'cancelled' WHERE id = ':paid'",
    "UPDATE orders SET status = 'confirmed' WHERE id = ':paid'",
  ],
  [
    'paid_order_has_its_money',
    "UPDATE orders SET amount_due = amount_due - 1 WHERE id = ':paid'",
    "UPDATE orders SET amount_due = amount_due + 1 WHERE id = ':paid'",
  ],
  [
    'promotion_uses_are_counted',
    "UPDATE promotions SET used = used + 1 WHERE id = ':promotion'",
    "UPDATE promotions SET used = used - 1 WHERE id = ':promotion'",
  ],
  [
    'code_uses_are_counted',
    "UPDATE promotion_codes SET used = used + 1 WHERE code = ':code'",
    "UPDATE promotion_codes SET used = used - 1 WHERE code = ':code'",
  ],
  [
    'code_uses_are_counted',
    "UPDATE promotion_uses SET code = 'OTHER' WHERE code = ':code'",
    "UPDATE promotion_uses SET code = ':code' WHERE code = 'OTHER'",
  ],
  [
    'codes_are_counted',
    "UPDATE promotions SET code_count = code_count + 1 WHERE id = ':promotion'",
    "UPDATE promotions SET code_count = code_count - 1 WHERE id = ':promotion'",
  ],
  [
    'budgets_are_sum_of_uses',
    "UPDATE promotion_budgets SET spent = spent - 1 WHERE promotion_id = ':promotion'",
    "UPDATE promotion_budgets SET spent = spent + 1 WHERE promotion_id = ':promotion'",
  ],
  [
    'customer_uses_are_counted',
    "UPDATE promotion_customers SET used = used + 1 WHERE promotion_id = ':promotion'",
    "UPDATE promotion_customers SET used = used - 1 WHERE promotion_id = ':promotion'",
  ],
  [
    'promotion_uses_belong_to_orders',
    "UPDATE promotion_uses SET order_id = 'ord_none' WHERE order_id = ':paid'",
    "UPDATE promotion_uses SET order_id = ':paid' WHERE order_id = 'ord_none'",
  ],
  [
    'events_settle_once',
    "INSERT INTO payment_moves SELECT payment_id, 99, from_status, to_status, actor, 'planted', at FROM payment_moves WHERE payment_id = ':payment' AND to_status = 'captured'",
    "DELETE FROM payment_moves WHERE reason = 'planted'",
  ],
  [
    'listings_are_derived',
    "UPDATE listings SET title = title || '!' WHERE product_id = ':product'",
    "UPDATE listings SET title = rtrim(title, '!') WHERE product_id = ':product'",
  ],
  [
    'price_ranges_are_derived',
    "UPDATE product_prices SET max_amount = max_amount + 1 WHERE product_id = ':product' AND currency = 'USD'",
    "UPDATE product_prices SET max_amount = max_amount - 1 WHERE product_id = ':product' AND currency = 'USD'",
  ],
  [
    'listing_prices_are_derived',
    "UPDATE listing_prices SET min_amount = min_amount + 1 WHERE product_id = ':product'",
    "UPDATE listing_prices SET min_amount = min_amount - 1 WHERE product_id = ':product'",
  ],
]

/** What the schema itself makes impossible: planting it fails, which is the better proof. */
const IMPOSSIBLE: readonly [string, string, RegExp][] = [
  [
    'budgets_are_sum_of_uses',
    "UPDATE promotion_budgets SET spent = amount + 1 WHERE promotion_id = ':promotion'",
    /promotion_budget_exhausted/,
  ],
  [
    'code_uses_are_counted',
    "UPDATE promotion_codes SET usage_limit = 1, used = 2 WHERE code = ':code'",
    /promotion_code_exhausted/,
  ],
  ['never_oversold', "UPDATE stock_levels SET held = on_hand + 1 WHERE variant_id = ':variant'", /stock_not_oversold/],
  [
    'one_order_per_cart',
    "UPDATE orders SET cart_id = ':cart' WHERE id = ':pending'",
    /UNIQUE constraint failed: orders.cart_id/,
  ],
]

function fill(statement: string): string {
  return statement.replace(/:(\w+)/g, (_, name: keyof typeof ids) => ids[name])
}

async function run(statements: string): Promise<void> {
  await db.batch(statements.split('; ').map((statement) => db.prepare(fill(statement))))
}

/** What one check finds, asked by itself: all of them take their time in a shop that other tests have filled. */
async function violationsOf(name: string) {
  const context = systemContext('test', testEnv(), api.deps, () => {})
  const invariant = INVARIANTS.find((each) => each.name === name)
  if (!invariant) throw new Error(`no invariant is called ${name}`)
  const [found] = await context.db.read(findViolations(invariant, context.now))
  return found
}

describe('integrity finds what is wrong', () => {
  it('has each of its checks proved here', () => {
    const proved = new Set([...PLANTED, ...IMPOSSIBLE].map(([name]) => name))
    expect([...proved].sort()).toEqual(INVARIANTS.map(({ name }) => name).sort())
  })

  it.each(PLANTED)('%s', async (name, plant, mend) => {
    await run(plant)
    const found = (await violations(api)) as { invariant: string }[]
    await run(mend)
    expect(found.map(({ invariant }) => invariant)).toContain(name)
    expect(await violationsOf(name)).toEqual([])
  })

  it('finds nothing once all is mended', async () => {
    expect(await violations(api)).toEqual([])
  })

  it.each(IMPOSSIBLE)('%s cannot even be planted', async (_, plant, refusal) => {
    await expect(run(plant)).rejects.toThrow(refusal)
  })
})
