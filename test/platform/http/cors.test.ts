import { describe, expect, it } from 'vitest'
import { corsHeaders, preflightHeaders } from '../../../src/platform/http/cors.ts'

const allowed = ['https://shop.example', 'http://localhost:3000']

describe('public answers', () => {
  it.each([undefined, 'null', 'https://anybody.example'])('are open to %j, without credentials', (origin) => {
    const headers = corsHeaders(origin, { open: true, allowed })
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*' })
    expect(headers).not.toHaveProperty('Access-Control-Allow-Credentials')
    // The same for everybody: a cache in between may keep one copy.
    expect(headers).not.toHaveProperty('Vary')
  })
})

describe('all other answers', () => {
  it.each(allowed)('are for %s, with credentials', (origin) => {
    expect(corsHeaders(origin, { open: false, allowed })).toMatchObject({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      Vary: 'Origin',
    })
  })

  it.each([
    undefined,
    '',
    'null',
    '*',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example/',
    'https://SHOP.example',
    'https://shop.example.evil.example',
    'https://evilshop.example',
    'https://evil.example/https://shop.example',
    'https://shop.example, https://evil.example',
    'https://user@shop.example',
    'shop.example',
  ])('are not for %j, and say that another origin may get another answer', (origin) => {
    expect(corsHeaders(origin, { open: false, allowed })).toEqual({ Vary: 'Origin' })
  })

  it.each([[[]], [['null']], [['*']]])('are for nobody on the list %j', (list) => {
    expect(corsHeaders('null', { open: false, allowed: list })).toEqual({ Vary: 'Origin' })
    expect(corsHeaders('https://shop.example', { open: false, allowed: list })).toEqual({ Vary: 'Origin' })
  })
})

it('a preflight names every header a storefront sends', () => {
  const headers = preflightHeaders(['GET', 'OPTIONS'])
  expect(headers['Access-Control-Allow-Methods']).toBe('GET, OPTIONS')
  for (const name of ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-D1-Bookmark']) {
    expect(headers['Access-Control-Allow-Headers']).toContain(name)
  }
})
