import { beforeAll, describe, expect, it } from 'vitest'
import { findViolations, INVARIANTS, PART_NAMES, PARTS } from '../../src/features/integrity/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import {
  addGiftCards,
  allViolations,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  unique,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const db = testEnv().DB

/** The ids of a paid, a pending and a partly shipped order, for violations to be planted in. */
const ids = {
  paid: '',
  pending: '',
  shipped: '',
  variant: '',
  product: '',
  /** The product's, among those that are listed. */
  number: '',
  cart: '',
  payment: '',
  promotion: '',
  code: '',
  card: '',
  byCard: '',
}

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
  const other = await makeShopper(api, [{ sku: product.sku, quantity: 3 }])
  const shipped = await complete(api, other, { test_outcome: 'succeeded' })
  const lines = [{ line_id: other.cart.lines[0].id, quantity: 1 }]
  const parcels = `/v1/admin/orders/${shipped.body.order.id}/fulfillments`
  for (let parcel = 0; parcel < 2; parcel += 1) await api.post(parcels, { lines }, { token: staffKey })
  ids.shipped = shipped.body.order.id
  const card = await makeGiftCard(api, 1000)
  const holder = await addGiftCards(api, await makeShopper(api, [{ sku: product.sku, quantity: 1 }]), [card])
  const byCard = await complete(api, holder, { test_outcome: 'succeeded' })
  ids.card = card.id
  ids.byCard = byCard.body.order.id
  ids.paid = paid.body.order.id
  ids.payment = paid.body.payment.id
  ids.pending = pending.body.order.id
  ids.variant = product.variantId
  ids.product = product.id
  const listed = db.prepare('SELECT number FROM listed_products WHERE product_id = ?').bind(product.id)
  ids.number = String(await listed.first('number'))
  ids.cart = buyer.cartId
  ids.promotion = promotion.body.id
  ids.code = code
})

const PLANTED_REFUND = `INSERT INTO refunds (id, request_id, order_id, payment_id, status, amount, shipping_amount, currency,
  reason, actor, created_at, updated_at)
  VALUES ('ref_planted', 'ref_planted', ':paid', ':payment', 'succeeded', 1, 0, 'USD', 'planted', 'test', 0, 0)`

