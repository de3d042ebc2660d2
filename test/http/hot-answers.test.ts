import { describe, expect, it } from 'vitest'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'

const ORIGIN = 'http://shop.test'
const PER_REQUEST = ['x-request-id', 'server-timing', 'ratelimit-policy']

/** An answer as bytes and headers, without what is of one request. */
async function fetchOnce(api: ReturnType<typeof createApi>, path: string, init: RequestInit = {}) {
  const { status, headers, body } = await api.send(new Request(ORIGIN + path, init))
  const lasting = [...headers].filter(([name]) => !PER_REQUEST.includes(name))
  return { status, body, lasting: Object.fromEntries(lasting), headers }
}

const trips = (headers: Headers) => headers.get('Server-Timing')

async function paths(api: ReturnType<typeof createApi>): Promise<string[]> {
  const vendor = unique('Hot')
  const { handle, id } = await makeProduct(api, { vendor })
  return [
    `/v1/products/${handle}`,
    `/v1/products/${id}?currency=EUR`,
    `/v1/products?vendor=${vendor}`,
    '/v1/collections',
    '/v1/collections/everything',
    '/v1/markets',
  ]
}

const REQUESTS: Record<string, (tag: string) => RequestInit> = {
  GET: () => ({}),
  HEAD: () => ({ method: 'HEAD' }),
  'GET from another origin': () => ({ headers: { Origin: 'https://anybody.example' } }),
  'GET with credentials': () => ({ headers: { Authorization: 'Bearer nonsense', Cookie: 'a=b' } }),
  'GET with If-Match': () => ({ headers: { 'If-Match': 'W/"x"' } }),
  'GET of what is known': (tag) => ({ headers: { 'If-None-Match': tag } }),
  'GET of what is known weakly': (tag) => ({ headers: { 'If-None-Match': `"x", W/${tag}` } }),
  'GET of what is known to be else': () => ({ headers: { 'If-None-Match': '"x"' } }),
}

describe.each(['dev', 'production'])('in %s', (STAGE) => {
  it.each(Object.entries(REQUESTS))('%s is the same hot as rendered', async (_, init) => {
    const maker = createApi()
    for (const path of await paths(maker)) {
      const first = await fetchOnce(createApi({ bindings: { STAGE } }), path)
      const tag = first.lasting.etag ?? ''
      const rendered = await fetchOnce(createApi({ bindings: { STAGE } }), path, init(tag))
      const isolate = createApi({ bindings: { STAGE } })
      await fetchOnce(isolate, path)
      expect(isolate.deps.memory.answers.size, path).toBe(1)
      const hot = await fetchOnce(isolate, path, init(tag))
      const plain = ({ status, body, lasting }: typeof hot) => ({ status, body, lasting })
      expect(plain(hot)).toEqual(plain(rendered))
      expect([...hot.headers.keys()].sort()).toEqual([...rendered.headers.keys()].sort())
    }
  })
})

describe('a hot answer', () => {
  it('has read nothing and has a request id of its own', async () => {
    const api = createApi()
    const [path = ''] = await paths(api)
    const [first, second, third] = [await api.get(path), await api.get(path), await api.get(path)]
    expect(trips(first.headers)).not.toContain('trips=0')
    expect(trips(second.headers)).toBe('d1;desc="trips=0 read=0 written=0", kv;desc="reads=0 writes=0"')
    const ids = [first, second, third].map(({ headers }) => headers.get('X-Request-Id'))
    expect(new Set(ids).size).toBe(3)
    expect(ids.every((id) => /^req_\w{26}$/.test(id ?? ''))).toBe(true)
  })

  it('is over with the time its values have in memory', async () => {
    const maker = createApi()
    const [path = ''] = await paths(maker)
    let at = Date.now()
    const api = createApi({ deps: { clock: () => new Date(at) } })
    await api.get(path)
    at += 4_999
    expect(trips((await api.get(path)).headers)).toContain('reads=0')
    at += 1
    expect(trips((await api.get(path)).headers)).toContain('reads=1')
  })

  it('is over with a change made here', async () => {
    const api = createApi()
    const { staffKey } = await seedShop()
    const { handle, id } = await makeProduct(api)
    const read = async () => (await api.get(`/v1/products/${handle}`)).body.title
    await read()
    for (const title of ['Renamed', 'Renamed again']) {
      await api.patch(`/v1/admin/products/${id}`, { title }, { token: staffKey })
      expect([await read(), await read()]).toEqual([title, title])
    }
  })

  it('is over with a value that this isolate has learned better', async () => {
    const api = createApi()
    const [path = ''] = await paths(api)
    await api.get(path)
    const [id = '', entry] = api.deps.memory.answers.get(ORIGIN + path)?.basis.entries[0] ?? []
    if (entry) api.deps.memory.set(id, { ...entry, storedAt: entry.storedAt + 1 }, Date.now())
    const before = api.deps.memory.answers.get(ORIGIN + path)
    await api.get(path)
    expect(api.deps.memory.answers.get(ORIGIN + path)).not.toBe(before)
  })

  it('is not counted by the rate limiter, and everything else is', async () => {
    const asked: string[] = []
    const limiter = {
      limit: async ({ key }: { key: string }) => {
        asked.push(key)
        return { success: asked.length <= 2 }
      },
    }
    const bindings = { RATE_LIMITS: 'on', RL_BROWSE: limiter as unknown as RateLimit }
    const maker = createApi()
    const [path = '', other = '', third = ''] = await paths(maker)
    const api = createApi({ bindings })
    const statuses = []
    for (const asking of [path, path, path, other, path, third, path]) statuses.push((await api.get(asking)).status)
    expect([statuses, asked.length]).toEqual([[200, 200, 200, 200, 200, 429, 200], 3])
  })

  it('is never a refusal, and never of another host or query', async () => {
    const api = createApi()
    const [path = ''] = await paths(api)
    for (const refused of ['/v1/products/nothing-there', `${path}?currency=CHF`, `${path}?unknown=1`]) {
      expect((await api.get(refused)).status).toBeGreaterThanOrEqual(400)
    }
    expect(api.deps.memory.answers.size).toBe(0)
    await api.get(path)
    await api.get(`${path}?currency=USD`)
    await api.send(new Request(`http://other.test${path}`))
    expect(api.deps.memory.answers.size).toBe(3)
  })

  it('is not asked for by another method', async () => {
    const api = createApi()
    const [path = ''] = await paths(api)
    await api.get(path)
    expect((await api.post(path, {})).status).toBe(405)
    expect((await api.send(new Request(ORIGIN + path, { method: 'OPTIONS' }))).status).toBe(204)
  })

  it('may be made of values that another isolate has left in KV', async () => {
    const maker = createApi()
    const [path = ''] = await paths(maker)
    await maker.get(path)
    const api = createApi()
    expect(trips((await api.get(path)).headers)).toContain('trips=0 read=0 written=0", kv;desc="reads=1')
    expect(trips((await api.get(path)).headers)).toContain('trips=0 read=0 written=0", kv;desc="reads=0')
  })
})
