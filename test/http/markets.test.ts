import { beforeAll, describe, expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { closeMarket, makeOwnMarket } from '../support/pricing.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const MARKETS = '/v1/admin/markets'
const mint = createMint(new Date(), cryptoRandom)
let token: string

beforeAll(async () => {
  token = (await seedShop()).staffKey
})

const wish = (fields: object = {}) => ({
  name: unique('Market'),
  currency: 'USD',
  countries: [] as string[],
  locales: ['en-US'],
  position: 900_000,
  ...fields,
})

describe('a market', () => {
  it('is made, read, listed and changed, with versions, and storefronts see it at once', async () => {
    const created = await api.post(MARKETS, wish({ countries: ['NO', 'IS'], tax_included: true }), { token })
    expect(created).toMatchObject({
      status: 201,
      body: { countries: ['NO', 'IS'], tax_included: true, own_prices: 'off', version: 1 },
    })
    const path = `${MARKETS}/${created.body.id}`
    expect((await api.get(path, { token })).body).toEqual(created.body)
    const inStore = async () =>
      (await api.get('/v1/markets')).body.data.find(({ id }: { id: string }) => id === created.body.id)
    expect(await inStore()).toMatchObject({ countries: ['NO', 'IS'], default: false })
    const changed = await api.patch(path, { countries: ['IS'], locales: ['en-GB', 'en-US'] }, { token, ifMatch: '"1"' })
    expect(changed.body).toMatchObject({ countries: ['IS'], locales: ['en-GB', 'en-US'], version: 2 })
    expect(await inStore()).toMatchObject({ countries: ['IS'] })
    expectRefusal(await api.patch(path, { name: 'Late' }, { token, ifMatch: '"1"' }), 412, 'an old version')
    const same = await api.patch(path, { countries: ['IS'] }, { token })
    expect(same.body).toEqual(changed.body)
    await staff.patch(path, { countries: [] })

    let cursor = ''
    const seen: string[] = []
    do {
      const page = (await api.get(`${MARKETS}?limit=2${cursor}`, { token })).body
      seen.push(...page.data.map(({ id }: { id: string }) => id))
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
    } while (cursor !== '')
    expect(seen).toContain(created.body.id)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('shares no country with another, and says which one', async () => {
    const taken = await api.post(MARKETS, wish({ countries: ['NZ', 'DE', 'US'] }), { token })
    expect(taken).toMatchObject({ status: 409, body: { code: 'country_taken' } })
    expect(pointersOf(taken)).toEqual(['/countries/1', '/countries/2'])
    const { id } = await staff.post(MARKETS, wish({ countries: ['NZ'] }))
    const moved = await api.patch(`${MARKETS}/${id}`, { countries: ['JP'] }, { token })
    expect(moved).toMatchObject({ status: 409, body: { code: 'country_taken' } })
    expect(pointersOf(moved)).toEqual(['/countries/0'])
    // Nothing of the refused change has happened.
    expect((await api.get(`${MARKETS}/${id}`, { token })).body).toMatchObject({ countries: ['NZ'], version: 1 })
    await staff.patch(`${MARKETS}/${id}`, { countries: [] })
  })

  it('says what is wrong with it, by a pointer', async () => {
    const cases: [string, unknown][] = [
      ['/name', wish({ name: ' ' })],
      ['/currency', wish({ currency: 'usd' })],
      ['/countries/0', wish({ countries: ['Norway'] })],
      ['/countries', wish({ countries: ['NO', 'NO'] })],
      ['/locales', wish({ locales: [] })],
      ['/locales/0', wish({ locales: ['EN'] })],
      ['/position', wish({ position: -1 })],
      ['/default', wish({ default: true })],
    ]
    for (const [pointer, body] of cases) {
      const answer = await api.post(MARKETS, body, { token })
      expectRefusal(answer, 422, JSON.stringify(body))
      expect(pointersOf(answer)).toEqual([pointer])
    }
    const missing = await api.patch(`${MARKETS}/${mint('market')}`, { name: 'N' }, { token })
    expect(missing).toMatchObject({ status: 404, body: { code: 'market_not_found' } })
  })
})

describe('own prices of a market', () => {
  const staleOnes = async () =>
    (await api.bindings.DB.prepare('SELECT count(*) AS n FROM stale_listings').first<{ n: number }>())?.n

  it('are refused for a product until the market has them, and for another currency', async () => {
    const { id: market_id } = await staff.post(MARKETS, wish({ currency: 'EUR' }))
    const product = (currency: string) => ({
      title: unique('Own'),
      variants: [
        {
          prices: [
            { currency, amount: 100, market_id },
            { currency, amount: 90 },
          ],
        },
      ],
    })
    const post = (currency: string) => api.post('/v1/admin/products', product(currency), { token })
    expect(pointersOf(await post('EUR'))).toEqual(['/variants'])
    const on = await staff.patch(`${MARKETS}/${market_id}`, { own_prices: true })
    expect(on.version).toBe(2)
    expect((await post('EUR')).status).toBe(201)
    expect(pointersOf(await post('USD'))).toEqual(['/variants'])
    // The currency is what its prices are in.
    const other = await api.patch(`${MARKETS}/${market_id}`, { currency: 'USD' }, { token })
    expect(other).toMatchObject({ status: 409, body: { code: 'market_has_prices' } })
    await closeMarket(api, market_id)
    const still = await api.patch(`${MARKETS}/${market_id}`, { currency: 'USD' }, { token })
    expect(still.body.code).toBe('market_has_prices')
  })

  it('take another currency while there are none, and their lists with them', async () => {
    const { handle } = await makeProduct(api, { usd: 700 })
    const id = await makeOwnMarket(api, { currency: 'EUR', countries: ['MT'] })
    const changed = await staff.patch(`${MARKETS}/${id}`, { currency: 'USD' })
    expect(changed.currency).toBe('USD')
    const product = (await api.get(`/v1/products/${handle}?country=MT`)).body
    expect(product.variants[0].price).toEqual({ amount: 700, currency: 'USD' })
    const card = (await api.get(`/v1/products?ids=${product.id}&country=MT`)).body.data[0]
    expect(card.price_range.min).toEqual({ amount: 700, currency: 'USD' })
    await closeMarket(api, id)
  })

  it('wait for the lists of a large shop, which the cron derives', async () => {
    const { handle } = await makeProduct(api)
    // As if there had been more than a request derives: something is left, and the market waits for it.
    const { id } = await staff.post(MARKETS, wish({ currency: 'EUR', countries: ['CY'] }))
    await api.bindings.DB.batch([
      api.bindings.DB.prepare('UPDATE markets SET own_prices = 1 WHERE id = ?').bind(id),
      api.bindings.DB.prepare('INSERT INTO stale_listings SELECT id FROM products'),
    ])
    const state = async () => (await api.get(`${MARKETS}/${id}`, { token })).body.own_prices
    expect(await state()).toBe('preparing')
    const derived = async () =>
      api.bindings.DB.prepare('SELECT count(*) AS n FROM product_prices WHERE market_id = ?')
        .bind(id)
        .first<{ n: number }>()
    expect((await derived())?.n).toBe(0)
    // So many a minute, and other tests have filled the shop.
    for (let minute = 0; minute < 20 && ((await staleOnes()) ?? 0) > 0; minute += 1) {
      await runScheduled(systemContext('cron', api.bindings, api.deps, () => {}))
    }
    expect(await staleOnes()).toBe(0)
    expect(await state()).toBe('on')
    expect((await derived())?.n).toBeGreaterThan(0)
    expect((await api.get(`/v1/products/${handle}?country=CY`)).body.variants[0].price.currency).toBe('EUR')
    await closeMarket(api, id)
    expect((await derived())?.n).toBe(0)
  }, 60_000)
})
