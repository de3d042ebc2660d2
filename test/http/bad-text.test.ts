import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  createApi,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from '../support/api.ts'
import { expectRefusal } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
let product: TestProduct
let mine: Shopper
let staffKey: string

beforeAll(async () => {
  staffKey = (await seedShop()).staffKey
  product = await makeProduct(api)
  mine = await makeShopper(api, [{ sku: product.sku, quantity: 2 }])
})

const cartPath = () => `/v1/carts/${mine.cartId}`
const readCart = async ({ cartId, token }: Shopper) => (await api.get(`/v1/carts/${cartId}`, { token })).body
const send = (method: 'post' | 'patch', path: string, body: unknown) => api[method](path, body, { token: mine.token })

describe('text', () => {
  // What a storefront, a phone's keyboard or an attacker may send; none of it is a reason to fall over.
  const texts = {
    'letters of all sorts': 'Grüße 👩‍🚀 \u202e desrever',
    'a zero byte': '\u0000',
    'a zero byte inside': 'a\u0000b',
    'half a surrogate pair': '\ud800',
    'a byte order mark': '\ufeff',
    'a statement': "'); DROP TABLE carts; --",
    'a backslash': '\\',
    'a percent sign': '%',
    'a quote': '"',
    'a tag': '<script>',
  }
  const each = it.each(Object.entries(texts).map(([name, text]) => ({ name, text })))
  // Escaped, because the test runner itself cannot report half a surrogate pair.
  const expectSame = (actual: unknown, sent: unknown) => expect(JSON.stringify(actual)).toBe(JSON.stringify(sent))

  each('$name is refused or reads back from a cart as it was sent', async ({ name, text }) => {
    const changes = [{ note: text }, { metadata: { [text]: 'v' } }, { metadata: { k: text } }]
    for (const change of changes) {
      const answer = await send('patch', cartPath(), change)
      const { note, metadata } = await readCart(mine)
      if (answer.status !== 200) expectRefusal(answer, 422, name)
      else expectSame({ note, metadata }, { note, metadata, ...change })
    }
    for (const attributes of [{ [text]: 'v' }, { k: text }]) {
      const answer = await api.post('/v1/carts', { lines: [{ sku: product.sku, quantity: 1, attributes }] })
      if (answer.status !== 201) expectRefusal(answer, 422, name)
      else {
        const { id, session } = answer.body
        const cart = await readCart({ cartId: id, token: session.access_token, cart: null })
        expectSame(cart.lines[0].attributes, attributes)
      }
    }
  })

  each('$name is refused or reads back from a product as it was sent', async ({ name, text }) => {
    const sku = `${text} ${crypto.randomUUID()}`
    const sent = { title: unique(`T${text}`), vendor: `V${text}.`, tags: [`t${text}.`], metadata: { k: text } }
    const variants = [{ sku, prices: [{ amount: 1, currency: 'USD' }] }]
    const answer = await api.post('/v1/admin/products', { ...sent, variants, status: 'active' }, { token: staffKey })
    if (answer.status !== 201) return expectRefusal(answer, 422, name)
    const { body } = await api.get(`/v1/admin/products/${answer.body.id}`, { token: staffKey })
    const { title, vendor, tags, metadata } = body
    expectSame({ title, vendor, tags, metadata }, { ...sent, title: sent.title.trim() })
    expectSame(body.variants[0].sku, sku.trim())
    const listed = await api.get(`/v1/products?tag=${encodeURIComponent(tags[0])}`)
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([body.id])
  })

  each('$name is refused or reads back from a collection, a category and their texts', async ({ name, text }) => {
    for (const resource of ['collections', 'categories']) {
      const path = `/v1/admin/${resource}`
      const sent = { title: unique(`T${text}.`), seo: { title: `${text}.`, description: null }, metadata: { k: text } }
      const created = await api.post(path, sent, { token: staffKey })
      const { id } =
        created.status === 201 ? created.body : (await api.post(path, { title: unique('T') }, { token: staffKey })).body
      const changed = await api.patch(`${path}/${id}`, sent, { token: staffKey })
      const put = await api.patch(`${path}/${id}/translations/de`, { seo_title: `${text}.` }, { token: staffKey })
      const { title, seo, metadata } = (await api.get(`${path}/${id}`, { token: staffKey })).body
      const { data } = (await api.get(`${path}/${id}/translations`, { token: staffKey })).body
      if (created.status !== 201) expectRefusal(created, 422, name)
      if (changed.status !== 200) expectRefusal(changed, 422, name)
      else expectSame({ title, seo, metadata }, sent)
      if (put.status !== 200) expectRefusal(put, 422, name)
      else expectSame(data[0].seo_title, `${text}.`)
    }
  })

  each('$name finds nothing and breaks nothing in a URL', async ({ name, text }) => {
    const encoded = encodeURIComponent(text.toWellFormed())
    for (const path of [`/v1/products/${encoded}`, `/v1/collections/${encoded}`, `/v1/categories/${encoded}`]) {
      expectRefusal(await api.get(path), [404, 422], name)
    }
    for (const path of [
      '/v1/products?tag=',
      '/v1/products?vendor=',
      '/v1/products?collection=',
      '/v1/products?category=',
      '/v1/admin/inventory?sku=',
    ]) {
      const answer = await api.get(path + encoded, { token: staffKey })
      if (answer.status !== 200) expectRefusal(answer, 422, path)
      else expect(answer.body.data).toEqual([])
    }
  })
})

describe('names of the language', () => {
  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    '%s is a key like any other, or refused',
    async (key) => {
      const asks: [() => Promise<Answer>, (body: Answer['body']) => Record<string, string>][] = [
        [() => send('patch', cartPath(), `{"metadata":{"${key}":"v","plain":"v"}}`), (cart) => cart.metadata],
        [
          () =>
            send(
              'post',
              '/v1/carts',
              `{"lines":[{"sku":"${product.sku}","quantity":1,"attributes":{"${key}":"v","plain":"v"}}]}`,
            ),
          (cart) => cart.lines[0].attributes,
        ],
      ]
      for (const [ask, read] of asks) {
        const answer = await ask()
        if (answer.status >= 300) expectRefusal(answer, 422, key)
        else
          expect(Object.entries(read(answer.body)).sort()).toEqual(
            [
              [key, 'v'],
              ['plain', 'v'],
            ].sort(),
          )
        expect(({} as { plain?: unknown }).plain).toBeUndefined()
      }
    },
  )
})
