import { beforeAll, describe, expect, it } from 'vitest'
import { drainDocuments } from '../../src/features/search-index/drain.ts'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { asStaff, walkList } from '../support/staff.ts'
import { cronAt } from '../support/sweeps.ts'

const api = createApi()
const staff = asStaff(api)

// With many products that are not indexed yet counts are not exact, and other tests leave theirs.
beforeAll(() => drainDocuments(cronAt(api, 0), 1_000), 60_000)

/** A product that has values of an option. */
function withOption(name: string, values: readonly string[], fields: Record<string, unknown> = {}) {
  const prices = [{ currency: 'USD', amount: 2000 }]
  const variants = values.map((value) => ({ options: { [name]: value }, prices, inventory: { on_hand: 5 } }))
  return staff.post('/v1/admin/products', {
    ...{ title: unique('Product'), status: 'active', options: [name], variants },
    ...fields,
  })
}

const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id)

describe('a filter by an option', () => {
  it('shows products that have one of the values, of each option that is named', async () => {
    const [color, vendor] = [unique('Color'), unique('Vendor')]
    const red = await withOption(color, ['Red', 'Blue'], { vendor })
    const green = await withOption(color, ['Sea "green" & co'], { vendor })
    const list = async (...values: string[]) => {
      const query = new URLSearchParams([['vendor', vendor], ...values.map((value) => [`option.${color}`, value])])
      return idsOf((await api.get(`/v1/products?${query}`)).body)
    }
    expect(await list('Red')).toEqual([red.id])
    expect(await list('Blue', 'Red')).toEqual([red.id])
    expect(await list('Sea "green" & co')).toEqual([green.id])
    expect(await list('Sea "green" & co', 'Red')).toEqual([green.id, red.id])
    expect(await list('red')).toEqual([])
  })

  it('that no product has is refused, and the answer names those there are', async () => {
    const [name, hidden] = [unique('Color'), unique('Secret')]
    await withOption(name, ['Red'])
    await withOption(hidden, ['Red'], { status: 'draft' })
    for (const option of [hidden, `${name}x`, name.toLowerCase(), 'a/b~c', '"', '%']) {
      const answer = await api.get(`/v1/products?option.${encodeURIComponent(option)}=Red&option.${name}=Red`)
      expectRefusal(answer, 422, option)
      const pointer = `/query/option.${option.replaceAll('~', '~0').replaceAll('/', '~1')}`
      expect(answer.body.errors).toEqual([{ pointer, detail: expect.stringContaining(`option.${name}`) }])
      expect(answer.body.errors[0].detail.replace(`option.${option}`, '')).not.toContain(hidden)
    }
  })

  const many = (count: number, each: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => each(i)).join('&')
  it.each([
    ['21 values', many(21, (index) => `option.Color=${index}`), '/query/option.Color'],
    ['21 vendors', many(21, (index) => `vendor=${index}`), '/query/vendor'],
    ['11 options', many(11, (index) => `option.${index}=x`), '/query/option.10'],
    ['no name', 'option.=x', '/query/option.'],
    ['a name of 256 letters', `option.${'a'.repeat(256)}=x`, `/query/option.${'a'.repeat(256)}`],
    ['a value of 256 letters', `option.Color=${'a'.repeat(256)}`, '/query/option.Color'],
    ['no value', 'option.Color=', '/query/option.Color'],
    ['another beginning', 'options.Color=x', '/query/options.Color'],
    ['a beginning in capitals', 'Option.Color=x', '/query/Option.Color'],
    ['a beginning alone', 'option=x', '/query/option'],
  ])('with %s is refused', async (_, query, pointer) => {
    const answer = await api.get(`/v1/products?${query}`)
    expectRefusal(answer, 422, query)
    expect(pointersOf(answer)).toContain(pointer)
  })
})

describe('fields', () => {
  it('slim the products of a list, by names too, and leave their ids', async () => {
    const vendor = unique('Vendor')
    const { id, sku } = await makeProduct(api, { vendor, title: 'Mug' })
    for (const list of [`vendor=${vendor}`, `ids=${id}`, `skus=${sku}`]) {
      const slim = await api.get(`/v1/products?${list}&fields=title,available`)
      expect(slim.body.data).toEqual([{ id, title: 'Mug', available: true }])
      expect((await api.get(`/v1/products?${list}&fields=id`)).body.data).toEqual([{ id }])
      const whole = await api.get(`/v1/products?${list}`)
      expect(Object.keys(whole.body.data[0])).toHaveLength(9)
    }
  })

  it.each(['', 'price', 'title,', 'title, vendor', 'title,title,x', 'a'.repeat(600), '__proto__'])(
    'that there are not are refused, and the answer names those there are: %s',
    async (fields) => {
      const answer = await api.get(`/v1/products?fields=${fields}`)
      expectRefusal(answer, 422, fields)
      expect(pointersOf(answer)).toEqual(['/query/fields'])
      if (fields.length < 500) expect(answer.body.errors[0].detail).toContain('id, handle, title')
    },
  )
})

