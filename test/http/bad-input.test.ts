import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { routes } from '../../src/app.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { MEDIA_TYPES } from '../../src/platform/http/body.ts'
import type { Route } from '../../src/platform/http/route.ts'
import type { Answer } from '../support/api.ts'
import { countRows, expectRefusal, pointersOf } from '../support/refusals.ts'
import { type Call, makeWorld, perform, sampleOf, toRequest, type World } from '../support/samples.ts'

const MAX_JSON_BYTES = 64 * 1024
const mint = createMint(new Date(), cryptoRandom)

interface Scene {
  world: World
  call: Call
  rows: Record<string, number>
  witness: unknown
}

async function witnessed({ api }: World, { witness }: Call): Promise<unknown> {
  return witness ? (await api.get(witness.path, { token: witness.token })).body : null
}

/** Sets the stage for the tests of one route, and afterwards holds them to having changed nothing. */
function stage(route: Route): Scene {
  const scene = {} as Scene
  beforeAll(async () => {
    scene.world = await makeWorld()
    scene.call = await sampleOf(route.id, scene.world)
    scene.rows = await countRows()
    scene.witness = await witnessed(scene.world, scene.call)
  })
  afterAll(async () => {
    expect(await countRows(), 'no refused request has left a row behind').toEqual(scene.rows)
    expect(await witnessed(scene.world, scene.call), 'no refused request has changed anything').toEqual(scene.witness)
  })
  return scene
}

/** Sends the route's own sample with another body, as it is. */
function sendBody(
  route: Route,
  { world, call }: Scene,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const request = toRequest(route, { ...call, body: undefined })
  const sent = new Headers(request.headers)
  const [mediaType] = MEDIA_TYPES[route.bodyType ?? 'json']
  if (mediaType) sent.set('Content-Type', mediaType)
  for (const [name, value] of Object.entries(headers)) sent.set(name, value)
  if (headers['Content-Type'] === '') sent.delete('Content-Type')
  return world.api.send(new Request(request, { body, headers: sent }))
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const bodied = routes.filter(({ body }) => body).map((route) => ({ id: route.id, route }))
const json = bodied.filter(({ route: { bodyType } }) => (bodyType ?? 'json') === 'json')
const limited = routes.filter(({ body, bodyType }) => body || bodyType).map((route) => ({ id: route.id, route }))

describe.each(limited)('$id refuses a body that', ({ route }) => {
  const scene = stage(route)
  const limit = route.maxBytes ?? MAX_JSON_BYTES
  const big = () => new Uint8Array(limit + 1).fill(0x20)

  it('is over its limit', async () => {
    expectRefusal(await sendBody(route, scene, big()), 413, 'one byte too many')
  })

  it('is over its limit, whatever Content-Length says', async () => {
    expectRefusal(await sendBody(route, scene, big(), { 'Content-Length': '2' }), 413, 'too small a Content-Length')
    const claimed = { 'Content-Length': String(limit + 1) }
    expectRefusal(await sendBody(route, scene, utf8('{}'), claimed), 413, 'too large a Content-Length')
  })

  it('never ends, and stops reading it', async () => {
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(0x20)),
      cancel: () => {
        cancelled = true
      },
    })
    expectRefusal(await sendBody(route, scene, endless), 413, 'an endless stream')
    expect(cancelled).toBe(true)
  })
})

describe.each(bodied)('$id refuses a body that', ({ route }) => {
  const scene = stage(route)
  const mediaTypes = MEDIA_TYPES[route.bodyType ?? 'json']

  it('is not UTF-8', async () => {
    const { body } = scene.call
    const text = typeof body === 'string' ? body : JSON.stringify({ ...(body as object), surprise: 'é' })
    const latin1 = Uint8Array.from([...text.replace('é', ''), 'é'], (letter) => letter.charCodeAt(0))
    expectRefusal(await sendBody(route, scene, latin1), 400, 'Latin-1')
    expectRefusal(await sendBody(route, scene, Uint8Array.from([0xff, 0xfe, 0x7b, 0])), 400, 'UTF-16')
    expectRefusal(await sendBody(route, scene, Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 400, 'a surrogate')
  })

  it('has another content type, and says which it takes', async () => {
    const others = ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']
    for (const type of [
      ...others,
      'application/json-patch+json',
      'text/json',
      'application/jsonx',
      ', application/json',
    ]) {
      const { body } = scene.call
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await sendBody(route, scene, utf8(text), { 'Content-Type': type })
      expectRefusal(answer, 415, `Content-Type: ${type}`)
      expect(answer.headers.get('Accept')).toBe(mediaTypes.join(', '))
    }
  })
})

/** Every object inside `value`, by its pointer. */
function objectsIn(value: unknown, pointer = ''): { pointer: string; object: Record<string, unknown> }[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, child]) => objectsIn(child, `${pointer}/${key}`))
  return Array.isArray(value) ? inside : [{ pointer, object: value as Record<string, unknown> }, ...inside]
}

