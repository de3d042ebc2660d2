import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_ROUNDING } from '../../src/domain/rounding.ts'
import { insertZone } from '../../src/features/shipping/queries.ts'
import { insertTaxZone } from '../../src/features/tax/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { commitShown } from '../../src/platform/http/shown-change.ts'
import { type Api, complete, createApi, makeProduct, makeShopper, unique, violations } from '../support/api.ts'
import { fakeServices, OUTSIDE_SECRET, type Question } from '../support/outside.ts'

// A country of this file's own, with 24 % on top and a carrier whose own price, if he says none, is 15.00.
const ADDRESS = {
  ...{ first_name: 'Ada', last_name: 'Lovelace', line1: 'Laugavegur 1', city: 'Reykjavík' },
  ...{ postal_code: '101', country: 'IS' },
}
const rateId = `rate_${'0'.repeat(26)}`
const steps = [{ currency: 'USD', from: 0, amount: 1500 }]
const carrierRate = {
  ...{ id: rateId, name: 'Courier', description: '', kind: 'carrier' as const, steps, freeOver: {}, rule: {} },
  ...{ service: 'express', pickupLocationId: null },
}

beforeAll(async () => {
  const { bindings, deps } = createApi()
  const context = systemContext('test', bindings, deps, () => {})
  const stored = { position: 9, version: 1, createdAt: 0, updatedAt: 0 }
  const areas = [{ country: 'IS', region: null, postalPattern: null }]
  const zone = { id: context.mint('zone'), name: 'Iceland', ...stored, areas, rates: [carrierRate] }
  const tax = insertTaxZone({
    ...{ id: context.mint('tax'), name: 'Iceland', ...stored, areas, included: false, reverseCharge: false },
    shipping: { rule: 'untaxed' },
    rounding: DEFAULT_ROUNDING,
    rates: [{ category: 'standard', name: 'VSK', ratePpm: 240_000, compound: false }],
  })
  await commitShown(context, { writes: [...insertZone(zone), ...tax], reads: [], tags: [] })
})

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const prices = (amount: number, currency = 'USD') =>
  json({ prices: [{ service: 'express', amount: { amount, currency } }] })

/** An app that asks these services, and the cart of a shopper in Iceland: two pieces of 20.00. */
async function shopping(
  answers: Parameters<typeof fakeServices>[0],
  bindings: Record<string, string> = { CARRIER_URL: 'https://carrier.test/prices', CARRIER_SECRET: OUTSIDE_SECRET },
) {
  const services = fakeServices(answers)
  const clock = { now: Date.now() }
  const api = createApi({ deps: { fetch: services.fetch, clock: () => new Date(clock.now) }, bindings })
  // Zones that another file's isolate has left in KV are older than ours.
  const floor = await api.bindings.DB.prepare('SELECT value FROM generations').first<{ value: number }>()
  api.deps.memory.raiseFloor(floor?.value ?? 0)
  const product = await makeProduct(api, { title: unique('Sweater') })
  const shopper = await makeShopper(api, [{ sku: product.sku, quantity: 2 }], {
    ...{ shipping_address: ADDRESS, shipping_option_id: rateId },
  })
  return { api, clock, services, shopper, read: () => read(api, shopper) }
}

async function read(api: Api, { cartId, token }: { cartId: string; token: string }) {
  const { status, body } = await api.get(`/v1/carts/${cartId}`, { token })
  expect(status).toBe(200)
  return body
}

const codesOf = (cart: { warnings: { code: string }[] }) => cart.warnings.map(({ code }) => code)

