import { afterAll, describe, expect, it } from 'vitest'
import { allViolations, createApi, makeProduct, unique } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)

afterAll(async () => {
  expect(await allViolations(api)).toEqual([])
})

/** A product with two options and two variants, under a vendor of its own. */
async function makeShirt() {
  const vendor = unique('Vendor')
  const variant = (Size: string, Color: string) => ({
    sku: unique('S'),
    options: { Size, Color },
    prices: [{ currency: 'USD', amount: 2000 }],
    inventory: { on_hand: 5 },
  })
  const wish = {
    title: unique('Shirt'),
    description_html: '<p>Soft</p>',
    seo: { title: 'Shirts', description: 'All' },
    vendor,
    status: 'active',
    options: ['Size', 'Color'],
    variants: [variant('Small', 'Red'), variant('Large', 'Red')],
  }
  const product = await staff.post('/v1/admin/products', wish)
  return { ...product, path: `/v1/admin/products/${product.id}/translations` }
}

const OPTIONS = {
  Size: { name: 'Größe', values: { Small: 'Klein', Large: 'Groß' } },
  Color: { values: { Red: 'Rot' } },
}

describe('a product in other locales', () => {
  it('falls back from its locale to the language to the source, text by text', async () => {
    const product = await makeShirt()
    await staff.patch(`${product.path}/de`, { title: 'Hemd', seo_title: 'Hemden', options: OPTIONS })
    await staff.patch(`${product.path}/de-AT`, { title: 'Leiberl' })
    const show = async (locale: string) => (await api.get(`/v1/products/${product.handle}?locale=${locale}`)).body
    expect(await show('de-AT')).toMatchObject({
      title: 'Leiberl',
      description_html: '<p>Soft</p>',
      seo: { title: 'Hemden', description: 'All' },
      options: [
        { name: 'Größe', values: ['Klein', 'Groß'] },
        { name: 'Color', values: ['Rot'] },
      ],
      variants: [
        { title: 'Klein / Rot', options: { Größe: 'Klein', Color: 'Rot' } },
        { title: 'Groß / Rot', options: { Größe: 'Groß', Color: 'Rot' } },
      ],
    })
    expect(await show('de-DE')).toMatchObject({ title: 'Hemd', seo: { title: 'Hemden' } })
    const source = await show('en-GB')
    expect(source).toMatchObject({ title: product.title, seo: { title: 'Shirts' } })
    expect(source.variants[0]).toMatchObject({ title: 'Small / Red', options: { Size: 'Small', Color: 'Red' } })
    for (const [option, value] of [
      ['Größe', 'Groß'],
      ['Size', 'Large'],
    ]) {
      const query = `option.${encodeURIComponent(option ?? '')}=${encodeURIComponent(value ?? '')}&locale=de-AT`
      const { body } = await api.get(`/v1/products/${product.handle}/variants?${query}`)
      expect(body.data).toMatchObject([{ id: product.variants[1].id, title: 'Groß / Rot' }])
    }
  })

  it('is named so on cards and on lines of a cart', async () => {
    const product = await makeShirt()
    await staff.patch(`${product.path}/de`, { title: 'Hemd', options: OPTIONS })
    await staff.patch(`${product.path}/de-AT`, { title: 'Leiberl' })
    const cardIn = async (locale: string) =>
      (await api.get(`/v1/products?vendor=${product.vendor}&locale=${locale}`)).body.data[0].title
    expect([await cardIn('de-AT'), await cardIn('de-DE'), await cardIn('en-US')]).toEqual([
      'Leiberl',
      'Hemd',
      product.title,
    ])
    const lines = [{ variant_id: product.variants[0].id, quantity: 1 }]
    const lineIn = async (locale: string) => (await api.post('/v1/carts', { lines, locale })).body.lines[0]
    expect(await lineIn('de-AT')).toMatchObject({ title: 'Leiberl', variant_title: 'Klein / Rot' })
    expect(await lineIn('de-DE')).toMatchObject({ title: 'Hemd', variant_title: 'Klein / Rot' })
    expect(await lineIn('en-US')).toMatchObject({ title: product.title, variant_title: 'Small / Red' })
  })

  it('names its collections and categories so', async () => {
    const category = await staff.post('/v1/admin/categories', { title: unique('Clothes') })
    const collection = await staff.post('/v1/admin/collections', { title: unique('New'), status: 'active' })
    const { id } = await makeProduct(api, { category_id: category.id })
    await staff.patch(`/v1/admin/collections/${collection.id}/products`, { add: [id] })
    await staff.patch(`/v1/admin/categories/${category.id}/translations/de`, { title: 'Kleidung' })
    await staff.patch(`/v1/admin/collections/${collection.id}/translations/de-AT`, { title: 'Heuer neu' })
    const { body } = await api.get(`/v1/products/${id}?locale=de-AT`)
    expect(body.category).toMatchObject({ title: 'Kleidung', breadcrumbs: [{ title: 'Kleidung' }] })
    expect(body.collections).toEqual([{ handle: collection.handle, title: 'Heuer neu' }])
    const german = await api.get(`/v1/products/${id}?locale=de-DE`)
    expect(german.body.collections[0].title).toBe(collection.title)
  })

  it('has an option that is called like what every object has', async () => {
    const variant = (value: string) => ({
      sku: unique('S'),
      options: { constructor: value },
      prices: [{ currency: 'USD', amount: 1 }],
    })
    const wish = { title: unique('Odd'), status: 'active', options: ['constructor'], variants: [variant('toString')] }
    const { id } = await staff.post('/v1/admin/products', wish)
    await staff.patch(`/v1/admin/products/${id}/translations/de`, { options: {} })
    const { body } = await api.get(`/v1/products/${id}?locale=de-DE`)
    expect(body.options).toEqual([{ name: 'constructor', values: ['toString'] }])
    expect(body.variants[0]).toMatchObject({ title: 'toString', options: { constructor: 'toString' } })
  })
})

