import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import {
  type Answer,
  type Api,
  complete,
  createApi,
  makeProduct,
  makeShopper,
  unique,
  violations,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withFault } from '../support/faults.ts'
import { countRows, expectRefusal } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const HOUR_MS = 3600 * 1000
const LIMIT = 10
const api = createApi()
const staff = asStaff(api)
// Tries are counted by the hour of the clock, and no test is to run across the end of one.
const NOW = new Date()
const clock = () => NOW
const frozen = createApi({ deps: { clock } })

interface Ordered {
  id: string
  number: number
  email: string
  token: string
}

async function ordered(email = `${unique('Ada')}@Shop.Example`): Promise<Ordered> {
  const { sku } = await makeProduct(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }], { email })
  const { body } = await complete(api, shopper, { test_outcome: 'succeeded' })
  return { id: body.order.id, number: body.order.number, email, token: shopper.token }
}

const lookUp = (number: number, email: string, on: Api = frozen) => on.post('/v1/orders/lookup', { number, email })
const somebody = () => `${unique('eve')}@shop.example`
/** A number that was never given. */
const unknown = () => 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000)

/** All that tells one answer from another, but the request's own name. */
function faceOf({ status, headers, body }: Answer) {
  const { request_id, ...rest } = body
  expect(request_id).toMatch(/^req_/)
  const shown = Object.fromEntries([...headers].filter(([name]) => !['x-request-id', 'x-d1-bookmark'].includes(name)))
  return { status, body: rest, headers: shown }
}

describe('looking an order up', () => {
  it('shows it to whoever knows its number and e-mail, and gives them a token for it', async () => {
    const { id, number, email } = await ordered()
    const found = await lookUp(number, ` ${email.toUpperCase()} `)
    expect(found.status).toBe(200)
    expect(found.body.order).toMatchObject({ id, number, status: 'confirmed', payment_status: 'paid' })
    expect(Date.parse(found.body.access.expires_at) - Date.now()).toBeLessThanOrEqual(24 * HOUR_MS)
    const again = await api.get(`/v1/orders/${id}`, { token: found.body.access.token })
    expect(again.body).toEqual(found.body.order)
  })

  it('tells an unknown number and a wrong e-mail apart in nothing: not the answer, the trips, or the rows', async () => {
    const { number } = await ordered()
    const email = somebody()
    const faces = []
    for (const [asked, by] of [
      [number, email],
      [unknown(), email],
      [1, email],
      [number, somebody()],
      [unknown(), somebody()],
    ] as const) {
      const { database, calls } = withFault(testEnv().DB, null)
      const answer = await lookUp(asked, by, createApi({ bindings: { DB: database }, deps: { clock } }))
      expectRefusal(answer, 404, `${asked}`)
      expect(calls()).toBe(1)
      faces.push(faceOf(answer))
    }
    // Server-Timing is among the headers: trips, rows read and rows written.
    for (const face of faces) expect(face).toEqual(faces[0])
    expect(faces[0]?.headers['server-timing']).toContain('trips=1')
  })

  it('finds no order that waits for its payment, and none of another with the same customer', async () => {
    const mine = await ordered()
    const shopper = await makeShopper(api, [{ sku: (await makeProduct(api)).sku, quantity: 1 }], { email: mine.email })
    const { body } = await complete(api, shopper)
    expect(body.order.number).toBeNull()
    const theirs = await ordered()
    expectRefusal(await lookUp(theirs.number, mine.email), 404, 'the number of somebody else')
  })

  it('finds a cancelled order', async () => {
    const { id, number, email } = await ordered()
    await staff.post(`/v1/admin/orders/${id}/cancel`, {}, { key: crypto.randomUUID() })
    expect((await lookUp(number, email)).body.order).toMatchObject({ id, status: 'cancelled' })
  })

  it.each([
    ['no number', { email: 'a@shop.example' }],
    ['no e-mail', { number: 1001 }],
    ['what is no e-mail', { number: 1001, email: 'ada' }],
    ['a number as text', { number: '1001', email: 'a@shop.example' }],
    ['more than it asks for', { number: 1001, email: 'a@shop.example', id: 'ord_1' }],
  ])('refuses %s', async (what, body) => {
    const before = await countRows()
    expectRefusal(await api.post('/v1/orders/lookup', body), 422, what)
    expect(await countRows()).toEqual(before)
  })
})