const WRONG = [null, true, 7, -1.5, 1e300, 'surprise', [], {}, [null], [[]], { surprise: true }]

describe.each(json)('$id refuses a body that', ({ route }) => {
  const scene = stage(route)
  const schema = route.body?.()
  if (!(schema instanceof z.ZodObject)) throw new Error(`the body of ${route.id} is not declared as an object`)

  it('is not JSON', async () => {
    const texts = [
      '{',
      '{"a":1,}',
      "{'a':1}",
      'undefined',
      '{"a":NaN}',
      '{"a":01}',
      '{}{}',
      '<a/>',
      '\0',
      '"\n"',
      '{"a"',
    ]
    for (const text of texts) {
      const answer = await sendBody(route, scene, utf8(text), { 'Content-Type': 'Application/JSON;charset="utf-8"' })
      expectRefusal(answer, 400, text)
      expect(answer.body.code).toBe('malformed_request')
    }
  })

  it('is not an object', async () => {
    for (const text of ['[]', 'null', '7', '"text"', 'true', `[${JSON.stringify(scene.call.body)}]`]) {
      const answer = await sendBody(route, scene, text)
      expectRefusal(answer, 422, text)
      expect(pointersOf(answer), text).toEqual(['/'])
    }
  })

  it('is nested deeper than anybody needs', async () => {
    for (const text of ['['.repeat(30_000) + ']'.repeat(30_000), '{"a":'.repeat(10_000) + 1 + '}'.repeat(10_000)]) {
      expectRefusal(await sendBody(route, scene, text), 422, text.slice(0, 10))
    }
  })

  it('has a key the contract does not name, at any depth', async () => {
    expect(objectsIn(scene.call.body)).not.toEqual([])
    for (const { pointer } of objectsIn(scene.call.body)) {
      const body = structuredClone(scene.call.body)
      for (const { pointer: here, object } of objectsIn(body)) if (here === pointer) object.surprise = true
      const answer = await perform(scene.world.api, route, { ...scene.call, body })
      expectRefusal(answer, 422, `${pointer}/surprise`)
      expect(pointersOf(answer)).toContain(`${pointer}/surprise`)
    }
  })

  it('reaches for a prototype', async () => {
    const rest = JSON.stringify(scene.call.body).slice(1)
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const answer = await sendBody(route, scene, `{"${key}":{"polluted":true},${rest}`)
      expectRefusal(answer, 422, key)
      expect(pointersOf(answer)).toEqual([`/${key}`])
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    }
  })

  it.each(Object.entries(schema.shape))('has something else as its %s', async (field, declared) => {
    const wrong = WRONG.filter((value) => !(declared as z.ZodType).safeParse(value).success)
    expect(wrong.length, 'the declaration takes nearly anything').toBeGreaterThan(4)
    for (const value of wrong) {
      const body = { ...(scene.call.body as object), [field]: value }
      const answer = await perform(scene.world.api, route, { ...scene.call, body })
      expectRefusal(answer, 422, `${field}: ${JSON.stringify(value)}`)
      expect(pointersOf(answer).filter((pointer) => `${pointer}/`.startsWith(`/${field}/`))).not.toEqual([])
    }
  })
})