describe.each([
  { resource: 'collections', shown: (handle: string) => `/v1/collections/${handle}`, list: '/v1/collections' },
  { resource: 'categories', shown: (handle: string) => `/v1/categories/${handle}`, list: '/v1/categories' },
])('one of the $resource in other locales', ({ resource, shown, list }) => {
  const makeOne = async () => {
    const status = resource === 'collections' ? { status: 'active' } : {}
    const made = await staff.post(`/v1/admin/${resource}`, {
      title: unique('Source'),
      description_html: '<p>S</p>',
      ...status,
    })
    return { ...made, path: `/v1/admin/${resource}/${made.id}/translations` }
  }

  it('falls back from its locale to the language to the source', async () => {
    const { id, handle, title, path } = await makeOne()
    const html = '<p onclick="x()">Deutsch<script>x</script></p>'
    await staff.patch(`${path}/de`, { title: 'Deutsch', description_html: html, seo_description: 'Alles' })
    await staff.patch(`${path}/de-AT`, { title: 'Österreichisch' })
    const show = async (locale: string) => (await api.get(`${shown(handle)}?locale=${locale}`)).body
    expect(await show('de-AT')).toMatchObject({
      title: 'Österreichisch',
      description_html: '<p>Deutsch</p>',
      seo: { title: null, description: 'Alles' },
    })
    expect(await show('de-DE')).toMatchObject({ title: 'Deutsch' })
    expect(await show('ja-JP')).toMatchObject({ title, description_html: '<p>S</p>', seo: { description: null } })
    const { body } = await api.get(`${list}?locale=de-AT`)
    expect(body.data.find((each: { id: string }) => each.id === id).title).toBe('Österreichisch')
  })

  it('has no options', async () => {
    const { path } = await makeOne()
    const refused = await staff.try('patch', `${path}/de`, { options: {} })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/options' }] } })
  })

  it('takes its texts along when it is deleted', async () => {
    const { id, path } = await makeOne()
    await staff.patch(`${path}/de`, { title: 'Deutsch' })
    await staff.delete(`/v1/admin/${resource}/${id}`)
    const left = await api.bindings.DB.prepare('SELECT 1 FROM translations WHERE subject_id = ?').bind(id).all()
    expect(left.results).toEqual([])
  })
})

