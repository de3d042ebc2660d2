import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, violations } from '../support/api.ts'

const api = createApi()

/** A D1 that is not there: it throws as D1 does when it is overloaded. */
const gone = {
  withSession: () => ({
    prepare: () => ({ bind: () => ({}) }),
    batch: async () => {
      throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
    },
    getBookmark: () => null,
  }),
} as unknown as D1Database

describe('promise 6: catalog reads go on while D1 is down; nothing that moves money reads a cache', () => {
  it('serves a product that was seen before, marked stale, long after it has expired', async () => {
    const { handle } = await makeProduct(api)
    const before = await api.get(`/v1/products/${handle}`)
    const clock = () => new Date(Date.now() + 3600_000)
    const down = createApi({ bindings: { DB: gone, LOG_LEVEL: 'off' }, deps: { clock } })
    const after = await down.get(`/v1/products/${handle}`)
    expect(after).toMatchObject({ status: 200, body: before.body })
    expect(after.headers.get('X-Cache')).toBe('stale')
  })

  it('answers what was never seen, carts and complete with 503 and Retry-After, and nothing is half done', async () => {
    const { sku, handle } = await makeProduct(api)
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const down = createApi({ bindings: { DB: gone, LOG_LEVEL: 'off' } })
    const answers = [
      await down.get(`/v1/products/${handle}`),
      await down.get(`/v1/carts/${shopper.cartId}`, shopper),
      await complete(down, shopper),
    ]
    for (const { status, headers, body } of answers) {
      expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'temporarily_unavailable', '2'])
    }
    expect(await violations(api)).toEqual([])
  })
})
