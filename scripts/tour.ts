// npm run tour [-- --url http://127.0.0.1:8787 --key sk_...]: one purchase against the running server, step by step.

import { parseArgs, styleText } from 'node:util'
import { readDevVars } from './local/dev-vars.ts'
import { bargain } from './tour/bargain.ts'
import { seeBestSelling } from './tour/best-selling.ts'
import { browse } from './tour/browse.ts'
import { fulfil } from './tour/fulfil.ts'
import { payByCard } from './tour/gift-card.ts'
import { search } from './tour/search.ts'
import { workInStock } from './tour/stock.ts'
import { payByTransfer } from './tour/transfer.ts'
import { createWalk, type Json, price } from './tour/walk.ts'

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:8787' }, key: { type: 'string' } },
})
const staffKey = values.key ?? (await readDevVars()).DEV_ADMIN_KEY ?? ''
const walk = createWalk(values.url)
const { step, show, request } = walk

await walk.mustBeUp()
const stockOf = async (sku: string): Promise<Json> => {
  const { data } = await request('GET', `/v1/admin/inventory?sku=${encodeURIComponent(sku)}`, { token: staffKey })
  return data[0]
}

const products = await step('Look around', 'GET', '/v1/products?in_stock=true&limit=4')
for (const card of products.data) show(card.title, `from ${price(card.price_range.min)}`)

await browse(walk)
await search(walk)
await bargain(walk)
await payByCard(walk, staffKey)
await payByTransfer(walk, staffKey)
await workInStock(walk, staffKey)

const { handle, sku } = await chooseGoods(products.data)
const product = await step('Choose something', 'GET', `/v1/products/${handle}`)
const variant = product.variants.find((candidate: Json) => candidate.sku === sku)
show(product.title, variant.title)
show('price', price(variant.price))

const before = await stockOf(sku)
const created = await step('Put it into a cart', 'POST', '/v1/carts', { body: { lines: [{ sku, quantity: 1 }] } })
const token = created.session.access_token
show('cart', created.id)
show('guest session until', created.session.expires_at)

const cartPath = `/v1/carts/${created.id}`
const email = `ada+${Date.now().toString(36)}@example.com`
const shipping_address = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  line1: '1 Analytical Way',
  city: 'Springfield',
  region: 'IL',
  postal_code: '62701',
  country: 'US',
}
const coupon = { body: { email, shipping_address, discount_codes: ['welcome10'] }, token }
const discounted = await step('Say who and where, and try a coupon', 'PATCH', cartPath, coupon)
for (const { code, applied, reason } of discounted.discount_codes)
  show(code, applied ? 'applied' : `refused: ${reason}`)
for (const { title, amount } of discounted.lines[0].discounts) show(title, `-${price(amount)}`)

const options = await step('Ask how it can be shipped', 'GET', `${cartPath}/shipping-options`, { token })
const [option] = options.data
for (const { name, description, price: cost } of options.data) show(name, `${price(cost)}, ${description}`)

const cart = await step('Take the first', 'PATCH', cartPath, { body: { shipping_option_id: option.id }, token })
for (const part of ['subtotal', 'discount', 'shipping', 'tax', 'total']) show(part, price(cart.totals[part]))
show('still missing', cart.missing.join(', ') || 'nothing')

const payable = await step('Ask how it can be paid', 'GET', `${cartPath}/payment-options`, { token })
show('providers', payable.data.map((each: Json) => each.provider).join(', '))

const completed = await step('Order it', 'POST', `${cartPath}/complete`, {
  body: { payment: { provider: 'test' }, expected_total: cart.totals.total },
  token,
  key: crypto.randomUUID(),
})
show('status', completed.status)
show('pay here', completed.payment.next_action.url)
const held = await stockOf(sku)
show('stock', `${held.on_hand} on hand, ${held.held} held`)

const paid = await step('Pay', 'POST', `/v1/test-payments/${completed.payment.id}`, { body: { outcome: 'succeeded' } })
show('outcome', paid.outcome)
show('webhook', paid.delivered ? 'signed, delivered, answered with 2xx' : 'not delivered')

const events = await step('See the webhook as staff do', 'GET', '/v1/admin/webhook-events?limit=20', {
  token: staffKey,
})
const event = events.data.find((candidate: Json) => candidate.payment_id === completed.payment.id)
show(event.type, `${event.status}, attempt ${event.attempts}`)

const order = await step('See the order', 'GET', `/v1/orders/${completed.order.id}`, { token })
show('number', String(order.number))
show('status', `${order.status}, ${order.payment_status}`)
for (const { lifecycle, to, reason } of order.timeline) show(`${lifecycle} ${to}`, reason)

const after = await stockOf(sku)
await fulfil(walk, { staffKey, sku, shipping_address })
await seeBestSelling(walk, values.url, handle)
const integrity = await step('Recompute every ledger', 'GET', '/v1/admin/integrity', { token: staffKey })
show('violations', integrity.violations.length === 0 ? 'none' : JSON.stringify(integrity.violations))
show('stock before', `${before.on_hand}`)
show('stock after', `${after.on_hand}`)

const good =
  order.payment_status === 'paid' && after.on_hand === before.on_hand - 1 && integrity.violations.length === 0
console.log(
  good
    ? `\n${styleText('green', 'Paid, and one less on the shelf.')} Everything there is to call: ${values.url}/docs`
    : `\n${styleText('red', 'Not as promised:')} the order must be paid, the stock one less, and no ledger violated.`,
)
process.exit(good ? 0 : 1)

/** A variant that is on the shelf and counted; nothing else can become one less. */
async function chooseGoods(cards: readonly Json[]): Promise<{ handle: string; sku: string }> {
  for (const { handle } of cards) {
    const { variants } = await request('GET', `/v1/products/${handle}`)
    for (const { sku, available } of variants) {
      if (!available || sku === null) continue
      const level = await stockOf(sku)
      // One is bought, and then three that are shipped.
      if (level.policy === 'deny' && level.available > 3) return { handle, sku }
    }
  }
  throw new Error('None of the first products is in stock. `npm run reset` and `npm run dev` make a new shop.')
}