describe('a carrier outside', () => {
  it('sets the price, is asked once for the same parcel, and its price is what the order costs', async () => {
    const { api, services, shopper, read } = await shopping({ 'carrier.test': () => prices(2345) })
    const cart = await read()
    // 2 * 20.00 + 23.45 + 24 % of the goods.
    expect(cart.totals).toMatchObject({ shipping: { amount: 2345 }, total: { amount: 4000 + 2345 + 960 } })
    expect(services.asked).toHaveLength(1)
    expect(services.asked[0]).toMatchObject({
      type: 'shipping.prices',
      data: {
        currency: 'USD',
        value: { amount: 4000, currency: 'USD' },
        destination: { country: 'IS', city: 'Reykjavík', postal_code: '101' },
        items: [{ quantity: 2 }],
        services: ['express'],
      },
    })
    const done = await complete(api, { ...shopper, cart })
    expect(done.body.order.totals.total).toEqual(cart.totals.total)
    expect(services.asked).toHaveLength(1)
    expect(await violations(api)).toEqual([])
  })

  it.each<[string, (question: Question) => Promise<Response> | Response]>([
    ['answers 500', () => json({}, 500)],
    ['answers no JSON', () => new Response('<html>')],
    ['answers another shape', () => json({ prices: [{ service: 'express', amount: -1 }] })],
    ['answers a redirect', () => new Response(null, { status: 302, headers: { Location: 'https://evil.test/' } })],
    ['prices another service', () => json({ prices: [] })],
    ['answers another currency', () => prices(1, 'EUR')],
    ['cannot be reached', () => Promise.reject(new Error('connection refused'))],
    ['never answers', () => new Promise(() => {})],
  ])('that %s is stood in for by the rate itself', async (_, answer) => {
    const { read } = await shopping({ 'carrier.test': answer })
    const cart = await read()
    expect(cart.totals.shipping).toEqual({ amount: 1500, currency: 'USD' })
    expect(cart.missing).toEqual([])
  })

  it('that fails is left alone for ten seconds, and then asked again', async () => {
    let works = false
    const { services, clock, read } = await shopping({ 'carrier.test': () => (works ? prices(900) : json({}, 503)) })
    expect((await read()).totals.shipping.amount).toBe(1500)
    works = true
    expect((await read()).totals.shipping.amount).toBe(1500)
    expect(services.asked).toHaveLength(1)
    clock.now += 10_001
    expect((await read()).totals.shipping.amount).toBe(900)
  })

  it('that changes its price before complete is told to the shopper first', async () => {
    let price = 1000
    const { api, clock, shopper, read } = await shopping({ 'carrier.test': () => prices(price) })
    const cart = await read()
    price = 1100
    clock.now += 10 * 60 * 1000 + 1
    const refused = await complete(api, { ...shopper, cart })
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
    expect(refused.body.cart.totals.shipping.amount).toBe(1100)
    expect((await complete(api, { ...shopper, cart: refused.body.cart })).status).toBe(200)
  })
})

describe('a tax provider outside', () => {
  const bindings = { TAX_URL: 'https://tax.test/calculate', TAX_SECRET: OUTSIDE_SECRET }
  const taxes = ({ data }: Question, amount: number) =>
    json({
      lines: data.lines.map(({ id }: { id: string }) => ({ id, taxes: [{ name: 'Local', rate_ppm: 50_000, amount }] })),
      shipping: { taxes: [{ name: 'Local', rate_ppm: 50_000, amount: 75 }] },
    })

  it('says what the tax is, and the order keeps what it said', async () => {
    const { api, services, shopper, read } = await shopping({ 'tax.test': (asked) => taxes(asked, 200) }, bindings)
    const cart = await read()
    // 40.00 and 15.00 of shipping, 2.00 and 0.75 of tax.
    expect(cart.totals).toMatchObject({ tax: { amount: 275 }, shipping_tax: { amount: 75 }, total: { amount: 5775 } })
    expect(codesOf(cart)).not.toContain('TAX_ESTIMATED')
    expect(services.asked.at(-1)?.data).toMatchObject({
      ...{ included: false, shipping: 1500, destination: { country: 'IS', postal_code: '101' } },
      lines: [{ id: cart.lines[0].id, category: 'standard', quantity: 2, amount: 4000 }],
    })
    const done = await complete(api, { ...shopper, cart })
    expect(done.body.order.lines[0].taxes).toMatchObject([{ name: 'Local', amount: { amount: 200 } }])
    expect(await violations(api)).toEqual([])
  })

  it.each<[string, (question: Question) => Promise<Response> | Response]>([
    ['answers 500', () => json({}, 500)],
    ['leaves a line out', () => json({ lines: [], shipping: { taxes: [] } })],
    ['asks for more than the goods cost', (asked) => taxes(asked, 4001)],
    ['answers half a cent', (asked) => taxes(asked, 0.5)],
    ['answers for another line', () => json({ lines: [{ id: 'line_x', taxes: [] }] })],
    ['never answers', () => new Promise(() => {})],
  ])('that %s is stood in for by the zone, and the cart says so', async (_, answer) => {
    const { read } = await shopping({ 'tax.test': answer }, bindings)
    const cart = await read()
    expect(cart.totals.tax).toEqual({ amount: 960, currency: 'USD' })
    expect(codesOf(cart)).toContain('TAX_ESTIMATED')
  })

  it('is not asked before there is an address: the zone estimates', async () => {
    const { api, services, shopper } = await shopping({ 'tax.test': (asked) => taxes(asked, 200) }, bindings)
    const before = services.asked.length
    const changes = { shipping_address: null, country: 'IS' }
    const { body } = await api.patch(`/v1/carts/${shopper.cartId}`, changes, { token: shopper.token })
    expect(body.totals.tax.amount).toBe(960)
    expect(codesOf(body)).toContain('TAX_ESTIMATED')
    expect(services.asked).toHaveLength(before)
  })
})

it('an address without its secret is a misconfiguration that says which', async () => {
  const api = createApi({ bindings: { TAX_URL: 'https://tax.test/' } })
  expect(await api.get('/readyz')).toMatchObject({ status: 503, body: { code: 'misconfigured' } })
})
