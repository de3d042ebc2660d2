import { type Json, price, type Walk } from './walk.ts'

const SKU = 'EMALJE-FER'
const US = {
  ...{ first_name: 'Mary', last_name: 'Jackson', line1: '7 Tunnel Road', city: 'Hampton', region: 'VA' },
  ...{ postal_code: '23666', country: 'US' },
}

/** A shopper of the demo shop orders by bank transfer, and staff note that the money has come. Elsewhere it is left out. */
export async function payByTransfer({ step, show, request }: Walk, staffKey: string): Promise<void> {
  const goods = await request('GET', `/v1/products?skus=${SKU}`)
  if (goods.data.length === 0) return
  const made = await request('POST', '/v1/carts', {
    body: { lines: [{ sku: SKU, quantity: 1 }], email: `mary+${Date.now()}@example.com` },
  })
  const token = made.session.access_token
  const cart = `/v1/carts/${made.id}`
  await request('PATCH', cart, { body: { shipping_address: US }, token })
  const [option] = (await request('GET', `${cart}/shipping-options`, { token })).data
  const { totals } = await request('PATCH', cart, { body: { shipping_option_id: option.id }, token })
  const { data } = await request('GET', `${cart}/payment-options`, { token })
  const manual = data.find(({ provider }: Json) => provider === 'manual')
  if (!manual) return

  const ordered = await step('Order something else by bank transfer', 'POST', `${cart}/complete`, {
    body: { payment: { provider: 'manual', method: 'bank_transfer' }, expected_total: totals.total },
    token,
    key: crypto.randomUUID(),
  })
  show('status', `${ordered.order.status}, ${ordered.order.payment_status}`)
  show('what to do', manual.methods[0].instructions)

  const paid = await step('Note that the money has come', 'POST', `/v1/admin/orders/${ordered.order.id}/capture`, {
    body: {},
    token: staffKey,
    key: crypto.randomUUID(),
  })
  show('status', `${paid.status}, ${paid.payment_status}`)
  for (const { captured } of paid.payments) show('captured', price(captured))
}
