import { type Json, price, type Walk } from './walk.ts'

const SKU = 'EMALJE-CRE'
const US = {
  ...{ first_name: 'Grace', last_name: 'Hopper', line1: '3 Compiler Court', city: 'Arlington', region: 'VA' },
  ...{ postal_code: '22201', country: 'US' },
}

/** Staff issue a gift card, and a shopper of the demo shop pays a part with it. In another shop it is left out. */
export async function payByCard({ step, show, request }: Walk, staffKey: string): Promise<void> {
  const goods = await request('GET', `/v1/products?skus=${SKU}`)
  if (goods.data.length === 0) return

  const issued = await step('Issue a gift card: its code is shown this once', 'POST', '/v1/admin/gift-cards', {
    body: { amount: { amount: 1000, currency: 'USD' }, note: 'For the tour' },
    token: staffKey,
  })
  show('code', issued.code)

  const lines = [{ sku: SKU, quantity: 1 }]
  const made = await request('POST', '/v1/carts', { body: { lines, email: `grace+${Date.now()}@example.com` } })
  const token = made.session.access_token
  const path = `/v1/carts/${made.id}`
  await request('PATCH', path, { body: { shipping_address: US }, token })
  const { data } = await request('GET', `${path}/shipping-options`, { token })
  const parcel = data.find(({ pickup }: Json) => pickup === null)
  await request('PATCH', path, { body: { shipping_option_id: parcel.id }, token })

  const codes = [issued.code.toLowerCase().replaceAll('-', ' ')]
  const cart = await step('Pay with it, however it is typed', 'POST', `${path}/gift-cards`, { body: { codes }, token })
  for (const { last4, amount_used, balance } of cart.gift_cards)
    show(`card ending in ${last4}`, `pays ${price(amount_used)} of ${price(balance)}`)
  for (const part of ['total', 'amount_due']) show(part, price(cart.totals[part]))

  const { total, amount_due } = cart.totals
  const wish = { expected_total: total, expected_amount_due: amount_due }
  const ordered = await step('Order it, the rest by the test provider', 'POST', `${path}/complete`, {
    body: { ...wish, payment: { provider: 'test', test_outcome: 'succeeded' } },
    token,
    key: crypto.randomUUID(),
  })
  for (const { last4, amount } of ordered.order.gift_cards) show(`by card ending in ${last4}`, price(amount))
  for (const { provider, amount } of ordered.order.payments) show(`by ${provider}`, price(amount))

  const spent = await step('See the card’s ledger', 'GET', `/v1/admin/gift-cards/${issued.id}`, { token: staffKey })
  for (const { kind, amount } of spent.entries) show(kind, price({ amount, currency: 'USD' }))
  show('balance', price(spent.balance))
}
