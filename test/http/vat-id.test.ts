import { describe, expect, it } from 'vitest'
import { complete, createApi, pay, unique, violations } from '../support/api.ts'
import { pointersOf } from '../support/refusals.ts'
import { asStaff } from '../support/staff.ts'
import {
  addressIn,
  browse,
  change,
  flat,
  type OwnedCart,
  sell,
  shipTo,
  taxIn,
  usd,
  warningsOf,
} from '../support/terms.ts'

const api = createApi()
const staff = asStaff(api)
const VAT = { category: 'standard', name: 'VAT 20 %', percent: 20 }

/** Prices that contain 20 %, shipping too, in a country whose businesses account for the tax. */
async function inclusive(country: string) {
  const shipping = { rule: 'category', category: 'standard' }
  const zone = await taxIn(api, [{ country }], { included: true, reverse_charge: true, shipping, rates: [VAT] })
  const { rates } = await shipTo(api, [{ country }], [flat('Post', 600)])
  return { taxZoneId: zone.id, rateId: rates[0].id }
}

const lineOf = (cart: { lines: unknown[] }) => cart.lines[0]
const orderOf = async ({ path, token, cart }: OwnedCart) => {
  const shopper = { cartId: path.split('/').at(-1) ?? '', token, cart }
  const answer = await complete(api, shopper)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

describe('a VAT id', () => {
  it('is kept in one form, shown with the cart, and taken back', async () => {
    const { sku } = await sell(api)
    const owned = await browse(api, 'US', [{ sku, quantity: 1 }])
    expect(owned.cart).toMatchObject({ vat_id: null, tax_exempt: false })
    const given = await change(api, owned, { vat_id: ' be 0428.759-497 ' })
    expect(given).toMatchObject({ vat_id: 'BE0428759497', tax_exempt: false })
    expect((await api.get(owned.path, owned)).body.vat_id).toBe('BE0428759497')
    expect(await change(api, owned, { note: 'n' })).toMatchObject({ vat_id: 'BE0428759497' })
    expect(await change(api, owned, { vat_id: null })).toMatchObject({ vat_id: null })
  })

  it.each(['', ' ', 'BE', 'BE0428759498', '0428759497', 'US123456789', 'x'.repeat(41), 'DE\u0000136695976', 7, {}])(
    'of a wrong format is refused and changes nothing: %j',
    async (vat_id) => {
      const owned = await browse(api, 'US', [])
      const answer = await api.patch(owned.path, { vat_id, note: 'n' }, owned)
      expect(answer.status).toBe(422)
      expect(pointersOf(answer)).toEqual(['/vat_id'])
      expect((await api.get(owned.path, owned)).body).toMatchObject({ vat_id: null, note: null, version: 1 })
    },
  )

  it('of the country takes the tax out of prices, and the order stands like the cart', async () => {
    const { rateId } = await inclusive('AT')
    // 19.99 holds 3.331...: 16.66. 29.99 holds 4.998...: 24.99.
    const prices = [{ ...usd(1999), compare_at_amount: 2999 }]
    const { sku } = await sell(api, { prices })
    const owned = await browse(api, 'AT', [{ sku, quantity: 3 }])
    const details = { email: `${unique('ada')}@shop.example`, shipping_address: addressIn('AT') }
    const taxed = await change(api, owned, { ...details, shipping_option_id: rateId })
    expect(taxed).toMatchObject({ tax_exempt: false, totals: { total: usd(3 * 1999 + 600), tax_included: true } })
    expect(taxed.totals.tax.amount).toBeGreaterThan(0)

    const cart = await change(api, owned, { vat_id: 'ATU13585627' })
    expect(cart).toMatchObject({ vat_id: 'ATU13585627', tax_exempt: true, taxes: [] })
    expect(lineOf(cart)).toMatchObject({
      ...{ unit_price: usd(1666), compare_at_unit_price: usd(2499), previous_unit_price: null },
      ...{ subtotal: usd(4998), tax: usd(0), taxes: [], total: usd(4998) },
    })
    // Shipping of 6.00 holds 1.00.
    expect(cart.shipping_option).toMatchObject({ price: usd(500) })
    expect(cart.totals).toMatchObject({ shipping: usd(500), tax: usd(0), shipping_tax: usd(0), total: usd(5498) })
    expect(warningsOf(cart)).toEqual([])

    const { order, payment } = await orderOf({ ...owned, cart })
    expect(order).toMatchObject({ vat_id: 'ATU13585627', tax_exempt: true, taxes: [], totals: cart.totals })
    expect(order.lines).toMatchObject([{ unit_price: usd(1666), compare_at_unit_price: usd(2499), taxes: [] }])
    expect((await pay(api, payment.id)).status).toBeLessThan(300)
    const paid = await api.get(`/v1/orders/${order.id}`, owned)
    expect(paid.body).toMatchObject({ payment_status: 'paid', vat_id: 'ATU13585627', tax_exempt: true })
    expect(await staff.get(`/v1/admin/orders/${order.id}`)).toMatchObject({ vat_id: 'ATU13585627', tax_exempt: true })
    expect(await violations(api)).toEqual([])
  })

  it('takes away what would come on top, and of another country nothing', async () => {
    await taxIn(api, [{ country: 'NL' }], { reverse_charge: true, rates: [VAT] })
    const { sku } = await sell(api)
    const owned = await browse(api, 'NL', [{ sku, quantity: 1 }])
    expect(owned.cart).toMatchObject({ tax_exempt: false, totals: { tax: usd(400), total: usd(2400) } })
    const foreign = await change(api, owned, { vat_id: 'BE0428759497' })
    expect(foreign).toMatchObject({ vat_id: 'BE0428759497', tax_exempt: false, totals: { total: usd(2400) } })
    const own = await change(api, owned, { vat_id: 'NL004495445B01' })
    expect(own).toMatchObject({ tax_exempt: true, totals: { tax: usd(0), total: usd(2000) } })
    expect(lineOf(own)).toMatchObject({ unit_price: usd(2000), taxes: [] })
  })

  it('exempts nobody where the zone says so, or where it goes elsewhere', async () => {
    const zone = await taxIn(api, [{ country: 'SE' }], { reverse_charge: false, rates: [VAT] })
    await shipTo(api, [{ country: 'SE' }, { country: 'FI' }], [flat('Post', 0)])
    const { sku } = await sell(api)
    const owned = await browse(api, 'SE', [{ sku, quantity: 1 }])
    expect(await change(api, owned, { vat_id: 'SE556188840401' })).toMatchObject({ tax_exempt: false })
    await staff.patch(`/v1/admin/tax-zones/${zone.id}`, { reverse_charge: true })
    expect((await api.get(owned.path, owned)).body).toMatchObject({ tax_exempt: true, totals: { tax: usd(0) } })
    await taxIn(api, [{ country: 'FI' }], { reverse_charge: true, rates: [VAT] })
    const sent = await change(api, owned, { shipping_address: addressIn('FI') })
    expect(sent).toMatchObject({ tax_exempt: false, totals: { tax: usd(400) } })
  })

  it('knows Greece by EL and Northern Ireland as a part of GB', async () => {
    await taxIn(api, [{ country: 'GR' }], { reverse_charge: true, rates: [VAT] })
    await taxIn(api, [{ country: 'GB', region: 'NIR' }], { reverse_charge: true, rates: [VAT] })
    await taxIn(api, [{ country: 'GB' }], { rates: [VAT] })
    const { sku } = await sell(api, { requires_shipping: false })
    const greek = await browse(api, 'GR', [{ sku, quantity: 1 }])
    expect(await change(api, greek, { vat_id: 'GR 094259216' })).toMatchObject({
      vat_id: 'EL094259216',
      tax_exempt: true,
    })
    const belfast = await browse(api, 'GB', [{ sku, quantity: 1 }])
    expect(await change(api, belfast, { vat_id: 'XI 980 7806 84' })).toMatchObject({ tax_exempt: false })
    const billing_address = addressIn('GB', { region: 'NIR', postal_code: 'BT1 1AA' })
    expect(await change(api, belfast, { billing_address })).toMatchObject({ vat_id: 'XI980780684', tax_exempt: true })
  })

  it('shows a price that has changed without tax, before and after', async () => {
    await taxIn(api, [{ country: 'LU' }], { included: true, reverse_charge: true, rates: [VAT] })
    const { id, sku } = await sell(api, {}, 1200)
    const owned = await browse(api, 'LU', [{ sku, quantity: 1 }])
    await change(api, owned, { vat_id: 'LU15027442' })
    const variants = [{ sku, prices: [usd(1800)], inventory: { policy: 'untracked' } }]
    await staff.patch(`/v1/admin/products/${id}`, { variants })
    const { body } = await api.get(owned.path, owned)
    expect(lineOf(body)).toMatchObject({ unit_price: usd(1500), previous_unit_price: usd(1000) })
    expect(warningsOf(body)).toContain('PRICE_CHANGED')
  })
})

describe('an order that is not exempt', () => {
  it('keeps its taxes as they were, whatever staff change later', async () => {
    const { rateId, taxZoneId } = await inclusive('IE')
    const { sku } = await sell(api, {}, 1200)
    const owned = await browse(api, 'IE', [{ sku, quantity: 2 }])
    const details = { email: `${unique('ada')}@shop.example`, shipping_address: addressIn('IE') }
    const cart = await change(api, owned, { ...details, shipping_option_id: rateId, vat_id: 'BE0428759497' })
    const taxes = [{ name: 'VAT 20 %', rate_ppm: 200_000, amount: usd(400 + 100) }]
    expect(cart.taxes).toEqual(taxes)
    const { order } = await orderOf({ ...owned, cart })
    const kept = { vat_id: 'BE0428759497', tax_exempt: false, taxes, totals: cart.totals }
    expect(order).toMatchObject(kept)
    await staff.patch(`/v1/admin/tax-zones/${taxZoneId}`, { rates: [{ ...VAT, name: 'VAT 25 %', percent: 25 }] })
    expect((await api.get(`/v1/orders/${order.id}`, owned)).body).toMatchObject(kept)
    expect(await violations(api)).toEqual([])
  })
})
