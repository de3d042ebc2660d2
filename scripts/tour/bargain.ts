import { type Json, price, type Walk } from './walk.ts'

const GERMANY = {
  ...{ first_name: 'Grete', last_name: 'Hermann', line1: 'Am Sandtorkai 5', city: 'Hamburg' },
  ...{ postal_code: '20457', country: 'DE' },
}
const AUSTRIA = { ...GERMANY, line1: 'Währinger Straße 17', city: 'Wien', postal_code: '1090', country: 'AT' }
const SKUS = ['SKJAER-JUN', 'EMALJE-CRE', 'BAL-250G-WHOBEA']

/** Fills a cart that promotions, zones and taxes of the demo shop have much to say about. In another shop it is left out. */
export async function bargain({ step, show, request }: Walk): Promise<void> {
  const goods = await request('GET', `/v1/products?${SKUS.map((sku) => `skus=${sku}`).join('&')}`)
  if (goods.data.length < SKUS.length) return

  const lines = SKUS.map((sku, index) => ({ sku, quantity: index === 0 ? 3 : 1 }))
  const start = { country: 'DE', currency: 'EUR', lines }
  const made = await step('Fill a cart in Germany: three soaps, a mug, coffee', 'POST', '/v1/carts', { body: start })
  const token = made.session.access_token
  const path = `/v1/carts/${made.id}`
  for (const line of made.lines) {
    const off = line.discounts.map(({ title, amount }: Json) => `-${price(amount)} ${title}`).join(', ')
    show(`${line.quantity} x ${line.title}`, `${price(line.subtotal)} ${off}`)
  }

  const codes = { discount_codes: ['shipfree', 'bogus'] }
  const asked = await step('Ask what two codes would do, and what else there is', 'POST', `${path}/explain`, {
    body: codes,
    token,
  })
  for (const { code, title, status, message } of asked.data) show(code ?? title, `${status}: ${message}`)

  const home = { shipping_address: GERMANY }
  await step('Say where to', 'PATCH', path, { body: home, token })
  const options = await step('See what shipping costs', 'GET', `${path}/shipping-options`, { token })
  for (const { name, price: cost, pickup } of options.data)
    show(name, `${price(cost)}${pickup ? `, ${pickup.city}` : ''}`)

  const parcel = options.data.find(({ pickup }: Json) => pickup === null)
  const chosen = { shipping_option_id: parcel.id }
  const taxed = await step('Take the parcel: coffee is taxed less, the parcel like what is in it', 'PATCH', path, {
    body: chosen,
    token,
  })
  tell(taxed)

  const business = { shipping_address: AUSTRIA, vat_id: 'ATU12345675' }
  const exempt = await step('A business in Austria accounts for the tax itself', 'PATCH', path, {
    body: business,
    token,
  })
  tell(exempt)
  for (const { code, message } of exempt.warnings) show(code, message)

  function tell({ totals, taxes }: Json): void {
    for (const part of ['subtotal', 'discount', 'shipping', 'tax', 'total']) show(part, price(totals[part]))
    for (const { name, amount } of taxes) show(`  ${name}`, price(amount))
  }
}
