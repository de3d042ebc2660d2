import { expect } from 'vitest'
import { type Answer, type Api, unique } from '../support/api.ts'
import { crashEverywhere, type Scenario } from '../support/crash-points.ts'
import { testEnv } from '../support/env.ts'
import { seedShop } from '../support/shop.ts'

// More than one chunk, and one product that the database refuses: its SKU is that of a product further down in the file. So
// chunks are cut in halves down to that one, and grow again.
const PRODUCTS = 102
const REFUSED = 0

interface State {
  prefix: string
  key: string
  file: string
  /** Its import; null until an answer has told. */
  path: string | null
}

const HEADING = 'Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price\n'
const row = (handle: string, sku: string) => `${handle},Crash,${sku},shopify,3,10.00\n`

async function arrange(api: Api): Promise<State> {
  const { staffKey: token } = await seedShop()
  const prefix = unique('crash')
  const last = `${prefix}-${PRODUCTS - 1}`
  const headers = { 'Content-Type': 'text/csv' }
  await api.post('/v1/admin/imports', HEADING + row(last, `${last}-sku`), { token, headers })
  const rows = Array.from({ length: PRODUCTS }, (_, index) => {
    const handle = `${prefix}-${index}`
    if (index === REFUSED) return row(handle, `${last}-sku`)
    return row(handle, index === PRODUCTS - 1 ? `${handle}-new` : `${handle}-sku`)
  })
  return { prefix, key: crypto.randomUUID(), file: HEADING + rows.join(''), path: null }
}

/** What is stored of the import, counted. */
async function countsOf({ prefix, path }: State) {
  const ids = `(SELECT id FROM products WHERE handle GLOB '${prefix}-*')`
  const importId = path?.split('/').at(-1)
  const counted = {
    products: `SELECT count(*) FROM products WHERE id IN ${ids}`,
    versions: `SELECT sum(version) FROM products WHERE id IN ${ids}`,
    created: `SELECT count(*) FROM outbox WHERE topic = 'product.created' AND subject_id IN ${ids}`,
    updated: `SELECT count(*) FROM outbox WHERE topic = 'product.updated' AND subject_id IN ${ids}`,
    movements: `SELECT count(*) FROM stock_movements WHERE variant_id IN (SELECT id FROM variants WHERE product_id IN ${ids})`,
    pieces: `SELECT sum(delta) FROM stock_movements WHERE variant_id IN (SELECT id FROM variants WHERE product_id IN ${ids})`,
    listed: `SELECT count(*) FROM listed_products WHERE product_id IN ${ids}`,
    trail: `SELECT sum(json_array_length(change, '$.created')) FROM audit_log WHERE subject_id = '${importId}' AND action = 'products.imported'`,
    finished: `SELECT count(*) FROM outbox WHERE topic = 'import.finished' AND subject_id = '${importId}'`,
  }
  const columns = Object.entries(counted).map(([name, query]) => `(${query}) AS ${name}`)
  return testEnv()
    .DB.prepare(`SELECT ${columns.join(', ')}`)
    .first()
}

async function expectAll(api: Api, state: State): Promise<void> {
  const { staffKey: token } = await seedShop()
  const { body } = await api.get(state.path ?? '', { token })
  const whole = PRODUCTS - 1
  expect(body).toMatchObject({
    status: 'finished',
    parts: { received: 1, done: 1 },
    rows: PRODUCTS,
    products: { created: whole - 1, updated: 1, unchanged: 0, refused: 1 },
    error_count: 1,
    errors: [{ part: 1, line: REFUSED + 2 }],
  })
  expect(await countsOf(state)).toEqual({
    ...{ products: whole, versions: whole + 1, created: whole, updated: 1, listed: whole },
    ...{ movements: whole, pieces: 3 * whole, trail: whole - 1, finished: 1 },
  })
}

const inOneRequest: Scenario<State> = {
  name: 'an import of one request',
  arrange,
  act: (api, state) => post(api, state),
  retry: async (api, state) => {
    const { status, body } = await post(api, state)
    expect(status, JSON.stringify(body)).toBe(201)
    state.path = `/v1/admin/imports/${body.id}`
  },
  expect: expectAll,
}

/** Sends what one request is not enough for until it is done, or fails. */
async function until(send: () => Promise<Answer>): Promise<Answer> {
  const answer = await send()
  return answer.status === 202 ? until(send) : answer
}

async function post(api: Api, { key, file }: State) {
  const { staffKey: token } = await seedShop()
  const headers = { 'Content-Type': 'text/csv' }
  return until(() => api.post('/v1/admin/imports', file, { token, key, headers }))
}

const inParts: Scenario<State> = {
  name: 'a part of an import, and its end',
  arrange: async (api) => {
    const { staffKey: token } = await seedShop()
    const state = await arrange(api)
    const { body } = await api.post('/v1/admin/imports', undefined, { token })
    return { ...state, path: `/v1/admin/imports/${body.id}` }
  },
  act: async (api, state) => {
    if ((await put(api, state)).status === 200) await finish(api, state)
  },
  retry: async (api, state) => {
    const { status, body } = await put(api, state)
    expect(status, JSON.stringify(body)).toBe(200)
    expect((await finish(api, state)).status).toBe(200)
  },
  expect: expectAll,
}

async function put(api: Api, { path, file }: State) {
  const { staffKey: token } = await seedShop()
  const headers = { 'Content-Type': 'text/csv' }
  return until(() => api.put(`${path}/parts/1`, file, { token, headers }))
}

async function finish(api: Api, { path, key }: State) {
  const { staffKey: token } = await seedShop()
  return api.post(`${path}/finish`, { parts: 1 }, { token, key })
}

// Both pass the same points, but for how an import begins and ends.
crashEverywhere(inParts, 11)
crashEverywhere(inOneRequest, 20)
