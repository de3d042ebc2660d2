import type { Route } from '../../src/platform/http/route.ts'

const DEVELOPMENT = 'Development'
const SYSTEM = 'System'

/** The resource that the path is about; staff's view of it is a tag of its own. */
export function tagOf({ access, path }: Pick<Route, 'access' | 'path'>): string {
  if (access === 'dev') return DEVELOPMENT
  const [version, ...segments] = path.split('/').filter((segment) => segment !== '')
  if (version !== 'v1') return SYSTEM
  const [first = '', second = ''] = segments
  return first === 'admin' ? `Admin: ${toTitle(second)}` : toTitle(first)
}

function toTitle(segment: string): string {
  const words = segment.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The tags in the order of the reference: what shoppers use, what staff use, the rest. */
export function listTags(routes: readonly Route[]): { name: string }[] {
  const place = (tag: string) => (tag === DEVELOPMENT ? 3 : tag === SYSTEM ? 2 : tag.startsWith('Admin: ') ? 1 : 0)
  return [...new Set(routes.map(tagOf))]
    .sort((left, right) => place(left) - place(right) || (left < right ? -1 : 1))
    .map((name) => ({ name }))
}
