import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allViolations, createApi, makeProduct, unique } from '../support/api.ts'
import { withHook } from '../support/faults.ts'
import { asStaff, deriveAll, trailOf, walkList } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const PATH = '/v1/admin/categories'

afterAll(async () => {
  expect(await allViolations(api)).toEqual([])
})

interface Made {
  id: string
  handle: string
  title: string
  path: string[]
  version: number
}

function make(parent: { id: string } | null = null, fields: Record<string, unknown> = {}): Promise<Made> {
  return staff.post(PATH, { title: unique('Category'), parent_id: parent?.id ?? null, ...fields })
}

/** A chain of categories, each below the one before. */
async function makeChain(length: number, top: Made | null = null): Promise<Made[]> {
  const chain: Made[] = []
  for (let index = 0; index < length; index += 1) chain.push(await make(chain.at(-1) ?? top))
  return chain
}

const move = (category: Made, parent: Made | null) =>
  staff.patch(`${PATH}/${category.id}`, { parent_id: parent?.id ?? null })
const tryMove = (category: Made, parent: Made | null) =>
  staff.try('patch', `${PATH}/${category.id}`, { parent_id: parent?.id ?? null })
const pathOf = async ({ id }: Made) => (await staff.get(`${PATH}/${id}`)).path
const listed = ({ handle }: { handle: string }, more = '') =>
  walkList(api, `category=${encodeURIComponent(handle)}${more}&limit=1`)
const crumbsOf = async (ref: string) =>
  (await api.get(`/v1/categories/${ref}`)).body.breadcrumbs.map(({ handle }: Made) => handle)

describe('the tree', () => {
  it('is one answer, siblings in the order of their positions', async () => {
    const root = await make(null, { position: 3 })
    const [last, first] = [await make(root, { position: 2 }), await make(root, { position: 1 })]
    const leaf = await make(first, { image: { url: '/leaf.jpg', alt: 'A leaf' }, description_html: '<b>x</b>' })
    const { body } = await api.get('/v1/categories')
    const shown = body.data.find(({ id }: Made) => id === root.id)
    const plain = ({ id, handle, title }: Made) => ({ id, handle, title, image: null })
    expect(shown).toEqual({
      ...plain(root),
      position: 3,
      children: [
        {
          ...plain(first),
          position: 1,
          children: [
            {
              ...plain(leaf),
              image: { url: '/leaf.jpg', alt: 'A leaf', width: null, height: null },
              position: 0,
              children: [],
            },
          ],
        },
        { ...plain(last), position: 2, children: [] },
      ],
    })
    const positions = body.data.map(({ position }: { position: number }) => position)
    expect(positions).toEqual([...positions].sort((left, right) => left - right))
  })

  it('shows a category by handle and by id, with what stands above and right below it', async () => {
    const [root, middle, leaf] = (await makeChain(3)) as [Made, Made, Made]
    await staff.patch(`${PATH}/${middle.id}`, {
      description_html: '<p>Middle<script>x</script></p>',
      seo: { title: 'SEO' },
      metadata: { floor: '1' },
      private_metadata: { margin: 'high' },
    })
    const { body } = await api.get(`/v1/categories/${middle.handle}`)
    expect(body).toMatchObject({
      id: middle.id,
      description_html: '<p>Middle</p>',
      breadcrumbs: [root, middle].map(({ handle, title }) => ({ handle, title })),
      children: [{ id: leaf.id, handle: leaf.handle, title: leaf.title }],
      seo: { title: 'SEO', description: null },
      metadata: { floor: '1' },
    })
    expect(JSON.stringify(body)).not.toContain('margin')
    expect((await api.get(`/v1/categories/${middle.id}`)).body).toEqual(body)
    expect((await api.get('/v1/categories/nothing')).body).toMatchObject({ code: 'category_not_found' })
    const elsewhere = createApi()
    expect((await elsewhere.get('/v1/categories')).status).toBe(200)
    const { handle } = await make()
    expect((await elsewhere.get(`/v1/categories/${handle}`)).status, 'what is new is found at once').toBe(200)
  })

  it('keeps old handles of any script, until another category takes them', async () => {
    const [old, current] = [unique('küche'), unique('キッチン')]
    const category = await make(null, { handle: old })
    await staff.patch(`${PATH}/${category.id}`, { handle: current })
    const moved = await api.get(`/v1/categories/${encodeURIComponent(old)}?locale=de-AT`)
    expect(moved.status).toBe(301)
    expect(moved.headers.get('Location')).toBe(`/v1/categories/${encodeURIComponent(current)}?locale=de-AT`)
    const { id } = await makeProduct(api, { category_id: category.id })
    expect(await listed({ handle: old })).toEqual([id])
    const heir = await make(null, { handle: old })
    expect((await api.get(`/v1/categories/${encodeURIComponent(old)}`)).body.id).toBe(heir.id)
    expect(await listed({ handle: old })).toEqual([])
    const taken = await staff.try('post', PATH, { title: 'X', handle: current })
    expect(taken).toMatchObject({ status: 409, body: { code: 'handle_taken' } })
  })
})