/** [invariant, how to break it, how to mend it]. `:name` stands for one of `ids`. */
const PLANTED: readonly [string, string, string][] = [
  [
    'stock_is_sum_of_movements',
    "UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = ':variant'",
    "UPDATE stock_levels SET on_hand = on_hand - 1 WHERE variant_id = ':variant'",
  ],
  [
    'incoming_is_sum_of_movements',
    "UPDATE stock_levels SET incoming = incoming + 1 WHERE variant_id = ':variant'",
    "UPDATE stock_levels SET incoming = incoming - 1 WHERE variant_id = ':variant'",
  ],
  [
    'closed_locations_are_empty',
    "INSERT INTO locations (id, name, is_default) VALUES ('loc_planted', 'Planted', 0); INSERT INTO stock_levels (variant_id, location_id, policy, on_hand, held, incoming, updated_at, active) VALUES (':variant', 'loc_planted', 'deny', 0, 0, 0, 0, 0)",
    "DELETE FROM stock_levels WHERE location_id = 'loc_planted'; DELETE FROM locations WHERE id = 'loc_planted'",
  ],
  [
    'one_default_location',
    "UPDATE locations SET is_default = 0, name = 'Planted' WHERE is_default = 1",
    "UPDATE locations SET is_default = 1, name = 'Warehouse' WHERE name = 'Planted'",
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
    'payment_is_last_move',
    "UPDATE payments SET seq = seq + 9 WHERE id = ':payment'",
    "UPDATE payments SET seq = seq - 9 WHERE id = ':payment'",
  ],
  [
    'captured_is_ledger',
    "UPDATE payment_moves SET captured = captured - 1 WHERE payment_id = ':payment' AND to_status = 'captured'",
    "UPDATE payment_moves SET captured = captured + 1 WHERE payment_id = ':payment' AND to_status = 'captured'",
  ],
  [
    'captured_is_ledger',
    "UPDATE payments SET captured = captured - 1, released = released + 1 WHERE id = ':payment'",
    "UPDATE payments SET released = released - 1, captured = captured + 1 WHERE id = ':payment'",
  ],
  [
    'captured_is_ledger',
    "UPDATE payments SET refunded = refunded + 1 WHERE id = ':payment'",
    "UPDATE payments SET refunded = refunded - 1 WHERE id = ':payment'",
  ],
  [
    'captured_is_ledger',
    "UPDATE payment_moves SET refunded = refunded + 1 WHERE payment_id = ':payment' AND to_status = 'captured'",
    "UPDATE payment_moves SET refunded = refunded - 1 WHERE payment_id = ':payment' AND to_status = 'captured'",
  ],
  [
    'money_is_within_bounds',
    "UPDATE payments SET amount = amount + 1 WHERE id = ':payment'",
    "UPDATE payments SET amount = amount - 1 WHERE id = ':payment'",
  ],
  [
    'money_is_within_bounds',
    "UPDATE payments SET status = 'voided' WHERE id = ':payment'",
    "UPDATE payments SET status = 'captured' WHERE id = ':payment'",
  ],
  ['refunded_is_ledger', PLANTED_REFUND, "DELETE FROM refunds WHERE id = 'ref_planted'"],
  [
    'refunded_is_ledger',
    // One that is told of in the ledger, and yet has failed.
    `${PLANTED_REFUND}; UPDATE refunds SET status = 'failed' WHERE id = 'ref_planted'; UPDATE payment_moves SET refunded = 1, reference = 'ref_planted' WHERE payment_id = ':payment' AND to_status = 'captured'`,
    "DELETE FROM refunds WHERE id = 'ref_planted'; UPDATE payment_moves SET refunded = 0, reference = NULL WHERE payment_id = ':payment'",
  ],
  [
    'fulfilled_is_sum_of_fulfillments',
    "UPDATE fulfillment_lines SET quantity = quantity + 1 WHERE order_id = ':shipped'",
    "UPDATE fulfillment_lines SET quantity = quantity - 1 WHERE order_id = ':shipped'",
  ],
  [
    'fulfilled_is_sum_of_fulfillments',
    "INSERT INTO fulfillments VALUES (':paid', 'ful_planted', 1, 'shipped', NULL, NULL, 'planted', 0, 0, NULL)",
    "DELETE FROM fulfillments WHERE id = 'ful_planted'",
  ],
  [
    'fulfillment_status_is_its_lines',
    "UPDATE orders SET fulfillment_status = 'fulfilled' WHERE id = ':shipped'",
    "UPDATE orders SET fulfillment_status = 'partially_fulfilled' WHERE id = ':shipped'",
  ],
  [
    'only_confirmed_orders_are_shipped',
    "UPDATE orders SET fulfillment_status = 'partially_fulfilled' WHERE id = ':pending'",
    "UPDATE orders SET fulfillment_status = 'unfulfilled' WHERE id = ':pending'",
  ],
  [
    'pending_orders_wait_for_payment',
    "UPDATE orders SET payment_status = 'voided' WHERE id = ':pending'",
    "UPDATE orders SET payment_status = 'pending' WHERE id = ':pending'",
  ],
  [
    'finished_orders_are_completed',
    "UPDATE orders SET status = 'completed' WHERE id = ':shipped'",
    "UPDATE orders SET status = 'confirmed' WHERE id = ':shipped'",
  ],
  [
    'finished_orders_are_completed',
    "UPDATE orders SET fulfillment_status = 'fulfilled' WHERE id = ':paid'",
    "UPDATE orders SET fulfillment_status = 'unfulfilled' WHERE id = ':paid'",
  ],
  [
    'moves_follow_each_other',
    "UPDATE order_moves SET from_status = 'partially_fulfilled' WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 1",
    "UPDATE order_moves SET from_status = 'unfulfilled' WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 1",
  ],
  [
    'moves_follow_each_other',
    "UPDATE order_moves SET seq = 9 WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 2",
    "UPDATE order_moves SET seq = 2 WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 9",
  ],
  [
    'moves_follow_each_other',
    "UPDATE order_moves SET from_status = 'fulfilled' WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 2",
    "UPDATE order_moves SET from_status = 'partially_fulfilled' WHERE order_id = ':shipped' AND lifecycle = 'fulfillment' AND seq = 2",
  ],
  [
    'disputed_is_sum_of_disputes',
    "UPDATE payments SET disputed = disputed + 1 WHERE id = ':payment'",
    "UPDATE payments SET disputed = disputed - 1 WHERE id = ':payment'",
  ],
  [
    'disputed_is_sum_of_disputes',
    "INSERT INTO disputes VALUES (':payment', 'planted', ':paid', 'lost', 1, 'USD', 'planted', 0, 0)",
    "DELETE FROM disputes WHERE reference = 'planted'",
  ],
  [
    'one_payment_pays',
    "UPDATE payments SET accepted = 0 WHERE id = ':payment'",
    "UPDATE payments SET accepted = 1 WHERE id = ':payment'",
  ],
  [
    'one_payment_pays',
    "UPDATE payments SET accepted = 1, order_id = ':paid', attempt = 2 WHERE order_id = ':pending'",
    "UPDATE payments SET accepted = 0, order_id = ':pending', attempt = 1 WHERE order_id = ':paid' AND attempt = 2",
  ],
  [
    'unaccepted_money_goes_back',
    "UPDATE payments SET accepted = 0 WHERE id = ':payment'",
    "UPDATE payments SET accepted = 1 WHERE id = ':payment'",
  ],
  [
    'unaccepted_money_goes_back',
    "UPDATE orders SET status = 'cancelled' WHERE id = ':paid'",
    "UPDATE orders SET status = 'confirmed' WHERE id = ':paid'",
  ],
  [
    'unaccepted_money_goes_back',
    "UPDATE payments SET status = 'authorized' WHERE order_id = ':pending'",
    "UPDATE payments SET status = 'requires_action' WHERE order_id = ':pending'",
  ],
  [
    'refunded_lines_are_counted',
    "UPDATE order_lines SET refunded_quantity = 1 WHERE order_id = ':paid'",
    "UPDATE order_lines SET refunded_quantity = 0 WHERE order_id = ':paid'",
  ],
  [
    'refunded_lines_are_counted',
    `${PLANTED_REFUND}; INSERT INTO refund_lines SELECT 'ref_planted', id, 1, 0, 'none' FROM order_lines WHERE order_id = ':paid'`,
    "DELETE FROM refund_lines WHERE refund_id = 'ref_planted'; DELETE FROM refunds WHERE id = 'ref_planted'",
  ],
  [
    'refunded_shipping_is_counted',
    "UPDATE orders SET refunded_shipping = 1 WHERE id = ':paid'",
    "UPDATE orders SET refunded_shipping = 0 WHERE id = ':paid'",
  ],
  [
    'paid_means_ordered',
    "UPDATE payments SET accepted = 1 WHERE order_id = ':pending'",
    "UPDATE payments SET accepted = 0 WHERE order_id = ':pending'",
  ],
  [
    'payment_status_is_its_money',
    "UPDATE orders SET payment_status = 'refunded' WHERE id = ':paid'",
    "UPDATE orders SET payment_status = 'paid' WHERE id = ':paid'",
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
    "INSERT INTO payment_moves (payment_id, seq, from_status, to_status, actor, reason, at) SELECT payment_id, 99, from_status, to_status, actor, 'planted', at FROM payment_moves WHERE payment_id = ':payment' AND to_status = 'captured'",
    "DELETE FROM payment_moves WHERE reason = 'planted'",
  ],
  [
    'orders_have_their_cart',
    "UPDATE carts SET order_id = NULL WHERE order_id = ':pending'",
    "UPDATE carts SET order_id = ':pending' WHERE id = (SELECT cart_id FROM orders WHERE id = ':pending')",
  ],
  [
    'orders_have_their_cart',
    "UPDATE carts SET status = 'expired' WHERE id = ':cart'",
    "UPDATE carts SET status = 'completed' WHERE id = ':cart'",
  ],
  [
    'payments_are_of_their_order',
    "UPDATE payments SET amount = amount + 1 WHERE order_id = ':pending'",
    "UPDATE payments SET amount = amount - 1 WHERE order_id = ':pending'",
  ],
  [
    'payments_are_of_their_order',
    "UPDATE payments SET currency = 'EUR' WHERE order_id = ':pending'",
    "UPDATE payments SET currency = 'USD' WHERE order_id = ':pending'",
  ],
  [
    'holds_outlive_sessions',
    "UPDATE payments SET session_expires_at = session_expires_at + 3600000 WHERE order_id = ':pending'",
    "UPDATE payments SET session_expires_at = session_expires_at - 3600000 WHERE order_id = ':pending'",
  ],
  [
    'sales_belong_to_confirmed_orders',
    "UPDATE stock_movements SET reference = ':pending' WHERE reference = ':paid' AND reason = 'sale'",
    "UPDATE stock_movements SET reference = ':paid' WHERE reference = ':pending' AND reason = 'sale'",
  ],
  [
    'no_more_comes_back_than_was_sold',
    "INSERT INTO stock_movements (variant_id, location_id, reference, reason, delta, at) SELECT variant_id, location_id, reference, 'return', 3, at FROM stock_movements WHERE reference = ':paid' AND reason = 'sale'",
    "DELETE FROM stock_movements WHERE reference = ':paid' AND reason = 'return'",
  ],
  [
    'order_promotions_are_claimed',
    "UPDATE promotion_uses SET order_id = ':pending' WHERE order_id = ':paid'",
    "UPDATE promotion_uses SET order_id = ':paid' WHERE order_id = ':pending'",
  ],
  [
    'events_settle_their_own_payments',
    "INSERT INTO webhook_events VALUES ('other', 'planted', 'evt_planted', 'payment.succeeded', 'processed', ':payment', '{}', NULL, 1, 0, 0, NULL)",
    "DELETE FROM webhook_events WHERE id = 'evt_planted'",
  ],
  [
    'events_are_due_until_done',
    "INSERT INTO webhook_events VALUES ('test', 'planted', 'evt_planted', 'payment.succeeded', 'failed', NULL, '{}', NULL, 1, 0, 0, NULL)",
    "DELETE FROM webhook_events WHERE id = 'evt_planted'",
  ],
  [
    'events_are_due_until_done',
    "INSERT INTO webhook_events VALUES ('test', 'planted', 'evt_planted', 'payment.succeeded', 'processed', ':payment', '{}', NULL, 1, 0, 0, 9007199254740991)",
    "DELETE FROM webhook_events WHERE id = 'evt_planted'",
  ],
  [
    'unmatched_events_have_no_payment',
    "INSERT INTO webhook_events VALUES ('test', 'planted', 'evt_planted', 'payment.succeeded', 'unmatched', ':payment', '{}', NULL, 1, 0, 0, NULL)",
    "DELETE FROM webhook_events WHERE id = 'evt_planted'",
  ],
  [
    'flags_are_of_their_payment',
    "INSERT INTO payment_flags VALUES ('ref_planted', 'unanswered', '', ':payment', 0, NULL)",
    "DELETE FROM payment_flags WHERE subject_id = 'ref_planted'",
  ],
  [
    'keys_lead_to_orders',
    "INSERT INTO idempotency_keys VALUES ('planted', '', NULL, 'ord_planted/pay_planted', 0, 9007199254740991)",
    "DELETE FROM idempotency_keys WHERE id = 'planted'",
  ],
  [
    'listings_are_derived',
    "UPDATE listings SET title = title || '!' WHERE product = :number",
    "UPDATE listings SET title = rtrim(title, '!') WHERE product = :number",
  ],
  [
    'gift_card_balance_is_ledger',
    "UPDATE gift_cards SET balance = balance + 1 WHERE id = ':card'",
    "UPDATE gift_cards SET balance = balance - 1 WHERE id = ':card'",
  ],
  [
    'gift_card_claims_match_orders',
    "UPDATE gift_card_entries SET amount = amount + 1 WHERE reference = ':byCard'",
    "UPDATE gift_card_entries SET amount = amount - 1 WHERE reference = ':byCard'",
  ],
  [
    'gift_card_claims_match_orders',
    "UPDATE orders SET gift_cards = json_set(gift_cards, '$[0].amount', 999) WHERE id = ':byCard'",
    "UPDATE orders SET gift_cards = json_set(gift_cards, '$[0].amount', 1000) WHERE id = ':byCard'",
  ],
  [
    'gift_card_claims_match_orders',
    "UPDATE orders SET status = 'cancelled' WHERE id = ':byCard'",
    "UPDATE orders SET status = 'confirmed' WHERE id = ':byCard'",
  ],
  [
    'gift_card_claims_match_orders',
    "INSERT INTO gift_card_entries VALUES (':card', 'refunded', 'ref_planted', 1001, ':byCard', NULL, 'planted', 0)",
    "DELETE FROM gift_card_entries WHERE reference = 'ref_planted'",
  ],
  [
    'gift_card_claims_match_orders',
    "INSERT INTO gift_card_entries VALUES (':card', 'claimed', 'ord_planted', -1, 'ord_planted', NULL, 'planted', 0)",
    "DELETE FROM gift_card_entries WHERE reference = 'ord_planted'",
  ],
  [
    'price_ranges_are_derived',
    "UPDATE product_prices SET max_amount = max_amount + 1 WHERE product_id = ':product' AND currency = 'USD'",
    "UPDATE product_prices SET max_amount = max_amount - 1 WHERE product_id = ':product' AND currency = 'USD'",
  ],
  [
    'vectors_are_derived',
    "UPDATE listed_products SET shelves = json_insert(shelves, '$[#]', 0) WHERE number = :number",
    "UPDATE listed_products SET shelves = json_remove(shelves, '$[#-1]') WHERE number = :number",
  ],
  [
    'vectors_are_derived',
    'UPDATE listed_products SET sold = sold + 1 WHERE number = :number',
    'UPDATE listed_products SET sold = sold - 1 WHERE number = :number',
  ],
  [
    'vectors_are_derived',
    'UPDATE listed_products SET next_shelves = shelves WHERE number = :number',
    'UPDATE listed_products SET next_shelves = NULL WHERE number = :number',
  ],
  [
    'facet_counts_are_sums',
    'UPDATE facet_counts SET products = products + 1 WHERE shelf = (SELECT min(shelf) FROM facet_counts)',
    'UPDATE facet_counts SET products = products - 1 WHERE shelf = (SELECT min(shelf) FROM facet_counts)',
  ],
  [
    'facet_counts_are_sums',
    "INSERT INTO facet_counts SELECT number, number, kind, 1 FROM shelves WHERE name = 'available'",
    "DELETE FROM facet_counts WHERE shelf = (SELECT number FROM shelves WHERE name = 'available')",
  ],
  [
    'listing_prices_are_derived',
    'UPDATE listing_prices SET min_amount = min_amount + 1 WHERE product = :number',
    'UPDATE listing_prices SET min_amount = min_amount - 1 WHERE product = :number',
  ],
  [
    'synonyms_are_derived',
    `INSERT INTO search_synonyms VALUES ('syn_planted', 'equivalent', NULL, '["a", "b"]', 1, 0, 0)`,
    "DELETE FROM search_synonyms WHERE id = 'syn_planted'",
  ],
  [
    'synonyms_are_derived',
    `INSERT INTO search_synonyms VALUES ('syn_planted', 'one_way', 'a', '["b", "c"]', 1, 0, 0); INSERT INTO search_synonym_phrases VALUES ('a', '["b"]', 'syn_planted')`,
    "DELETE FROM search_synonym_phrases WHERE synonym_id = 'syn_planted'; DELETE FROM search_synonyms WHERE id = 'syn_planted'",
  ],
  [
    'pins_are_derived',
    `INSERT INTO search_pins VALUES ('pin_planted', 'Planted', 'planted', '[":product"]', 1, 0, 0)`,
    "DELETE FROM search_pins WHERE id = 'pin_planted'",
  ],
  [
    'pins_are_derived',
    `INSERT INTO search_pins VALUES ('pin_planted', 'Planted', 'planted', '[]', 1, 0, 0); INSERT INTO search_pinned_products VALUES ('planted', ':product', 0)`,
    "DELETE FROM search_pinned_products WHERE phrase = 'planted'; DELETE FROM search_pins WHERE id = 'pin_planted'",
  ],
  [
    'sales_are_sum_of_orders',
    "INSERT INTO product_sales_days (product_id, day, units) VALUES (':product', 4000000, 1)",
    "DELETE FROM product_sales_days WHERE day = 4000000; DELETE FROM unpublished_sales WHERE product_id = ':product'",
  ],
  [
    'sales_are_sum_of_orders',
    'UPDATE sales_counts SET number = number + 1000000',
    'UPDATE sales_counts SET number = number - 1000000',
  ],
  [
    'returns_are_taken_off_sales',
    "INSERT INTO sales_returns (day, order_id, product_id, units) VALUES (4000000, ':paid', ':product', 1)",
    'DELETE FROM sales_returns WHERE day = 4000000',
  ],
  [
    'returns_are_taken_off_sales',
    "UPDATE order_lines SET refunded_quantity = refunded_quantity + 1 WHERE order_id = ':paid'",
    "UPDATE order_lines SET refunded_quantity = refunded_quantity - 1 WHERE order_id = ':paid'",
  ],
  [
    'product_sales_are_sum_of_days',
    "INSERT INTO product_sales (product_id, units) VALUES (':product', 5)",
    "DELETE FROM product_sales WHERE product_id = ':product'",
  ],
  [
    'search_has_what_is_on_sale',
    "DELETE FROM stale_documents WHERE product_id = ':product'",
    "INSERT INTO stale_documents (product_id, revision) VALUES (':product', 1)",
  ],
  [
    'search_has_what_is_on_sale',
    `INSERT INTO search_documents VALUES (4294967295, 'planted', 7, '| planted |', 1, '[]', ''); INSERT INTO search_index (rowid, terms) VALUES (7, 't:planted')`,
    'DELETE FROM search_documents WHERE entry = 7; DELETE FROM search_index WHERE rowid = 7',
  ],
  [
    'search_rows_belong_to_documents',
    "INSERT INTO search_index (rowid, terms) VALUES (7, 't:planted')",
    'DELETE FROM search_index WHERE rowid = 7',
  ],
  [
    'search_rows_belong_to_documents',
    "INSERT INTO search_documents VALUES (4294967295, 'planted', 7, '| planted |', 1, '[]', '')",
    'DELETE FROM search_documents WHERE entry = 7',
  ],
  [
    'search_vocabulary_counts_documents',
    "INSERT INTO search_terms VALUES ('planted', 2)",
    "DELETE FROM search_terms WHERE term = 'planted'",
  ],
  [
    'search_vocabulary_counts_documents',
    `INSERT INTO search_documents VALUES (4294967295, 'planted', 7, '| planted |', 1, '["planted"]', '')`,
    'DELETE FROM search_documents WHERE entry = 7',
  ],
  [
    'search_spellings_belong_to_words',
    "INSERT INTO search_spellings VALUES ('plante', 'planted')",
    "DELETE FROM search_spellings WHERE term = 'planted'",
  ],
  [
    'search_spellings_belong_to_words',
    "INSERT INTO search_terms VALUES ('planted', 2)",
    "DELETE FROM search_terms WHERE term = 'planted'",
  ],
]