describe('facets', () => {
  it('go with no list by names', async () => {
    const answer = await api.get('/v1/products?ids=prod_1&facets=true')
    expectRefusal(answer, 422, 'ids')
    expect(pointersOf(answer)).toEqual(['/query/facets'])
  })

  it('have no drafts, nothing that is scheduled, and no collection that is a draft', async () => {
    const vendor = unique('Vendor')
    const open = await staff.post('/v1/admin/collections', { title: unique('Open'), status: 'active' })
    const draft = await staff.post('/v1/admin/collections', { title: unique('Draft') })
    const shown = await makeProduct(api, { vendor, tags: ['shown'] })
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const scheduled = await makeProduct(api, { vendor, tags: ['hidden'], published_at: later })
    const unfinished = await makeProduct(api, { vendor, tags: ['hidden'], status: 'draft' })
    for (const { id } of [open, draft]) {
      const add = [shown.id, scheduled.id, unfinished.id]
      await staff.patch(`/v1/admin/collections/${id}/products`, { add })
    }
    // Counts that are kept, and counts of what matches.
    for (const query of [
      `vendor=${vendor}`,
      `vendor=${vendor}&in_stock=true`,
      `vendor=${vendor}&collection=${draft.handle}`,
    ]) {
      const { body } = await api.get(`/v1/products?facets=true&${query}`)
      const values = (kind: string) =>
        body.facets
          .filter((facet: { kind: string }) => facet.kind === kind)
          .flatMap((facet: { values: unknown[] }) => facet.values)
      const isOpen = !query.includes('collection')
      expect(body.total).toEqual({ count: isOpen ? 1 : 0, at_least: false })
      expect(JSON.stringify(values('tag'))).not.toContain('hidden')
      const names = values('collection').map(({ value }: { value: string }) => value)
      expect(names).toEqual(isOpen ? [open.handle] : expect.arrayContaining([draft.handle, open.handle]))
      expect(JSON.stringify(body.facets)).not.toContain(draft.title)
    }
  })

  it('say which values are asked for, and lead away from them', async () => {
    const vendor = unique('Vendor & Söhne')
    await makeProduct(api, { vendor, tags: ['a'], usd: 2000 })
    const query = new URLSearchParams({
      vendor,
      in_stock: 'true',
      facets: 'true',
      price_min: '2000',
      price_max: '2999',
    })
    const { body } = await api.get(`/v1/products?${query}&limit=5`)
    const selected = body.facets.flatMap(
      ({ kind, values }: { kind: string; values: { selected: boolean; query: string }[] }) =>
        values.flatMap((value) => (value.selected ? [[kind, value.query]] : [])),
    )
    const without = (...names: string[]) => {
      const rest = new URLSearchParams(`${query}&limit=5`)
      for (const name of names) rest.delete(name)
      return rest.toString()
    }
    expect(Object.fromEntries(selected)).toEqual({
      vendor: without('vendor'),
      availability: without('in_stock'),
      price: without('price_min', 'price_max'),
    })
  })

  it('name collections as the locale does, and know one by a handle it had before', async () => {
    const old = unique('old').toLowerCase()
    const made = await staff.post('/v1/admin/collections', { title: 'Mugs', handle: old, status: 'active' })
    const { id } = await makeProduct(api)
    await staff.patch(`/v1/admin/collections/${made.id}/products`, { add: [id] })
    await staff.patch(`/v1/admin/collections/${made.id}`, { handle: `${old}-new` })
    const { body } = await api.get(`/v1/products?facets=true&limit=1&collection=${old}`)
    const [facet] = body.facets.filter(({ kind }: { kind: string }) => kind === 'collection')
    const value = facet.values.find(({ selected }: { selected: boolean }) => selected)
    expect(value).toMatchObject({ value: `${old}-new`, label: 'Mugs', count: 1, query: 'facets=true&limit=1' })
  })
})

describe('a list under several filters', () => {
  it('goes on where it was while products come and go: nothing is missing, nothing is there twice', async () => {
    const [vendor, tag] = [unique('Vendor'), unique('tag')]
    const made: string[] = []
    for (let index = 0; index < 9; index += 1) made.unshift((await makeProduct(api, { vendor, tags: [tag] })).id)
    const query = `vendor=${vendor}&tag=${tag}&limit=3`
    const first = (await api.get(`/v1/products?${query}`)).body
    await makeProduct(api, { vendor, tags: [tag] })
    await staff.patch(`/v1/admin/products/${made[1]}`, { status: 'draft' })
    await staff.patch(`/v1/admin/products/${made[4]}`, { tags: [] })
    const second = (await api.get(`/v1/products?${query}&cursor=${first.next_cursor}`)).body
    const third = (await api.get(`/v1/products?${query}&cursor=${second.next_cursor}`)).body
    expect([first, second, third].flatMap(idsOf)).toEqual(made.filter((id) => id !== made[4]))
    expect(third.next_cursor).toBeNull()
    expect(await walkList(api, query)).toHaveLength(8)
  })
})
