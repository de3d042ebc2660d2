import { CATALOG_TAG } from '../cache/purge.ts'
import type { Context } from './context.ts'

/**
 * `catalog` is for the cache in front and for browsers, `feed` for robots that come once a day, `static` is never purged;
 * nothing else is public.
 */
export type Caching = 'catalog' | 'feed' | 'static'

/** Seconds: fresh, served while it is renewed, served while renewing it fails. No s-maxage: it would switch the second
 *  off in the cache in front of the Worker. */
const CATALOG = { fresh: 60, renewing: 600, failing: 86_400 }
// Not renewed behind a robot's back for long: one that comes once a day would be given yesterday's prices each time.
const FEED = { fresh: 3600, renewing: 600, failing: 86_400 }
// What is past its time already (D1 is down) is kept just long enough to take the load off.
const STALE = { fresh: 5, renewing: 0, failing: 86_400 }

/**
 * `Cache-Control` of a public answer. No part of it reaches beyond `changesAt`, the next change that is known already:
 * a price is not shown a moment after its sale has ended.
 * @param changesAt Unix milliseconds, or null.
 */
export function cacheControl(
  kind: Caching,
  { nowMs, changesAt, stale }: { nowMs: number; changesAt: number | null; stale: boolean },
): string {
  if (kind === 'static') return 'public, max-age=3600'
  const { fresh, renewing, failing } = stale ? STALE : kind === 'feed' ? FEED : CATALOG
  const left = changesAt === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor((changesAt - nowMs) / 1000))
  const maxAge = Math.min(fresh, left)
  const after = (seconds: number) => Math.min(seconds, left - maxAge)
  return `public, max-age=${maxAge}, stale-while-revalidate=${after(renewing)}, stale-if-error=${after(failing)}`
}

/** What the caches between here and the shopper are told of a public answer. A handler's own Cache-Control stays. */
export function setCacheHeaders(
  headers: Headers,
  kind: Caching,
  { cache, now }: Context,
  tags: readonly string[] = [],
): void {
  const { changesAt, oldestAt } = cache.basis
  const nowMs = now.getTime()
  if (!headers.has('Cache-Control')) {
    headers.set('Cache-Control', cacheControl(kind, { nowMs, changesAt, stale: cache.stale }))
  }
  if (kind === 'static') return
  headers.set('Cache-Tag', tagList(tags))
  if (!cache.stale) return
  headers.set('X-Cache', 'stale')
  headers.set('Age', String(Math.max(0, Math.floor((nowMs - (oldestAt ?? nowMs)) / 1000))))
}

// The header is a list: what would break out of it is no tag.
const TAG = /^[\x21-\x2b\x2d-\x7e]{1,1024}$/

function tagList(tags: readonly string[]): string {
  return [CATALOG_TAG, ...new Set(tags.filter((tag) => TAG.test(tag) && tag !== CATALOG_TAG))].join(',')
}