describe('staff translate', () => {
  it('text by text: what is left out stays, null takes one away, and the last one takes the locale away', async () => {
    const { path } = await makeShirt()
    const set = (texts: Record<string, unknown>) => staff.patch(`${path}/de-DE`, texts)
    const blank = { title: null, description_html: null, seo_title: null, seo_description: null, options: null }
    expect(await set({ title: 'Hemd' })).toMatchObject({ ...blank, locale: 'de-DE', title: 'Hemd' })
    expect(await set({ seo_title: 'Hemden', options: OPTIONS })).toMatchObject({ title: 'Hemd', options: OPTIONS })
    await staff.patch(`${path}/de`, { title: 'Hemd' })
    const all = await staff.get(path)
    expect(all.data).toMatchObject([
      { locale: 'de', title: 'Hemd' },
      { locale: 'de-DE', title: 'Hemd', seo_title: 'Hemden', options: OPTIONS },
    ])
    expect(await set({ title: null, options: null })).toMatchObject({ ...blank, seo_title: 'Hemden' })
    expect(await set({ seo_title: null })).toMatchObject(blank)
    expect((await staff.get(path)).data.map(({ locale }: { locale: string }) => locale)).toEqual(['de'])
    await staff.delete(`${path}/de`)
    expect((await staff.get(path)).data).toEqual([])
    const again = await staff.tryDelete(`${path}/de`)
    expect(again).toMatchObject({ status: 404, body: { code: 'translation_not_found' } })
  })

  it('in the version they have read, which is the product’s and is raised, with a trail', async () => {
    const { id, path, handle } = await makeShirt()
    const first = await api.patch(
      `${path}/de`,
      { title: 'Hemd' },
      { token: (await seedShop()).staffKey, ifMatch: '"1"' },
    )
    expect(first.headers.get('ETag')).toBe('"2"')
    expect((await api.get(`/v1/products/${handle}?locale=de-DE`)).body.title).toBe('Hemd')
    const same = await api.patch(
      `${path}/de`,
      { title: 'Hemd' },
      { token: (await seedShop()).staffKey, ifMatch: '"2"' },
    )
    expect(same.headers.get('ETag'), 'nothing has changed').toBe('"2"')
    for (const late of [
      await staff.try('patch', `${path}/de`, { title: 'Spät' }, { ifMatch: '"1"' }),
      await staff.try('patch', `/v1/admin/products/${id}`, { title: 'Late' }, { ifMatch: '"1"' }),
      await staff.tryDelete(`${path}/de`, { ifMatch: '"1"' }),
    ]) {
      expect(late).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    }
    await staff.delete(`${path}/de`, { ifMatch: '"2"' })
    expect((await staff.get(`/v1/admin/products/${id}`)).version).toBe(3)
    expect(await trailOf(id)).toEqual(['product.created', 'product.translated', 'product.translated'])
  })

  it('into the locales of the markets and their languages alone', async () => {
    const { path } = await makeShirt()
    for (const locale of ['en', 'ja', 'ja-JP', 'en-GB']) await staff.patch(`${path}/${locale}`, { title: 'T' })
    for (const locale of ['fr', 'fr-FR', 'de-CH', 'de-de']) {
      const refused = await staff.try('patch', `${path}/${locale}`, { title: 'T' })
      expect(refused, locale).toMatchObject({ status: 422, body: { errors: [{ pointer: '/path/locale' }] } })
      expect(refused.body.errors[0].detail).toMatch(/^must be one of .*\bde, de-AT, de-DE, en\b/)
    }
    const odd = await staff.try('patch', `${path}/DE_de`, { title: 'T' })
    expect(odd).toMatchObject({ status: 422, body: { errors: [{ pointer: '/path/locale' }] } })
  })

  it('options that are there, so that shoppers can tell them apart', async () => {
    const { path } = await makeShirt()
    const cases: [string, unknown][] = [
      ['/options/Material', { Material: { name: 'Stoff' } }],
      ['/options/constructor', JSON.parse('{"constructor":{"name":"X"}}')],
      ['/options/Size/values/Medium', { Size: { values: { Medium: 'Mittel' } } }],
      ['/options/Size/values', { Size: { values: { Small: 'Klein', Large: 'Klein' } } }],
      ['/options/Size/values', { Size: { values: { Small: 'Large' } } }],
      ['/options', { Size: { name: 'Color' } }],
      ['/options/Size/name', { Size: { name: ' ' } }],
      ['/options/Size/title', { Size: { title: 'x' } }],
    ]
    for (const [pointer, options] of cases) {
      const refused = await staff.try('patch', `${path}/de`, { options })
      expect(refused, JSON.stringify(options)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
    expect((await staff.get(path)).data).toEqual([])
    const nobody = await staff.try('patch', `/v1/admin/products/prod_${'0'.repeat(26)}/translations/de`, { title: 'T' })
    expect(nobody).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
  })
})
