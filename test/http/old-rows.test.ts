import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { sha256Hex } from '../../src/platform/crypto/hash.ts'
import { complete, createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import { seedShop } from '../support/shop.ts'
import { addressIn, usd } from '../support/terms.ts'

const { MIGRATIONS, OLD, OLD_CACHE } = env as unknown as {
  MIGRATIONS: D1Migration[]
  OLD: D1Database
  OLD_CACHE: KVNamespace
}
const isOld = ({ name }: D1Migration) => name < '0021'

// A shop as it stood before promotions, zones and taxes could do more: rows in the shape of migration 0020.
const api = createApi({ bindings: { DB: OLD, CACHE: OLD_CACHE } })
const NOW = Date.now()
const id = (kind: string, last: string) => `${kind}_01m00000000000000000000${last}`
const cartId = (last: string) => `cart_aa_01m00000000000000000000${last}`
const VARIANT = id('var', '001')
const PRODUCT = id('prod', '001')
const RATE = id('rate', '001')
const ZONE = id('zone', '001')
const TAX = id('tax', '001')
const PROMOTION = id('promo', '001')
const OPEN = cartId('001')
const DECLINED = cartId('002')
const PAID = cartId('003')
const LATE = cartId('004')
const WAITING = cartId('005')
const TWICE = cartId('006')
const IMPORT = id('imp', '001')
const EMAIL = 'old@shop.example'
const ADDRESS = JSON.stringify({ ...addressIn('US'), company: null, line2: null, region: 'IL', phone: null })
let token = ''
let owner = ''
let staffKey = ''

/** Inserts a row; JSON is written by who calls. */
async function insert(table: string, row: Record<string, string | number | null>): Promise<void> {
  const places = Object.keys(row).map(() => '?')
  const statement = `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${places.join()})`
  await OLD.prepare(statement)
    .bind(...Object.values(row))
    .run()
}

async function insertCart(cart: string, changes: Record<string, string | number | null>): Promise<void> {
  const said = { email: EMAIL, customer_key: await sha256Hex(EMAIL), shipping_address: ADDRESS, billing_address: null }
  const asked = { shipping_option_id: RATE, discount_codes: '["OLD10"]', refusals: '{}', note: null, metadata: '{}' }
  await insert('carts', {
    ...{ id: cart, owner_id: owner, version: 3, status: 'open', currency: 'USD', country: 'US', locale: 'en-US' },
    ...{ ...said, ...asked, order_id: null, merged_into: null, catalog_generation: 1 },
    ...{ created_at: NOW, updated_at: NOW, expires_at: NOW + 24 * 3600 * 1000, ...changes },
  })
  const seen = { seen_unit_amount: 2000, seen_currency: 'USD', seen_available: 10 }
  await insert('cart_lines', {
    ...{ cart_id: cart, variant_id: VARIANT, attributes_key: '', id: `line_${cart.slice(8)}`, quantity: 2 },
    ...{ attributes: '{}', ...seen, created_at: NOW },
  })
}

// Two pieces at 20.00, 10 % off, shipping 5.00, 8 % on the goods: 36.00 + 5.00 + 2.88.
const TOTALS = { subtotal: 4000, discount: 400, shipping: 500, shipping_discount: 0, tax: 288, shipping_tax: 0 }
const TOTAL = 4388

/** An order with its trail, whose first rows told that it was placed. */
async function insertOrder(
  cart: string,
  order: string,
  changes: Record<string, string | number | null>,
  { moves, uses = true }: { moves: readonly (readonly string[])[]; uses?: boolean },
) {
  const discount = { promotion_id: PROMOTION, code: 'OLD10', title: 'Ten percent', amount: 400 }
  const applied = { promotionId: PROMOTION, code: 'OLD10', title: 'Ten percent', amount: 400 }
  const shipping = { option_id: RATE, name: 'Standard', amount: 500, discount: 0, tax: 0, taxes: [] }
  const totals = { ...TOTALS, total: TOTAL, tax_included: false, amount_due: TOTAL }
  const key = await sha256Hex(EMAIL)
  await insert('orders', {
    ...{ id: order, number: null, cart_id: cart, cart_version: 3, owner_id: owner, status: 'pending' },
    ...{ payment_status: 'failed', fulfillment_status: 'unfulfilled', email: EMAIL, customer_key: key },
    ...{ currency: 'USD', country: 'US', locale: 'en-US', total_amount: TOTAL, amount_due: TOTAL },
    ...{ totals: JSON.stringify(totals), shipping: JSON.stringify(shipping), discount_codes: '["OLD10"]' },
    ...{ promotions: JSON.stringify([applied]), rounding: JSON.stringify({ mode: 'half_up', level: 'line' }) },
    ...{ shipping_address: ADDRESS, billing_address: ADDRESS, note: null, metadata: '{}' },
    ...{ created_at: NOW, updated_at: NOW, confirmed_at: null, ...changes },
  })
  await insert('order_lines', {
    ...{ order_id: order, id: `line_${cart.slice(8)}`, position: 0, product_id: PRODUCT, variant_id: VARIANT },
    ...{ sku: 'OLD', handle: 'old', title: 'Old', variant_title: 'Default', image_url: null, attributes: '{}' },
    ...{ quantity: 2, requires_shipping: 1, unit_amount: 2000, compare_at_unit_amount: null },
    ...{ subtotal: 4000, discount: 400, tax: 288, total: 3888, discounts: JSON.stringify([discount]) },
    taxes: JSON.stringify([{ name: 'Sales tax', rate_ppm: 80_000, amount: 288 }]),
  })
  for (const [lifecycle = '', ...path] of moves) {
    for (const [place, to] of path.entries()) {
      const move = { lifecycle, seq: place + 1, from_status: path[place - 1] ?? null, to_status: to }
      const reason = place === 0 ? 'placed' : to
      await insert('order_moves', { order_id: order, ...move, actor: 'test', reason, at: NOW + place })
    }
  }
  if (!uses) return
  await insert('promotion_uses', {
    ...{ promotion_id: PROMOTION, order_id: order, customer_key: key, code: 'OLD10', amount: 400, at: NOW },
  })
}

/** @param refund how the refund of all of it stands, and why there is one. */
async function insertPayment(
  order: string,
  last: string,
  status: 'failed' | 'captured',
  { attempt = 1, refund }: { attempt?: number; refund?: { status: 'pending' | 'succeeded'; reason: string } } = {},
): Promise<void> {
  const payment = id('pay', last)
  const refunded = refund ? TOTAL : 0
  const captured = status === 'captured' ? TOTAL : 0
  await insert('payments', {
    ...{ id: payment, order_id: order, attempt, provider: 'test', status, amount: TOTAL, currency: 'USD' },
    ...{ provider_reference: payment, next_action: null, input: '{}', idempotency_id: null, captured, refunded },
    ...{ seq: 2, created_at: NOW, updated_at: NOW, session_expires_at: NOW },
  })
  const move = { actor: 'test', reason: 'told', at: NOW }
  await insert('payment_moves', { payment_id: payment, seq: 1, from_status: null, to_status: 'created', ...move })
  await insert('payment_moves', { payment_id: payment, seq: 2, from_status: 'created', to_status: status, ...move })
  if (captured) {
    await insert('payment_entries', {
      payment_id: payment,
      kind: 'captured',
      reference: payment,
      amount: TOTAL,
      at: NOW,
    })
    await insert('test_payments', { payment_id: payment, status: 'succeeded', updated_at: NOW })
  }
  if (!refund) return
  const row = { id: id('ref', last), payment_id: payment, order_id: order, amount: TOTAL, currency: 'USD' }
  await insert('refunds', { ...row, ...refund, provider_reference: null, created_at: NOW, updated_at: NOW })
  if (refund.status === 'pending') return
  const entry = { payment_id: payment, kind: 'refunded', reference: row.id, amount: TOTAL, at: NOW }
  await insert('payment_entries', entry)
}

async function insertShop(): Promise<void> {
  await insert('markets', {
    ...{
      id: id('mkt', '001'),
      name: 'United States',
      currency: 'USD',
      locales: '["en-US"]',
      tax_included: 0,
      position: 0,
    },
  })
  await insert('market_countries', { country: 'US', market_id: id('mkt', '001'), position: 0 })
  await insert('locations', { id: id('loc', '001'), name: 'Warehouse', country: 'US', is_default: 1 })
  await insert('products', {
    ...{ id: PRODUCT, handle: 'old', title: 'Old', description_html: '', vendor: '', product_type: '' },
    ...{ status: 'active', options: '[]', tags: '[]', metadata: '{}', private_metadata: '{}' },
    ...{ version: 1, created_at: NOW, updated_at: NOW, published_at: 0 },
  })
  await insert('variants', {
    ...{ id: VARIANT, product_id: PRODUCT, position: 0, sku: 'OLD', title: 'Default', options: '{}', option_key: '' },
    ...{ weight_grams: 100, requires_shipping: 1, taxable: 1, tax_category: 'standard', archived: 0 },
  })
  const listed = { product_id: PRODUCT, position: 0, title: 'Old', published_at: 0, unpublished_at: 9007199254740991 }
  for (const shelf of ['all', 'tag:old']) await insert('listings', { ...listed, shelf })
  const spanned = { product_id: PRODUCT, currency: 'USD', market_id: '', valid_from: 0, min_amount: 2000 }
  await insert('listing_prices', { ...spanned, shelf: 'all', valid_until: 9007199254740991 })
  const price = { min_quantity: 1, amount: 2000, since: 0 }
  await insert('prices', { variant_id: VARIANT, currency: 'USD', market_id: '', ...price })
  await insert('stock_levels', {
    ...{ variant_id: VARIANT, location_id: id('loc', '001'), policy: 'untracked', on_hand: 0, held: 0, incoming: 0 },
    updated_at: NOW,
  })
  await insert('shipping_zones', { id: ZONE, name: 'Domestic' })
  for (const country of ['US', 'CA']) await insert('shipping_zone_countries', { country, zone_id: ZONE })
  await insert('shipping_rates', { id: RATE, zone_id: ZONE, name: 'Standard', description: '3 days', position: 0 })
  await insert('shipping_rate_prices', { rate_id: RATE, currency: 'EUR', amount: 450 })
  await insert('shipping_rate_prices', { rate_id: RATE, currency: 'USD', amount: 500 })
  const free = { zone_id: ZONE, name: 'Never priced', description: '', position: 1 }
  await insert('shipping_rates', { id: id('rate', '002'), ...free })
  await insert('tax_zones', { id: TAX, country: 'US', name: 'United States', included: 0, shipping_category: null })
  await insert('tax_rates', { zone_id: TAX, category: 'standard', name: 'Sales tax', rate_ppm: 80_000 })
  await insert('tax_rates', { zone_id: TAX, category: 'reduced', name: 'Food tax', rate_ppm: 10_000 })
  const german = { country: 'DE', name: 'Germany', included: 1, shipping_category: 'standard' }
  await insert('tax_zones', { id: id('tax', '002'), ...german })
  await insert('promotions', {
    ...{ id: PROMOTION, title: 'Ten percent', status: 'active', method: 'code', priority: 100 },
    ...{
      effect: '{"type":"percent","target":"order","rate_ppm":100000}',
      conditions: '{"minimum_subtotal":{"USD":1000}}',
    },
    ...{ usage_limit: 3, customer_limit: 3, used: 2, version: 4, created_at: NOW, updated_at: NOW },
  })
  await insert('promotion_codes', { code: 'OLD10', promotion_id: PROMOTION })
  await insert('promotion_codes', { code: 'OLDER', promotion_id: PROMOTION })
  const key = await sha256Hex(EMAIL)
  await insert('promotion_customers', { promotion_id: PROMOTION, customer_key: key, used: 2, limit_at_use: 3 })
}

async function insertImport(): Promise<void> {
  const errors = [{ line: 3, column: 'Price', detail: 'Empty.' }]
  const report = { dry_run: false, rows: 9, products: { created: 3, updated: 2, unchanged: 1 }, errors }
  await insert('imports', { id: IMPORT, report: JSON.stringify(report), created_at: NOW })
}

beforeAll(async () => {
  staffKey = (await seedShop()).staffKey
  await applyD1Migrations(OLD, MIGRATIONS.filter(isOld))
  // A guest of any shop with these keys, and its staff.
  const { body } = await createApi().post('/v1/carts', {})
  token = body.session.access_token
  owner = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).sub
  const { results } = await testEnv()
    .DB.prepare('SELECT * FROM staff_keys')
    .all<Record<string, string | number | null>>()
  for (const row of results) await insert('staff_keys', row)
  await insertShop()
  await insertImport()
  await insertCart(OPEN, {})
  await insertCart(DECLINED, { order_id: id('ord', '002') })
  await insertCart(PAID, { order_id: id('ord', '003'), status: 'completed' })
  await insertCart(LATE, {})
  await insertCart(WAITING, {})
  await insertCart(TWICE, { order_id: id('ord', '006'), status: 'completed' })
  const placed = {
    moves: [
      ['order', 'pending'],
      ['payment', 'pending', 'failed'],
    ],
  }
  const confirmed = {
    moves: [
      ['order', 'pending', 'confirmed'],
      ['payment', 'pending', 'paid'],
    ],
  }
  const given = {
    moves: [
      ['order', 'pending', 'cancelled'],
      ['payment', 'pending', 'voided'],
    ],
    uses: false,
  }
  const cancelled = { status: 'cancelled', payment_status: 'voided' }
  await insertOrder(LATE, id('ord', '004'), cancelled, given)
  await insertPayment(id('ord', '004'), '004', 'captured', { refund: { status: 'succeeded', reason: 'late_payment' } })
  await insertOrder(WAITING, id('ord', '005'), cancelled, given)
  await insertPayment(id('ord', '005'), '005', 'captured', { refund: { status: 'pending', reason: 'out_of_stock' } })
  const paid = { status: 'confirmed', payment_status: 'paid', confirmed_at: NOW }
  await insertOrder(TWICE, id('ord', '006'), { ...paid, number: 1002, promotions: '[]' }, { ...confirmed, uses: false })
  const duplicate = { status: 'succeeded', reason: 'duplicate_payment' } as const
  await insertPayment(id('ord', '006'), '006', 'captured', { refund: duplicate })
  await insertPayment(id('ord', '006'), '007', 'captured', { attempt: 2 })
  await insertOrder(DECLINED, id('ord', '002'), {}, placed)
  await insertPayment(id('ord', '002'), '002', 'failed')
  await insertOrder(PAID, id('ord', '003'), { ...paid, number: 1001 }, confirmed)
  await insertPayment(id('ord', '003'), '003', 'captured')
  await OLD.prepare("UPDATE order_numbers SET last = 1002 WHERE name = 'order'").run()
  await applyD1Migrations(OLD, MIGRATIONS)
})

