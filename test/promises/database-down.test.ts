import { describe, expect, it } from 'vitest'
import {
  type Answer,
  type Api,
  allViolations,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  unique,
} from '../support/api.ts'
import { silent, withHook } from '../support/faults.ts'

const api = createApi()
const HOUR = 3600_000
const later = () => new Date(Date.now() + HOUR)

/** A D1 that is not there: it throws as D1 does when it is overloaded. */
const gone = silent(async () => {
  throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
})

/** A D1 that never answers. */
const hanging = silent(() => new Promise(() => {}))

async function timed(ask: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const from = Date.now()
  return { answer: await ask(), ms: Date.now() - from }
}

async function seen(): Promise<{ paths: string[]; before: Answer[] }> {
  const vendor = unique('Seen')
  const { handle } = await makeProduct(api, { vendor })
  const paths = [
    `/v1/products/${handle}`,
    `/v1/products?vendor=${vendor}`,
    '/v1/collections/everything',
    '/v1/collections',
  ]
  const before = []
  for (const path of paths) before.push(await api.get(path))
  return { paths, before }
}

function expectStale(answer: Answer, { body, headers }: Answer): void {
  expect(answer).toMatchObject({ status: 200, body })
  expect(answer.headers.get('ETag')).toBe(headers.get('ETag'))
  expect(answer.headers.get('X-Cache')).toBe('stale')
  const age = Number(answer.headers.get('Age'))
  expect(age).toBeGreaterThanOrEqual(HOUR / 1000)
  expect(age).toBeLessThan(HOUR / 1000 + 120)
  expect(answer.headers.get('Cache-Control')).toBe('public, max-age=5, stale-while-revalidate=0, stale-if-error=86400')
}

describe('promise 6: catalog reads go on while D1 is down; nothing that moves money reads a cache', () => {
  it.each([
    ['throws', gone],
    ['hangs', hanging],
  ])('serves what was seen before, marked stale and with its age, while D1 %s', async (_, DB) => {
    const { paths, before } = await seen()
    const down = createApi({ bindings: { DB, LOG_LEVEL: 'off' }, deps: { clock: later }, settle: false })
    const first = await timed(() => down.get(paths[0] ?? ''))
    // What has a value to fall back on waits a second for D1, once; then D1 is left alone for a while.
    expect(first.ms).toBeLessThan(2500)
    for (const [index, path] of paths.entries()) {
      const { answer, ms } = await timed(() => down.get(path))
      expectStale(answer, before[index] as Answer)
      expect(ms, path).toBeLessThan(500)
    }
  })

  it('serves a crowd that comes while D1 hangs after one second, all of them', async () => {
    const { paths, before } = await seen()
    const down = createApi({ bindings: { DB: hanging, LOG_LEVEL: 'off' }, deps: { clock: later }, settle: false })
    const crowd = await timed(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => down.get(paths[0] ?? '')))
      for (const answer of answers) expectStale(answer, before[0] as Answer)
      return answers[0] as Answer
    })
    expect(crowd.ms).toBeLessThan(2500)
  })

  it('goes back to D1 once it answers again, and keeps no stale answer', async () => {
    const { paths } = await seen()
    let down = true
    const flaky = withHook(api.bindings.DB, () => {
      if (down) throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
    })
    let at = Date.now() + HOUR
    const shop = createApi({ bindings: { DB: flaky, LOG_LEVEL: 'off' }, deps: { clock: () => new Date(at) } })
    expect((await shop.get(paths[0] ?? '')).headers.get('X-Cache')).toBe('stale')
    down = false
    at += 5_001
    const { headers } = await shop.get(paths[0] ?? '')
    expect([headers.get('X-Cache'), headers.get('Age')]).toEqual([null, null])
    expect(headers.get('Server-Timing')).toContain('trips=1')
  })

  it('answers what was never seen with 503 and Retry-After, also to a crowd and while D1 hangs', async () => {
    const { handle } = await makeProduct(api)
    const down = createApi({ bindings: { DB: hanging, LOG_LEVEL: 'off' } })
    const { answer, ms } = await timed(async () => {
      const answers = await Promise.all([1, 2, 3].map(() => down.get(`/v1/products/${handle}`)))
      for (const { status, headers } of answers) expect([status, headers.get('Retry-After')]).toEqual([503, '2'])
      return answers[0] as Answer
    })
    expect(answer.body.code).toBe('temporarily_unavailable')
    expect(ms).toBeLessThan(6500)
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
    expect(await allViolations(api)).toEqual([])
  })
})

describe('a crowd at a product that nobody has asked for yet', () => {
  it.each([
    ['by one path', (handle: string) => () => `/v1/products/${handle}`],
    ['by two', (handle: string, id: string) => (index: number) => `/v1/products/${index % 2 ? id : handle}`],
  ])('costs one D1 trip a key and isolate %s', async (_, pathOf) => {
    const { handle, id } = await makeProduct(api)
    await api.bindings.CACHE.delete('markets:all')
    let batches = 0
    const counted = withHook(api.bindings.DB, () => {
      batches += 1
    })
    const shop: Api = createApi({ bindings: { DB: counted } })
    const path = pathOf(handle, id)
    const paths = Array.from({ length: 200 }, (_unused, index) => path(index))
    const answers = await Promise.all(paths.map((asked) => shop.get(asked)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.handle}`))).toEqual(new Set([`200 ${handle}`]))
    expect(batches).toBe(new Set(paths).size)
  })
})
