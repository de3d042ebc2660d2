import type { Walk } from './walk.ts'

/** Searches in the demo shop: while it is typed, misspelt, narrowed down. In another shop it is left out. */
export async function search({ step, show, request }: Walk): Promise<void> {
  const goods = await request('GET', '/v1/products?skus=KJELE')
  if (goods.data.length === 0) return

  const typed = await step('Type three letters', 'GET', '/v1/search/suggest?q=ket&limit=3')
  for (const { title, highlight } of typed.products) show(title, highlight ?? '')
  for (const { title } of typed.collections) show(title, 'a collection')

  const wrong = await step('Misspell it', 'GET', '/v1/products?q=kettel&limit=3')
  show('taken for', wrong.corrected_query)
  for (const { title, highlights } of wrong.data) show(title, highlights.snippet ?? highlights.title ?? '')

  const wide = await step(
    'Search for something that many are, with what it can be narrowed down by',
    'GET',
    '/v1/products?q=wool&facets=true&limit=3',
  )
  show('found', String(wide.total.count))
  for (const { kind, name, values } of wide.facets.slice(0, 4)) {
    const counted = values
      .slice(0, 3)
      .map(({ label, value, min, count }: Value) => `${label ?? value ?? min?.amount} (${count})`)
    show(name ?? kind, counted.join(', '))
  }

  const [first] = wide.facets.find(({ kind }: { kind: string }) => kind === 'category')?.values ?? []
  if (!first) return
  const narrow = await step('Follow the first category', 'GET', `/v1/products?${first.query}`)
  show('found', `${narrow.total.count}, as was promised: ${first.count}`)
}

interface Value {
  label?: string
  value?: string
  min?: { amount: number }
  count: number
}