describe('what was there before promotions, zones and taxes could do more', () => {
  const staffSees = async (path: string) => {
    const { status, body } = await api.get(`/v1/admin/${path}`, { token: staffKey })
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }

  const addsUp = async () => {
    const { violations } = await staffSees('integrity')
    // Lists are derived by who saves a product, which here nobody has done.
    const ofMoney = violations.filter(
      ({ invariant }: { invariant: string }) => !/derived|facet|^search/.test(invariant),
    )
    expect(ofMoney).toEqual([])
  }

  it('adds up as it is', addsUp)

  it('is what staff see of zones, rates and taxes', async () => {
    const [zone] = (await staffSees('shipping-zones')).data
    expect(zone).toMatchObject({
      ...{ id: ZONE, name: 'Domestic', version: 1 },
      areas: [
        { country: 'CA', region: null, postal_pattern: null },
        { country: 'US', region: null, postal_pattern: null },
      ],
    })
    expect(zone.rates).toMatchObject([
      { id: RATE, kind: 'flat', prices: [{ amount: 450, currency: 'EUR' }, usd(500)] },
      { id: id('rate', '002'), kind: 'flat', prices: [] },
    ])
    const { data } = await staffSees('tax-zones')
    expect(data).toMatchObject([
      {
        ...{ id: TAX, included: false, shipping: { rule: 'untaxed' }, reverse_charge: false },
        areas: [{ country: 'US', region: null, postal_pattern: null }],
        rates: [
          { category: 'reduced', name: 'Food tax', percent: 1, compound: false },
          { category: 'standard', name: 'Sales tax', percent: 8, compound: false },
        ],
      },
      { included: true, shipping: { rule: 'category', category: 'standard' } },
    ])
  })

  it('can be edited: a zone that is sent back as it was read stays what it is', async () => {
    const sendBack = async (path: string, changes: Record<string, unknown> = {}) => {
      const { id: _, version: __, created_at: ___, updated_at: ____, ...fields } = await staffSees(path)
      const wish = { ...fields, ...changes }
      const { status, body } = await api.patch(`/v1/admin/${path}`, wish, { token: staffKey })
      expect(status, JSON.stringify(body)).toBe(200)
      expect(body).toMatchObject(wish)
    }
    await sendBack(`tax-zones/${TAX}`)
    // A rate that nobody has ever priced is offered to nobody; whoever saves it prices it, or lets it go.
    const { rates } = await staffSees(`shipping-zones/${ZONE}`)
    await sendBack(`shipping-zones/${ZONE}`, { rates: rates.slice(0, 1) })
  })

  it('counts the uses of promotions and their codes', async () => {
    expect(await staffSees(`promotions/${PROMOTION}`)).toMatchObject({
      ...{ used: 2, code_count: 2, codes: ['OLD10', 'OLDER'], exclusive: 'none', budget: [] },
      ...{ effect: { type: 'percent', percent: 10 }, conditions: { minimum_subtotal: [usd(1000)] } },
    })
    const { data } = await staffSees(`promotions/${PROMOTION}/codes`)
    expect(data).toMatchObject([
      { code: 'OLD10', used: 2, usage_limit: null },
      { code: 'OLDER', used: 0, usage_limit: null },
    ])
  })

  it('is an import of one part, with its report', async () => {
    const { body } = await api.get(`/v1/admin/imports/${IMPORT}`, { token: staffKey })
    expect(body).toMatchObject({
      ...{ status: 'finished', dry_run: false, parts: { received: 1, done: 1 }, rows: 9, error_count: 1 },
      products: { created: 3, updated: 2, unchanged: 1, refused: 0 },
      errors: [{ part: 1, line: 3, column: 'Price', detail: 'Empty.' }],
    })
  })

  it('is an order that shows what it has always shown', async () => {
    const { status, body } = await api.get(`/v1/orders/${id('ord', '003')}`, { token })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      ...{ number: 1001, vat_id: null, tax_exempt: false, taxes: [], totals: { total: usd(TOTAL), tax: usd(288) } },
      shipping: { option_id: RATE, amount: usd(500), taxes: [], pickup: null },
      lines: [{ tax: usd(288), taxes: [{ name: 'Sales tax', rate_ppm: 80_000, amount: usd(288) }] }],
    })
    expect((await staffSees(`orders/${id('ord', '003')}`)).totals).toEqual(body.totals)
  })

  it('is a cart at the same price, which can be changed, explained and ordered', async () => {
    const path = `/v1/carts/${OPEN}`
    const cart = (await api.get(path, { token })).body
    expect(cart).toMatchObject({ totals: { total: usd(TOTAL) }, vat_id: null, warnings: [], missing: [] })
    expect((await api.post(`${path}/explain`, {}, { token })).body.data).toMatchObject([{ status: 'applied' }])
    const lines = [{ id: cart.lines[0].id, quantity: 1 }]
    const changed = await api.patch(`${path}/lines`, { lines }, { token })
    expect(changed.body.totals.total, JSON.stringify(changed.body)).toEqual(usd(1800 + 500 + 144))
    const added = await api.post(`${path}/lines`, { lines: [{ sku: 'OLD', quantity: 1 }] }, { token })
    expect(added.body.totals.total).toEqual(usd(TOTAL))
    const ordered = await complete(api, { cartId: OPEN, token, cart: added.body }, { test_outcome: 'succeeded' })
    expect(ordered.status, JSON.stringify(ordered.body)).toBe(200)
  })

  it('is an order whose payment was declined, which is paid after all', async () => {
    const cart = (await api.get(`/v1/carts/${DECLINED}`, { token })).body
    expect(cart.totals.total).toEqual(usd(TOTAL))
    const paid = await complete(api, { cartId: DECLINED, token, cart }, { test_outcome: 'succeeded' })
    expect(paid.status, JSON.stringify(paid.body)).toBe(200)
    const { body } = await api.get(`/v1/orders/${paid.body.order.id}`, { token })
    expect(body).toMatchObject({ status: 'confirmed', totals: { total: usd(TOTAL) }, discount_codes: ['OLD10'] })
    expect(await staffSees(`promotions/${PROMOTION}`)).toMatchObject({ used: 3 })
  })

  it('is money that has come and gone: told as it is now, by the payment that pays', async () => {
    const back = await staffSees(`orders/${id('ord', '004')}`)
    expect(back).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'voided', number: null, operations: [], disputes: [] },
      payments: [{ status: 'captured', captured: usd(TOTAL), capturable: usd(0), refunded: usd(TOTAL) }],
      refunds: [{ status: 'succeeded', amount: usd(TOTAL), reason: 'late_payment', shipping: usd(0), lines: [] }],
      lines: [{ fulfilled_quantity: 0, removed_quantity: 0, refunded_quantity: 0 }],
    })
    expect(back.timeline.map(({ lifecycle, to }: Record<string, string>) => `${lifecycle} ${to}`)).toEqual([
      ...['order pending', 'payment pending', 'order cancelled', 'payment voided'],
    ])
    const twice = await staffSees(`orders/${id('ord', '006')}`)
    expect(twice).toMatchObject({ number: 1002, payment_status: 'paid', refunds: [{ reason: 'duplicate_payment' }] })
    const { results } = await OLD.prepare('SELECT id, accepted, seq FROM payments ORDER BY id').all()
    expect(results.filter(({ accepted }) => accepted === 1).map((row) => row.id)).toEqual(
      expect.arrayContaining([id('pay', '003'), id('pay', '007')]),
    )
    for (const last of ['004', '005', '006']) {
      expect(results).toContainEqual({ id: id('pay', last), accepted: 0, seq: last === '005' ? 2 : 3 })
    }
  })

  it('is a refund under way, which is carried out', async () => {
    await recoverAfter(api, 1)
    expect(await staffSees(`orders/${id('ord', '005')}`)).toMatchObject({
      refunds: [{ id: id('ref', '005'), status: 'succeeded', amount: usd(TOTAL) }],
      payments: [{ refunded: usd(TOTAL) }],
    })
  })

  it('is an order that is given back for: piece by piece, and from the payment that pays', async () => {
    const give = async (order: string, action: string, body: unknown) => {
      const key = crypto.randomUUID()
      return api.post(`/v1/admin/orders/${order}/${action}`, body, { token: staffKey, key })
    }
    const lines = [{ line_id: `line_${PAID.slice(8)}`, quantity: 1, restock: 'cancel' }]
    const first = await give(id('ord', '003'), 'refunds', { lines, shipping: 'all' })
    expect(first.status, JSON.stringify(first.body)).toBe(201)
    expect(first.body).toMatchObject({
      ...{ payment_status: 'partially_refunded', lines: [{ removed_quantity: 1, refunded_quantity: 1 }] },
      refunds: [{ amount: usd(1944 + 500), status: 'succeeded' }],
    })
    const { body } = await give(id('ord', '006'), 'cancel', {})
    expect(body).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
    expect(body.refunds).toMatchObject([
      { reason: 'duplicate_payment' },
      { payment_id: id('pay', '007'), amount: usd(TOTAL) },
    ])
  })

  it('adds up still', addsUp)

  it('is listed as it was, and once the cron has run, found, and counted where it belongs', async () => {
    const handles = async (query: string) => {
      const { body } = await createApi({ bindings: { DB: OLD, CACHE: OLD_CACHE } }).get(`/v1/products?${query}`)
      return body.data.map(({ handle }: { handle: string }) => handle)
    }
    for (const sort of ['newest', 'title', 'best_selling', 'price_asc'])
      expect(await handles(`sort=${sort}`)).toEqual(['old'])
    const cron = systemContext('cron', api.bindings, api.deps, () => {})
    await runScheduled(cron)
    // Where it never belonged it is gone from.
    expect(await handles('tag=old')).toEqual([])
    expect(await handles('sort=price_asc&in_stock=true')).toEqual(['old'])
    expect((await staffSees('integrity')).violations).toEqual([])
  })
})
