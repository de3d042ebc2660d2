import { describe, expect, it } from 'vitest'
import { complete, createApi, makeShopper, unique } from '../support/api.ts'
import { asStaff } from '../support/staff.ts'
import { addressIn, flat, ownCountry, sell, shipTo, taxIn, usd } from '../support/terms.ts'

const api = createApi()
const staff = asStaff(api)

/** Everything that an order is made of, of one test alone. */
async function ordered() {
  const country = await ownCountry()
  const pickup = { name: 'Old shop', line1: '1 Main Street', city: 'Springfield', postal_code: '10000', country }
  const place = await staff.post('/v1/admin/pickup-locations', pickup)
  const zone = await shipTo(api, [{ country }], [flat('Old post', 500, { pickup_location_id: place.id })])
  const tax = await taxIn(api, [{ country }])
  const product = await sell(api)
  const code = unique('OLD').toUpperCase()
  const terms = { title: 'Old promotion', method: 'code', codes: [code], effect: { type: 'percent', percent: 10 } }
  const promotion = await staff.post('/v1/admin/promotions', terms)
  const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 2 }], {
    shipping_address: addressIn(country),
    shipping_option_id: zone.rates[0].id,
    discount_codes: [code],
  })
  const { body } = await complete(api, shopper, { test_outcome: 'succeeded' })
  expect(body.order.totals).toMatchObject({ subtotal: usd(4000), discount: usd(400), shipping: usd(500) })
  return { country, place, zone, tax, product, promotion, shopper, id: String(body.order.id), code }
}

describe('an order is a snapshot', () => {
  it('stays as it was placed, whatever becomes of what it was made of', async () => {
    const { country, place, zone, tax, product, promotion, shopper, id } = await ordered()
    const asked = () => api.get(`/v1/orders/${id}`, { token: shopper.token })
    const before = await asked()
    const shown = await staff.get(`/v1/admin/orders/${id}`)

    const path = `/v1/admin/products/${product.id}`
    const { options } = await staff.get(path)
    const renamed = { sku: unique('NEW'), prices: [usd(9900)], tax_category: 'reduced' }
    await staff.patch(path, {
      ...{ title: 'New title', handle: unique('new').toLowerCase(), status: 'draft', vendor: 'New' },
      ...{ options, variants: [renamed], images: [{ url: 'https://shop.example/new.jpg' }] },
    })
    await staff.patch(`/v1/admin/promotions/${promotion.id}`, {
      ...{ title: 'New promotion', status: 'paused', effect: { type: 'percent', percent: 50 } },
    })
    await staff.patch(`/v1/admin/shipping-zones/${zone.id}`, { name: 'New', rates: [flat('New post', 9900)] })
    await staff.patch(`/v1/admin/pickup-locations/${place.id}`, { name: 'New shop', city: 'Elsewhere' })
    const rates = [{ category: 'standard', name: 'New tax', percent: 50 }]
    await staff.patch(`/v1/admin/tax-zones/${tax.id}`, { included: true, rates })
    expect((await asked()).body).toEqual(before.body)

    await staff.delete(`/v1/admin/pickup-locations/${place.id}`)
    await staff.delete(`/v1/admin/shipping-zones/${zone.id}`)
    await staff.delete(`/v1/admin/tax-zones/${tax.id}`)
    expect((await asked()).body).toEqual(before.body)
    expect(await staff.get(`/v1/admin/orders/${id}`)).toEqual(shown)
    expect(before.body).toMatchObject({
      ...{ country, shipping: { name: 'Old post', pickup: { name: 'Old shop' } } },
      lines: [{ title: before.body.lines[0].title, sku: product.sku, handle: product.handle, unit_price: usd(2000) }],
    })
  })

  it('gives back what was paid then, not what things cost now', async () => {
    const { product, shopper, id } = await ordered()
    const path = `/v1/admin/products/${product.id}`
    const { options } = await staff.get(path)
    await staff.patch(path, { options, variants: [{ sku: product.sku, prices: [usd(100)] }] })
    const { body } = await api.get(`/v1/orders/${id}`, { token: shopper.token })
    const [line] = body.lines
    const refund = { lines: [{ line_id: line.id, quantity: 2 }] }
    const after = await staff.post(`/v1/admin/orders/${id}/refunds`, refund, { key: crypto.randomUUID() })
    expect(after.refunds[0].amount).toEqual(line.total)
  })

  it('keeps the place that a parcel left from', async () => {
    const { id } = await ordered()
    const locations = await staff.get('/v1/admin/inventory?limit=1')
    const location_id = locations.data[0].location_id
    const shipped = await staff.post(`/v1/admin/orders/${id}/fulfillments`, { location_id })
    expect(shipped.fulfillments[0]).toMatchObject({ location_id })
  })
})
