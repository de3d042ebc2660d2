import { expect } from 'vitest'
import type { Route } from '../../src/platform/http/route.ts'
import type { Answer } from './api.ts'

/** What `Cache-Control` says of an answer of a route that is cached. */
export const PUBLIC_ANSWER = {
  catalog: /^public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=\d+$/,
  feed: /^public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=\d+$/,
  static: /^public, max-age=3600$/,
}

/** An answer that is not a refusal is as public as its route declares, and everything else is nobody's to keep. */
export function expectCaching({ status, headers }: Answer, { cache, streams, versioned }: Route): void {
  if (versioned) expect(headers.get('ETag')).toMatch(/^"\d+"$/)
  if (!cache) {
    expect(headers.get('Cache-Control')).toBe('private, no-store')
    expect(headers.get('Cache-Tag')).toBeNull()
    return
  }
  expect(headers.get('Cache-Control')).toMatch(PUBLIC_ANSWER[cache])
  expect(headers.has('ETag'), 'an ETag').toBe(status === 200 && !streams)
  expect([headers.get('Vary'), headers.get('Set-Cookie')]).toEqual([null, null])
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(headers.get('Cache-Tag')?.split(',')[0] ?? null).toBe(cache === 'static' ? null : 'catalog')
}
