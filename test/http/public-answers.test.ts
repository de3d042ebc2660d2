import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { defaultDeps, routes } from '../../src/app.ts'
import { type Family, want } from '../../src/platform/cache/cache.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { findGeneration } from '../../src/platform/generations.ts'
import type { Context } from '../../src/platform/http/context.ts'
import { sendHotFirst } from '../../src/platform/http/hot-answer.ts'
import { type Reply, type Route, route } from '../../src/platform/http/route.ts'
import { shape } from '../../src/platform/http/schema.ts'
import { serve } from '../../src/platform/http/serve.ts'
import { createApi, unique } from '../support/api.ts'
import { expectCaching, PUBLIC_ANSWER } from '../support/caching.ts'
import { testEnv } from '../support/env.ts'
import { makeWorld, perform, sampleOf, samples } from '../support/samples.ts'

const ORIGIN = 'http://shop.test'

function routeOf(name: string): Route {
  const route = routes.find(({ id }) => id === name.split('/')[0])
  if (!route) throw new Error(`${name} is not a route`)
  return route
}

afterEach(() => vi.restoreAllMocks())

describe('Cache-Control, without which the cache in front keeps an answer for hours,', () => {
  const cached = Object.keys(samples).filter((name) => routeOf(name).cache)
  it.each(cached)('is public for %s, and the same for every origin', async (name) => {
    const world = await makeWorld()
    for (const STAGE of ['dev', 'production']) {
      const api = createApi({ bindings: { STAGE } })
      const call = await sampleOf(name, world)
      for (const Origin of ['https://shop.example', 'https://anybody.example']) {
        const answer = await perform(api, routeOf(name), { ...call, headers: { Origin } })
        expect(answer.status).toBe(200)
        expectCaching(answer, routeOf(name))
      }
    }
  })

  it('is public for nothing but public reads', () => {
    for (const { access, method, cache } of routes) if (cache) expect([access, method]).toEqual(['public', 'get'])
  })

  it.each([...new Set(routes.map(({ path }) => path))])('is private for whatever else is asked of %s', async (path) => {
    const api = createApi({ bindings: { LOG_LEVEL: 'off', SESSION_KEYS: testEnv().SESSION_KEYS } })
    // A Worker without its configuration says so in its log, and keeps its answers out of caches as well.
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = createApi({ bindings: { LOG_LEVEL: 'off', SESSION_KEYS: 'nonsense' } })
    const url = ORIGIN + path.replaceAll(/:\w+/g, 'nothing')
    const asks = [
      ...['OPTIONS', 'PUT', 'PROPFIND', 'DELETE', 'POST'].map((method) => new Request(url, { method })),
      new Request(url, { method: 'OPTIONS', headers: { Origin: 'https://shop.example' } }),
      new Request(`${url}?unknown=1`),
      new Request(`${url}/and/more`),
    ]
    for (const ask of asks) {
      for (const { status, headers } of [await api.send(ask.clone()), await broken.send(ask)]) {
        expect(headers.get('Cache-Control'), `${ask.method} ${ask.url} ${status}`).toBe('private, no-store')
      }
    }
  })

  it('is private for what is nowhere', async () => {
    expect((await createApi().get('/v2')).headers.get('Cache-Control')).toBe('private, no-store')
  })
})

/** A catalog route of one handler, in an isolate of its own. @returns what it answers to requests. */
function shopOf(handle: (context: Context) => Promise<Reply | Response>, clock = () => new Date()) {
  const declared = route(
    {
      id: 'test',
      method: 'get',
      path: '/test',
      summary: 'A test',
      access: 'public',
      limit: null,
      cache: 'catalog',
      returns: shape(() => z.object({ name: z.string() })),
      problems: [],
    },
    handle,
  )
  const deps = defaultDeps({ clock })
  const app = new Hono<{ Bindings: Bindings }>()
  app.get(
    '/test',
    serve(declared, deps, async () => ({ caller: { kind: 'nobody' }, gate: null })),
  )
  const fetch = sendHotFirst(app.fetch as Parameters<typeof sendHotFirst>[0], deps)
  const get = async (headers: Record<string, string> = {}) => {
    const execution = createExecutionContext()
    const answer = await fetch(new Request(`${ORIGIN}/test`, { headers }), testEnv(), execution)
    await waitOnExecutionContext(execution)
    return answer
  }
  return { get, deps }
}