describe('guessing', () => {
  it('ends after ten wrong tries at a number, for right answers too, and begins again with the next hour', async () => {
    const { number, email } = await ordered()
    for (let tries = 0; tries < LIMIT; tries += 1) expectRefusal(await lookUp(number, somebody()), 404, `${tries}`)
    const right = await lookUp(number, email)
    expectRefusal(right, 429, 'right, but too late')
    const seconds = Number(right.headers.get('Retry-After'))
    expect(right.headers.get('RateLimit')).toBe(`"lookup";r=0;t=${seconds}`)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(3600)
    const later = createApi({ deps: { clock: () => new Date(NOW.getTime() + seconds * 1000) } })
    expect((await lookUp(number, email, later)).status).toBe(200)
  })

  it('ends after ten wrong tries with an e-mail, whatever the numbers', async () => {
    const { number, email } = await ordered()
    for (let tries = 0; tries < LIMIT; tries += 1) expectRefusal(await lookUp(unknown(), email), 404, `${tries}`)
    expectRefusal(await lookUp(number, email.toLowerCase()), 429, 'right, but too late')
  })

  it('is counted for numbers that do not exist as for those that do', async () => {
    const { number } = await ordered()
    const never = unknown()
    const last = []
    for (const asked of [number, never]) {
      for (let tries = 0; tries < LIMIT; tries += 1) await lookUp(asked, somebody())
      const { headers, ...face } = faceOf(await lookUp(asked, somebody()))
      last.push(face)
    }
    expect(last[0]).toEqual(last[1])
    expect(last[0]?.status).toBe(429)
  })

  it('is counted across isolates, and of many tries at one moment no more than ten are looked at', async () => {
    const { number } = await ordered()
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        lookUp(number, somebody(), createApi({ bindings: { D1_LATENCY_MS: '5' }, deps: { clock } })),
      ),
    )
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(LIMIT)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
  })

  it('is not counted where the answer is right', async () => {
    const { number, email } = await ordered()
    for (let tries = 0; tries < LIMIT + 2; tries += 1) expect((await lookUp(number, email)).status).toBe(200)
  })

  it('is slowed down by address, whatever session comes with it', async () => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: false }
    }
    const limited = createApi({ bindings: { RATE_LIMITS: 'on', RL_LOOKUP: { limit } as RateLimit } })
    const { token } = await ordered()
    for (const ask of [{}, { token }]) {
      const headers = { 'CF-Connecting-IP': '192.0.2.7' }
      const answer = await limited.post('/v1/orders/lookup', { number: 1, email: somebody() }, { ...ask, headers })
      expectRefusal(answer, 429, 'flood')
      expect(answer.headers.get('Retry-After')).toBe('60')
    }
    expect(keys).toEqual(['192.0.2.7', '192.0.2.7'])
  })

  it('leaves no trace once its hour is over', async () => {
    const email = somebody()
    await lookUp(unknown(), email)
    const old = 'INSERT INTO order_lookups (hour, subject, tries) VALUES (1, ?, 3)'
    await testEnv().DB.prepare(old).bind(unique('number')).run()
    await runScheduled(systemContext('cron', testEnv(), api.deps, () => {}))
    const left = await testEnv()
      .DB.prepare('SELECT min(hour) AS hour FROM order_lookups')
      .first<{ hour: number | null }>()
    expect(left?.hour).not.toBe(1)
    const stored = await testEnv().DB.prepare('SELECT subject FROM order_lookups').all<{ subject: string }>()
    expect(JSON.stringify(stored.results)).not.toContain(email)
  })
})

describe('an access token of an order', () => {
  const issue = async (id: string, body = {}) => staff.post(`/v1/admin/orders/${id}/access-tokens`, body)

  it('is issued by staff for as long as they say, and who did stays in the trail', async () => {
    const { id } = await ordered()
    const { token, expires_at } = await issue(id, { expires_in_hours: 72 })
    expect(decodeJwt(token)).toMatchObject({ sub: id, aud: 'order' })
    expect((await api.get(`/v1/orders/${id}`, { token })).body).toMatchObject({ id })
    const late = createApi({ deps: { clock: () => new Date(Date.parse(expires_at) + 10_000) } })
    expectRefusal(await late.get(`/v1/orders/${id}`, { token }), 401, 'expired')
    expect(await trailOf(id)).toContain('order.access_issued')
    const statement = "SELECT count(*) AS n FROM audit_log WHERE change LIKE '%' || ? || '%'"
    expect(await testEnv().DB.prepare(statement).bind(token.slice(-20)).first<{ n: number }>()).toEqual({ n: 0 })
  })

  it('shows a pending order too, with the way to pay it', async () => {
    const shopper = await makeShopper(api, [{ sku: (await makeProduct(api)).sku, quantity: 1 }])
    const { body } = await complete(api, shopper)
    const { token } = await issue(body.order.id)
    const seen = await api.get(`/v1/orders/${body.order.id}`, { token })
    expect(seen.body).toMatchObject({ status: 'pending', next_action: { type: 'redirect' } })
  })

  it('is for that order alone: every other one is not there, and nothing else opens', async () => {
    const mine = await ordered()
    const other = await ordered(mine.email)
    const { token } = await issue(mine.id)
    const refused = await api.get(`/v1/orders/${other.id}`, { token })
    expect(refused).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
    const nobody = await api.get('/v1/orders/ord_01k00000000000000000000000', { token })
    expect(faceOf(refused).body).toEqual(faceOf(nobody).body)
    const cart = `/v1/carts/${(await makeShopper(api, [])).cartId}`
    for (const path of ['/v1/orders', cart, `/v1/admin/orders/${mine.id}`, '/v1/prices?skus=X']) {
      expectRefusal(await api.get(path, { token }), 401, path)
    }
    expectRefusal(await api.post('/v1/sessions/guest/renew', {}, { token }), 401, 'renew')
    expectRefusal(await api.post('/v1/carts', {}, { token }), 401, 'a cart')
  })

  it('is issued for no order that is not there', async () => {
    const before = await countRows()
    const { staffKey } = await seedShop()
    const path = '/v1/admin/orders/ord_01k00000000000000000000000/access-tokens'
    expectRefusal(await api.post(path, {}, { token: staffKey }), 404, 'no order')
    expectRefusal(await api.post(path, { expires_in_hours: 1000 }, { token: staffKey }), 422, 'too long')
    expect(await countRows()).toEqual(before)
    expect(await violations(api)).toEqual([])
  })
})