describe.each(routes.map((route) => ({ id: route.id, route })))('$id refuses', ({ route }) => {
  const scene = stage(route)
  const here = routes.filter(({ path }) => path === route.path).map(({ method }) => method.toUpperCase())

  it('another method, and says which there are', async () => {
    const { path } = scene.call
    for (const method of ['PUT', 'DELETE', 'REPORT'].filter((other) => !here.includes(other))) {
      const answer = await scene.world.api.send(new Request(`http://shop.test${path}`, { method }))
      expectRefusal(answer, 405, method)
      const allowed = (answer.headers.get('Allow') ?? '').split(', ')
      expect(allowed.filter((name) => name !== 'HEAD' && name !== 'OPTIONS').sort()).toEqual([...here].sort())
    }
  })

  it('a query parameter it does not have', async () => {
    for (const name of ['surprise', '__proto__', 'Limit', 'constructor']) {
      const path = `${scene.call.path}${scene.call.path.includes('?') ? '&' : '?'}${name}=1`
      const answer = await perform(scene.world.api, route, { ...scene.call, path })
      expectRefusal(answer, 422, name)
      expect(pointersOf(answer)).toEqual([`/query/${name}`])
    }
  })

  it('a URL too long to be meant', async () => {
    const path = `${scene.call.path}${scene.call.path.includes('?') ? '&' : '?'}${'a'.repeat(5000)}=1`
    expectRefusal(await perform(scene.world.api, route, { ...scene.call, path }), 422, 'a long URL')
  })

  const parameters = route.path.split('/').flatMap((part, index) => (part.startsWith(':') ? [{ part, index }] : []))
  it.each(parameters)('a $part that is none', async ({ index }) => {
    const parts = scene.call.path.split('/')
    const real = parts[index] ?? ''
    const nobodys = real.replace(/.{4}$/, (end) => (end === '0000' ? '1111' : '0000'))
    const others = [mint('guest'), mint('order'), mint('cart'), mint('product'), mint('event'), mint('payment')]
    const odd = [
      'x',
      '-',
      '0',
      '%00',
      '%20',
      '%2e%2e%2f',
      '%E0%A4%A',
      '%FF',
      '%F0%9F%91%BB',
      "'%20OR%201=1--",
      '%22%7D',
      '*',
    ]
    // Discount codes are upper case as they are.
    const shouted = real.toUpperCase() === real ? [] : [real.toUpperCase()]
    // What is a number has no end to change.
    const changed = nobodys === real ? [] : [nobodys]
    for (const id of [...changed, ...others, ...odd, ...shouted, `${real}x`, `${real}%0A`, 'a'.repeat(300)]) {
      const path = parts.with(index, id).join('/')
      expectRefusal(await perform(scene.world.api, route, { ...scene.call, path }), [404, 422], path)
    }
  })
})

const lists = routes.filter(
  ({ query }) => query?.() instanceof z.ZodObject && 'cursor' in (query() as z.ZodObject).shape,
)

describe.each(lists.map((route) => ({ id: route.id, route })))('$id refuses', ({ route }) => {
  const scene = stage(route)
  const ask = (query: string) => {
    const [path, asked] = scene.call.path.split('?')
    const kept = new URLSearchParams(asked)
    for (const name of ['limit', 'cursor']) kept.delete(name)
    return perform(scene.world.api, route, { ...scene.call, path: `${path}?${kept}&${query}` })
  }

  it.each(['0', '-1', '101', '1.5', '', 'x', 'NaN', 'Infinity', '1e9', '0x10', '1e1', '%2010', '1&limit=2'])(
    'limit=%s',
    async (limit) => {
      const answer = await ask(`limit=${limit}`)
      expectRefusal(answer, 422, `limit=${limit}`)
      expect(pointersOf(answer)).toEqual(['/query/limit'])
    },
  )

  it('a cursor that it has not given', async () => {
    const base64 = (text: string) => btoa(text).replaceAll('=', '')
    const sealed = ['[]', '{}', 'null', '["x"]', '["x",1]', '["x",{"a":1}]', '["x",null]', '[[["x"]]]']
    for (const cursor of ['', 'x', '%00', '!!!', 'a'.repeat(900), ...sealed.map(base64)]) {
      expectRefusal(await ask(`cursor=${cursor}`), 422, `cursor=${cursor}`)
    }
  })
})