/** A family of one value, read when it is asked for, that is right until `change`. */
function familyOf(change: number | null): Family<string> {
  return {
    name: unique('test'),
    memoryMs: 5_000,
    softMs: 30_000,
    freshMs: 60_000,
    queries: () => [findGeneration()],
    collect: () => new Map([['x', 'x']]),
    currentUntil: () => change,
  }
}

async function nameIn({ cache }: Context, family: Family<string>) {
  const [found] = await cache.load([want(family, ['x'])])
  return { name: found.get('x')?.value ?? '' }
}

describe('a catalog answer', () => {
  it('carries the tags of its reply, and nothing that is none', async () => {
    const tags = ['product:prod_1', 'catalog', 'product:prod_1', 'a,b', 'c d', '']
    const { get } = shopOf(async () => ({ body: { name: 'x' }, tags }))
    expect((await get()).headers.get('Cache-Tag')).toBe('catalog,product:prod_1')
  })

  it.each([
    [20_500, 'public, max-age=20, stale-while-revalidate=0, stale-if-error=0'],
    [90_000, 'public, max-age=60, stale-while-revalidate=30, stale-if-error=30'],
    [3600_000, 'public, max-age=60, stale-while-revalidate=600, stale-if-error=3540'],
    [400, 'public, max-age=0, stale-while-revalidate=0, stale-if-error=0'],
    [null, 'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400'],
  ])('whose next change is %s ms away says so', async (away, expected) => {
    const now = new Date()
    const family = familyOf(away === null ? null : now.getTime() + away)
    const { get } = shopOf(
      async (context) => ({ body: await nameIn(context, family) }),
      () => now,
    )
    expect((await get()).headers.get('Cache-Control')).toBe(expected)
  })

  it('that is hot counts from now, and is over with the change', async () => {
    const start = Date.now()
    let at = start
    const family = familyOf(start + 4_000)
    let rendered = 0
    const handle = async (context: Context) => {
      rendered += 1
      return { body: await nameIn(context, family) }
    }
    const { get } = shopOf(handle, () => new Date(at))
    const ages = []
    for (const after of [0, 1_000, 3_999, 4_000]) {
      at = start + after
      ages.push([/max-age=\d+/.exec((await get()).headers.get('Cache-Control') ?? '')?.[0], rendered])
    }
    expect(ages).toEqual([
      ['max-age=4', 1],
      ['max-age=3', 1],
      ['max-age=0', 1],
      ['max-age=0', 2],
    ])
  })

  it('may be a redirect, which is as public and has no body', async () => {
    const reply = { status: 301, headers: { Location: '/v1/products/new' }, body: null, tags: ['product:prod_1'] }
    const { get, deps } = shopOf(async () => reply)
    const answer = await get()
    expect([answer.status, await answer.text()]).toEqual([301, ''])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      location: '/v1/products/new',
      'cache-control': expect.stringMatching(PUBLIC_ANSWER.catalog),
      'cache-tag': 'catalog,product:prod_1',
    })
    expect([answer.headers.get('Content-Type'), deps.memory.answers.size]).toEqual([null, 0])
  })

  it('may be of another type, which is as public unless it says not', async () => {
    const headers = { 'Content-Type': 'application/xml', 'Cache-Tag': 'sitemap' }
    const answer = await shopOf(async () => new Response('<urlset/>', { headers })).get()
    expect(await answer.text()).toBe('<urlset/>')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/xml',
      'cache-control': expect.stringMatching(PUBLIC_ANSWER.catalog),
      'cache-tag': 'catalog,sitemap',
    })
    const own = { 'Cache-Control': 'public, max-age=5' }
    expect((await shopOf(async () => new Response('', { headers: own })).get()).headers.get('Cache-Control')).toBe(
      'public, max-age=5',
    )
    const gone = await shopOf(async () => new Response('', { status: 410 })).get()
    expect(gone.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it('that says itself how it may be kept is not kept here', async () => {
    const family = familyOf(null)
    const headers = { 'Cache-Control': 'private, no-store' }
    const { get, deps } = shopOf(async (context) => ({ body: await nameIn(context, family), headers }))
    expect((await get()).headers.get('Cache-Control')).toBe('private, no-store')
    expect(deps.memory.answers.size).toBe(0)
  })

  it('that came through no cache is rendered each time', async () => {
    const { get, deps } = shopOf(async () => ({ body: { name: 'x' } }))
    await get()
    expect(deps.memory.answers.size).toBe(0)
  })
})