describe('products of a category', () => {
  let chain: [Made, Made, Made]
  let products: string[]

  beforeAll(async () => {
    chain = (await makeChain(3)) as typeof chain
    products = []
    for (const { id } of chain) products.push((await makeProduct(api, { category_id: id })).id)
  })

  it('are those of its descendants too, unless only its own are asked for', async () => {
    const [root, middle, leaf] = chain
    const [ofRoot, ofMiddle, ofLeaf] = products
    expect(await listed(root)).toEqual([ofLeaf, ofMiddle, ofRoot])
    expect(await listed(middle)).toEqual([ofLeaf, ofMiddle])
    expect(await listed(leaf)).toEqual([ofLeaf])
    expect(await listed(root, '&descendants=true')).toEqual([ofLeaf, ofMiddle, ofRoot])
    expect(await listed(root, '&descendants=false')).toEqual([ofRoot])
    expect(await listed(middle, '&descendants=false&sort=price_asc')).toEqual([ofMiddle])
    const both = await walkList(api, `category=${root.handle}&category=${leaf.handle}&descendants=false`)
    expect(both).toEqual([ofLeaf, ofRoot])
    const alone = await api.get('/v1/products?descendants=false')
    expect(alone).toMatchObject({ status: 422, body: { errors: [{ pointer: '/query/descendants' }] } })
  })

  it('name it with its breadcrumbs, and never while they are drafts or not out yet', async () => {
    const [root, middle, leaf] = chain
    const { body } = await api.get(`/v1/products/${products[2]}`)
    expect(body.category).toEqual({
      handle: leaf.handle,
      title: leaf.title,
      breadcrumbs: [root, middle, leaf].map(({ handle, title }) => ({ handle, title })),
    })
    const own = await make(leaf)
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    await makeProduct(api, { category_id: own.id, status: 'draft' })
    const { id } = await makeProduct(api, { category_id: own.id, published_at: soon })
    expect(await listed(own)).toEqual([])
    expect(await listed(root)).toEqual([...products].reverse())
    // Isolates of their own: what one of them knows may be a minute old to another.
    const isolateIn = (ms: number) => createApi({ deps: { clock: () => new Date(Date.now() + ms) } })
    expect(await walkList(isolateIn(3_700_000), `category=${own.handle}`)).toEqual([id])
    await staff.patch(`/v1/admin/products/${id}`, { category_id: null })
    expect(await walkList(isolateIn(3_900_000), `category=${own.handle}`)).toEqual([])
  })
})

