/** Makes query strings of lists that differ from one in a value. They begin at the start of their list. */
export interface ListLinks {
  /** The list with one more value of a parameter. */
  with(name: string, value: string): string
  /** The list without that value. */
  without(name: string, value: string): string
  /** The list with these values of parameters that have one; null takes the parameter out. */
  withOnly(values: Readonly<Record<string, string | null>>): string
}

/** @param url that of the list. */
export function linksOf(url: string): ListLinks {
  const change = (edit: (query: URLSearchParams) => void): string => {
    const query = new URLSearchParams(new URL(url).search)
    query.delete('cursor')
    edit(query)
    // What only goes with something that is no longer asked for.
    if (query.get('sort') === 'manual' && new Set(query.getAll('collection')).size !== 1) query.delete('sort')
    if (!query.has('category')) query.delete('descendants')
    return query.toString()
  }
  return {
    with: (name, value) => change((query) => query.append(name, value)),
    without: (name, value) => change((query) => query.delete(name, value)),
    withOnly: (values) =>
      change((query) => {
        for (const [name, value] of Object.entries(values)) {
          if (value === null) query.delete(name)
          else query.set(name, value)
        }
      }),
  }
}