/** What the schema itself makes impossible: planting it fails, which is the better proof. */
const IMPOSSIBLE: readonly [string, string, RegExp][] = [
  ['gift_card_balance_is_ledger', "UPDATE gift_cards SET balance = -1 WHERE id = ':card'", /gift_card_balance/],
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
  [
    'money_is_within_bounds',
    "UPDATE payments SET refunded = captured + 1 WHERE id = ':payment'",
    /refund_exceeds_captured/,
  ],
  [
    'money_is_within_bounds',
    "UPDATE payments SET released = released + 1 WHERE id = ':payment'",
    /released_exceeds_authorized/,
  ],
  [
    'refunded_lines_are_counted',
    "UPDATE order_lines SET refunded_quantity = quantity + 1 WHERE order_id = ':paid'",
    /refunded_exceeds_ordered/,
  ],
  [
    'refunded_lines_are_counted',
    "UPDATE order_lines SET fulfilled_quantity = 1, removed_quantity = quantity WHERE order_id = ':paid'",
    /fulfilled_exceeds_ordered/,
  ],
  [
    'flags_are_of_their_payment',
    "INSERT INTO payment_flags VALUES ('pay_none', 'mismatch', '', 'pay_none', 0, 0)",
    /FOREIGN KEY constraint failed/,
  ],
  ['never_oversold', "UPDATE stock_levels SET held = on_hand + 1 WHERE variant_id = ':variant'", /stock_not_oversold/],
  [
    'one_live_attempt',
    "UPDATE payments SET order_id = ':pending', status = 'created', attempt = 9 WHERE id = ':payment'",
    /UNIQUE constraint failed: payments.order_id/,
  ],
  [
    'never_oversold',
    "UPDATE stock_levels SET policy = 'backorder', backorder_limit = 2, held = on_hand + 3 WHERE variant_id = ':variant'",
    /stock_not_oversold/,
  ],
  [
    'closed_locations_are_empty',
    "UPDATE stock_levels SET active = 0 WHERE variant_id = ':variant'",
    /stock_location_active/,
  ],
  ['one_default_location', 'UPDATE locations SET active = 0 WHERE is_default = 1', /location_default_active/],
  [
    'incoming_is_sum_of_movements',
    "UPDATE stock_levels SET incoming = -1 WHERE variant_id = ':variant'",
    /stock_incoming_not_negative/,
  ],
  [
    'one_order_per_cart',
    "UPDATE orders SET cart_id = ':cart' WHERE id = ':pending'",
    /UNIQUE constraint failed: orders.cart_id/,
  ],
  [
    'synonyms_are_derived',
    `INSERT INTO search_synonym_phrases VALUES ('a', '["b"]', 'syn_none')`,
    /FOREIGN KEY constraint failed/,
  ],
  [
    'pins_are_derived',
    "INSERT INTO search_pinned_products VALUES ('no such pin', ':product', 0)",
    /FOREIGN KEY constraint failed/,
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
    expect(await violationsOf(name)).toEqual([])
    await run(plant)
    const found = await violationsOf(name)
    await run(mend)
    expect(found).not.toEqual([])
    expect(await violationsOf(name)).toEqual([])
  })

  it('is asked part by part, and all of it by no part', async () => {
    const { staffKey: token } = await seedShop()
    const ask = async (query: string) => (await api.get(`/v1/admin/integrity${query}`, { token })).body
    const parts = await Promise.all(PART_NAMES.map((part) => ask(`?part=${part}`)))
    expect(parts.flatMap(({ checked }) => checked)).toEqual((await ask('')).checked)
    expect((await ask('?part=stock&part=money')).checked).toHaveLength(PARTS.stock.length + PARTS.money.length)
    expect(await ask('?part=weather')).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/query/part' }] })
  })

  it('finds nothing once all is mended', async () => {
    expect(await allViolations(api)).toEqual([])
  })

  it.each(IMPOSSIBLE)('%s cannot even be planted', async (_, plant, refusal) => {
    await expect(run(plant)).rejects.toThrow(refusal)
  })
})