describe('a category moves', () => {
  it('with all that stands below it, and its products', async () => {
    const [root, middle, leaf] = (await makeChain(3)) as [Made, Made, Made]
    const [other] = (await makeChain(1)) as [Made]
    const { id: product } = await makeProduct(api, { category_id: leaf.id })
    expect(await listed(root)).toEqual([product])
    const moved = await move(middle, other)
    expect(moved).toMatchObject({ version: 2, parent_id: other.id, path: [other.id, middle.id] })
    expect(await pathOf(leaf)).toEqual([other.id, middle.id, leaf.id])
    expect(await crumbsOf(leaf.handle)).toEqual([other.handle, middle.handle, leaf.handle])
    const shown = await api.get(`/v1/products/${product}`)
    expect(shown.body.category.breadcrumbs.map(({ handle }: Made) => handle)).toEqual(await crumbsOf(leaf.handle))
    expect(await listed(root)).toEqual([])
    expect(await listed(other)).toEqual([product])
    expect(await listed(leaf)).toEqual([product])
    const top = await move(middle, null)
    expect(top).toMatchObject({ parent_id: null, path: [middle.id] })
    expect(await pathOf(leaf)).toEqual([middle.id, leaf.id])
    expect(await listed(other)).toEqual([])
    expect(await listed(middle)).toEqual([product])
    expect(await deriveAll(api)).toBe(0)
  })

  it('never into itself or below itself', async () => {
    const [root, middle, leaf] = (await makeChain(3)) as [Made, Made, Made]
    for (const parent of [root, middle, leaf]) {
      const refused = await tryMove(root, parent)
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parent_id' }] } })
    }
    expect(await pathOf(leaf)).toEqual([root.id, middle.id, leaf.id])
  })

  it('never deeper than eight', async () => {
    const deep = await makeChain(8)
    const [seventh, eighth] = deep.slice(6) as [Made, Made]
    const below = await staff.try('post', PATH, { title: 'Nine', parent_id: eighth.id })
    expect(below).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parent_id' }] } })
    const [pair, second] = (await makeChain(2)) as [Made, Made]
    expect(await tryMove(pair, seventh)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parent_id' }] } })
    expect(await pathOf(second)).toEqual([pair.id, second.id])
    expect((await move(second, seventh)).path).toHaveLength(8)
  })

  it('below a parent that is being moved at the same time, and stands where that one stands then', async () => {
    const [parent, above, moving] = [await make(), await make(), await make()]
    let once = true
    const DB = withHook(api.bindings.DB, async (call) => {
      if (call !== 3 || !once) return
      once = false
      await move(parent, above)
    })
    const slow = asStaff(createApi({ bindings: { DB } }))
    const moved = await slow.patch(`${PATH}/${moving.id}`, { parent_id: parent.id })
    expect(once).toBe(false)
    expect(moved.path).toEqual([above.id, parent.id, moving.id])
  })

  it('into no circle when two move into one another at the same time', async () => {
    const [one, two] = [await make(), await make()]
    const DB = withHook(api.bindings.DB, async (call) => {
      if (call === 3) await move(one, two)
    })
    const slow = asStaff(createApi({ bindings: { DB } }))
    const refused = await slow.try('patch', `${PATH}/${two.id}`, { parent_id: one.id })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parent_id' }] } })
    expect(await pathOf(one)).toEqual([two.id, one.id])
    expect(await pathOf(two)).toEqual([two.id])
  })

  it('while somebody renames what stands below it, and neither undoes the other', async () => {
    const [root, leaf] = (await makeChain(2)) as [Made, Made]
    const other = await make()
    const DB = withHook(api.bindings.DB, async (call) => {
      if (call === 2) await move(root, other)
    })
    const title = unique('Renamed')
    const renamed = await asStaff(createApi({ bindings: { DB } })).patch(`${PATH}/${leaf.id}`, { title })
    expect(renamed).toMatchObject({ title, path: [other.id, root.id, leaf.id] })
  })

  it('gives up with a conflict where the parent never stands still', async () => {
    const [parent, one, two, moving] = [await make(), await make(), await make(), await make()]
    let moves = 0
    const DB = withHook(api.bindings.DB, async (call) => {
      if (call % 3 !== 0) return
      moves += 1
      await move(parent, moves % 2 === 0 ? two : one)
    })
    const slow = asStaff(createApi({ bindings: { DB } }))
    const refused = await slow.try('patch', `${PATH}/${moving.id}`, { parent_id: parent.id })
    expect(refused).toMatchObject({ status: 409, body: { code: 'category_conflict' } })
    expect(moves).toBe(3)
    expect(await pathOf(moving)).toEqual([moving.id])
  })

  it('takes more products along than one commit derives', async () => {
    const [root, leaf] = (await makeChain(2)) as [Made, Made]
    const other = await make()
    const all = await Promise.all(Array.from({ length: 110 }, () => makeProduct(api, { category_id: leaf.id })))
    await move(leaf, other)
    const shown = await walkList(api, `category=${other.handle}&limit=100`)
    expect(shown.sort()).toEqual(all.map(({ id }) => id).sort())
    expect(await listed(root)).toEqual([])
  })
})

describe('staff change categories', () => {
  it('in the version they have read, once a key, with a trail', async () => {
    const key = crypto.randomUUID()
    const wish = { title: unique('Once') }
    const made = await Promise.all([1, 2, 3].map(() => staff.post(PATH, wish, { key })))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const { id } = made[0]
    expect(await staff.patch(`${PATH}/${id}`, wish, { ifMatch: '"1"' })).toMatchObject({ version: 1 })
    expect(await staff.patch(`${PATH}/${id}`, { position: 2 }, { ifMatch: '"1"' })).toMatchObject({ version: 2 })
    for (const late of [
      await staff.try('patch', `${PATH}/${id}`, { position: 3 }, { ifMatch: '"1"' }),
      await staff.tryDelete(`${PATH}/${id}`, { ifMatch: '"1"' }),
    ]) {
      expect(late).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    }
    await staff.delete(`${PATH}/${id}`, { ifMatch: '"2"' })
    expect(await trailOf(id)).toEqual(['category.created', 'category.updated', 'category.deleted'])
    expect(await staff.tryDelete(`${PATH}/${id}`)).toMatchObject({ status: 404, body: { code: 'category_not_found' } })
  })

  it('delete those that are empty alone', async () => {
    const [root, leaf] = (await makeChain(2)) as [Made, Made]
    const notEmpty = { status: 409, body: { code: 'category_not_empty' } }
    expect(await staff.tryDelete(`${PATH}/${root.id}`)).toMatchObject(notEmpty)
    const { id } = await makeProduct(api, { category_id: leaf.id, status: 'draft' })
    expect(await staff.tryDelete(`${PATH}/${leaf.id}`)).toMatchObject(notEmpty)
    await staff.patch(`/v1/admin/products/${id}`, { category_id: null })
    await staff.patch(`${PATH}/${leaf.id}`, { handle: unique('renamed') })
    await staff.delete(`${PATH}/${leaf.id}`)
    await staff.delete(`${PATH}/${root.id}`)
    expect((await api.get(`/v1/categories/${leaf.handle}`)).status).toBe(404)
  })

  it('and are told what is wrong', async () => {
    const nobody = `cat_${'0'.repeat(26)}`
    const cases: [string, Record<string, unknown>][] = [
      ['/parent_id', { title: 'X', parent_id: nobody }],
      ['/parent_id', { title: 'X', parent_id: 'col_1' }],
      ['/handle', { title: '!!!' }],
      ['/position', { title: 'X', position: -1 }],
      ['/image/url', { title: 'X', image: { url: 'ftp://x' } }],
    ]
    for (const [pointer, body] of cases) {
      const answer = await staff.try('post', PATH, body)
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
    const product = await staff.try('post', '/v1/admin/products', {
      title: 'X',
      category_id: nobody,
      variants: [{ prices: [] }],
    })
    expect(product).toMatchObject({ status: 422, body: { errors: [{ pointer: '/category_id' }] } })
  })

  it('page by page', async () => {
    await makeChain(3)
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const { data, next_cursor } = await staff.get(`${PATH}?limit=2${cursor}`)
      ids.push(...data.map(({ id }: Made) => id))
      if (!next_cursor) break
      cursor = `&cursor=${next_cursor}`
    }
    const { n } = (await api.bindings.DB.prepare('SELECT count(*) AS n FROM categories').first<{ n: number }>()) ?? {
      n: 0,
    }
    expect(new Set(ids).size).toBe(n)
    expect(ids).toHaveLength(n)
  })
})
