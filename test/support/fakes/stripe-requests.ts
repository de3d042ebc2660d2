import type { Book, Stored } from './stripe-book.ts'

export type Params = { [name: string]: string | Params }

/** Form-encoded parameters with brackets, as the API takes them: `metadata[order]=1&expand[0]=data`. */
export function parseForm(text: string): Params {
  const params: Params = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.replaceAll(']', '').split('[')
    let place = params
    for (const step of path.slice(0, -1)) {
      const inner = place[step]
      const next = typeof inner === 'object' ? inner : {}
      place[step] = next
      place = next
    }
    const last = path.at(-1) ?? ''
    place[last === '' ? String(Object.keys(place).length) : last] = value
  }
  return params
}

/** The values of a list: `expand[0]`, `expand[]`. */
export function listOf(value: Params[string] | undefined): string[] {
  return typeof value === 'object'
    ? Object.values(value).filter((item): item is string => typeof item === 'string')
    : []
}

export function textsOf(value: Params[string] | undefined): Record<string, string> {
  const entries = typeof value === 'object' ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** A copy of an object with the ids at `paths` replaced by what they stand for. */
export function expanded(book: Book, object: Stored, paths: readonly string[]): Record<string, unknown> {
  const copy = structuredClone(object) as unknown as Record<string, unknown>
  for (const path of paths) {
    const [head = '', ...rest] = path.split('.')
    const id = copy[head]
    const inner = typeof id === 'string' ? book.objects.get(id) : undefined
    if (inner) copy[head] = expanded(book, inner, rest.length > 0 ? [rest.join('.')] : [])
  }
  return copy
}

/** A page of objects, the newest first, by `limit`, `starting_after` and `created`. */
export function pageOf(
  book: Book,
  path: string,
  objects: readonly (Stored & { created: number })[],
  params: Params,
): Record<string, unknown> {
  const { gte = 0, lte = Number.MAX_SAFE_INTEGER } = typeof params.created === 'object' ? textsOf(params.created) : {}
  const limit = Number(params.limit ?? 10)
  const young = objects.filter(({ created }) => created >= Number(gte) && created <= Number(lte))
  const from = young.findIndex(({ id }) => id === params.starting_after) + 1
  const paths = listOf(params.expand).map((item) => item.replace(/^data\./, ''))
  const data = young.slice(from, from + limit).map((object) => expanded(book, object, paths))
  return { object: 'list', url: path, has_more: from + limit < young.length, data }
}
