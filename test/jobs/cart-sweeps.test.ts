import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { announceAbandoned, expireEndedCarts } from '../../src/features/cart/sweep.ts'
import { listAbandoned, listEndedCarts } from '../../src/features/cart/sweep-queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import { complete, createApi, makeProduct, makeShopper, type Shopper } from '../support/api.ts'
import { withFault, withHook } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { explain, scansOf } from '../support/query-plan.ts'
import { abandonedEvents, beginSweepHere, cronAt, minutes, sweepAt } from '../support/sweeps.ts'

const api = createApi()
const DAY = 24 * 3600 * 1000

async function shopper(changes: Record<string, unknown> = {}): Promise<Shopper> {
  const { sku } = await makeProduct(api)
  return makeShopper(api, [{ sku, quantity: 1 }], changes)
}

const countOf = async ({ cartId }: { cartId: string }) => (await abandonedEvents(api, cartId)).length
/** The API an hour or more from now: a change then moves the cart's end. */
const later = (milliseconds: number) => createApi({ deps: { clock: () => new Date(Date.now() + milliseconds) } })

describe('an abandoned cart', () => {
  it('is announced once, an hour after its last change, without a word of whose it is', async () => {
    await beginSweepHere(api)
    const owner = await shopper({ note: 'for Ada' })
    await sweepAt(api, minutes(59))
    expect(await countOf(owner)).toBe(0)
    await sweepAt(api, minutes(61))
    await sweepAt(api, minutes(62))
    const [event, ...more] = await abandonedEvents(api, owner.cartId)
    expect(more).toEqual([])
    expect(Object.keys(event ?? {}).sort()).toEqual(['cart_id', 'expires_at', 'recovery_url'])
    expect(event?.cart_id).toBe(owner.cartId)
    expect(event?.recovery_url).toMatch(/^http:\/\/[^/]+\/cart\/recover\?token=[\w-]+\.[\w-]+\.[\w-]+$/)
    const left = Date.parse(event?.expires_at ?? '') - (Date.now() + minutes(61))
    expect(Math.abs(left - 7 * DAY)).toBeLessThan(minutes(1))
    const token = new URL(event?.recovery_url ?? '').searchParams.get('token') ?? ''
    const claims = JSON.stringify(decodeJwt(token))
    for (const personal of [owner.cart.email, 'Ada', 'Lovelace', 'gst_', 'ses_']) {
      expect(JSON.stringify(event) + claims).not.toContain(personal)
    }
  })

  it('is announced again when it was changed and has gone quiet again, and not while it is in use', async () => {
    await beginSweepHere(api)
    const owner = await shopper()
    await later(minutes(50)).patch(`/v1/carts/${owner.cartId}`, { note: 'a' }, owner)
    await sweepAt(api, minutes(61))
    expect(await countOf(owner)).toBe(0)
    await sweepAt(api, minutes(111))
    expect(await countOf(owner)).toBe(1)
    await later(minutes(200)).patch(`/v1/carts/${owner.cartId}`, { note: 'b' }, owner)
    await sweepAt(api, minutes(230))
    expect(await countOf(owner)).toBe(1)
    await sweepAt(api, minutes(261))
    expect(await countOf(owner)).toBe(2)
  })

  it('is not announced without an e-mail, without lines, or with an order', async () => {
    await beginSweepHere(api)
    const [nameless, empty, ordered, pending] = [await shopper(), await shopper(), await shopper(), await shopper()]
    await api.patch(`/v1/carts/${nameless.cartId}`, { email: null }, nameless)
    await api.delete(`/v1/carts/${empty.cartId}/lines/${empty.cart.lines[0].id}`, empty)
    await complete(api, ordered, { test_outcome: 'succeeded' })
    await complete(api, pending)
    await sweepAt(api, minutes(61))
    for (const cart of [nameless, empty, ordered, pending]) expect(await countOf(cart)).toBe(0)
  })

  it('is announced an hour after its shopper has turned back from paying', async () => {
    await beginSweepHere(api)
    const owner = await shopper()
    await complete(api, owner)
    await sweepAt(api, minutes(61))
    await recoverAfter(api, 24 * 60)
    expect((await api.get(`/v1/carts/${owner.cartId}`, owner)).body).toMatchObject({ status: 'open', order_id: null })
    await sweepAt(api, 24 * minutes(60) + minutes(30))
    expect(await countOf(owner)).toBe(0)
    await sweepAt(api, 25 * minutes(60) + minutes(1))
    expect(await countOf(owner)).toBe(1)
  })

  it('links to the storefront in the language of the cart', async () => {
    const bindings = { STOREFRONT_URL: 'https://{locale}.shop.example' }
    await beginSweepHere(api)
    const owner = await shopper({ country: 'DE', locale: 'de-DE' })
    await sweepAt(createApi({ bindings }), minutes(61))
    const [event] = await abandonedEvents(api, owner.cartId)
    expect(event?.recovery_url).toMatch(/^https:\/\/de-DE\.shop\.example\/cart\/recover\?token=/)
  })
})

describe('the search for abandoned carts', () => {
  const CARTS = 3

  function manyAtOnce(count: number): Promise<Shopper[]> {
    return Promise.all(Array.from({ length: count }, () => shopper()))
  }

  it('neither loses nor doubles an event, whichever D1 call fails', async () => {
    for (const call of [1, 2]) {
      for (const when of ['before', 'after'] as const) {
        await beginSweepHere(api)
        const owners = await manyAtOnce(CARTS)
        const { database } = withFault(api.bindings.DB, { call, when })
        const broken = createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } })
        await expect(announceAbandoned(cronAt(broken, minutes(61)))).rejects.toThrow()
        await sweepAt(api, minutes(61))
        await sweepAt(api, minutes(62))
        expect(await Promise.all(owners.map(countOf)), `${when} call ${call}`).toEqual(owners.map(() => 1))
      }
    }
  })

  it('announces a cart once where several runs are at it', async () => {
    await beginSweepHere(api)
    const owners = await manyAtOnce(CARTS)
    const bindings = {
      DB: withHook(api.bindings.DB, () => new Promise((done) => setTimeout(done, Math.random() * 20))),
    }
    await Promise.all([1, 2, 3].map(() => sweepAt(createApi({ bindings }), minutes(61))))
    expect(await Promise.all(owners.map(countOf))).toEqual(owners.map(() => 1))
  })

  it('takes up what went quiet while it stood still, batch by batch, carts of the same moment too', async () => {
    await beginSweepHere(api)
    const owner = await shopper()
    const copies = Array.from(
      { length: 250 },
      (_, index) => `${owner.cartId.slice(0, -3)}${String(index).padStart(3, '0')}`,
    )
    const columns = await columnsOf('carts')
    const lineColumns = await columnsOf('cart_lines')
    const { DB } = api.bindings
    await DB.batch([
      DB.prepare(
        `INSERT INTO carts SELECT value, ${columns.slice(1).join(', ')} FROM carts, json_each(?)
         WHERE carts.id = ?`,
      ).bind(JSON.stringify(copies), owner.cartId),
      DB.prepare(
        `INSERT INTO cart_lines SELECT value, ${lineColumns.slice(1).join(', ')} FROM cart_lines, json_each(?)
         WHERE cart_id = ?`,
      ).bind(JSON.stringify(copies), owner.cartId),
    ])
    expect(await sweepAt(api, 3 * DAY)).toBeGreaterThanOrEqual(251)
    const counts = await Promise.all([...copies, owner.cartId].map((cartId) => countOf({ cartId })))
    expect(counts.every((count) => count === 1)).toBe(true)
    expect(await sweepAt(api, 3 * DAY)).toBe(0)
  })

  async function columnsOf(table: string): Promise<string[]> {
    const { results } = await api.bindings.DB.prepare(`PRAGMA table_info(${table})`).all<{ name: string }>()
    const names = results.map(({ name }) => name)
    return names.map((name) => `${table}.${name}`)
  }

  it('reads carts by their index: those that have gone quiet, and those that are over', async () => {
    for (const query of [listAbandoned(Date.now(), 100), listEndedCarts(new Date(), 100)]) {
      const { sql: text, params } = (query as unknown as { toSQL(): { sql: string; params: unknown[] } }).toSQL()
      const steps = await explain(api.bindings.DB, { text, params })
      expect(steps.join('\n')).toMatch(/carts USING INDEX carts_open \(expires_at[<>]/)
      expect(await scansOf(api.bindings.DB, { text, params })).not.toContain('carts')
    }
  })
})

describe('a cart past its end', () => {
  it('becomes expired, unless it has a pending order or somebody has just used it', async () => {
    const [old, pending, used] = [await shopper(), await shopper(), await shopper()]
    await complete(api, pending)
    await later(DAY).patch(`/v1/carts/${used.cartId}`, { note: 'still here' }, used)
    for (let run = 0; run < 50 && (await expireEndedCarts(cronAt(api, 30 * DAY + minutes(1)))) > 0; ) run += 1
    const statusOf = async ({ cartId }: Shopper) => {
      const statement = api.bindings.DB.prepare('SELECT status FROM carts WHERE id = ?').bind(cartId)
      return (await statement.first<{ status: string }>())?.status
    }
    expect([await statusOf(old), await statusOf(pending), await statusOf(used)]).toEqual(['expired', 'open', 'open'])
    expect((await api.get(`/v1/carts/${old.cartId}`, old)).body).toMatchObject({ status: 'expired', version: 2 })
    const refused = await api.patch(`/v1/carts/${old.cartId}`, { note: 'x' }, old)
    expect(refused).toMatchObject({ status: 410, body: { code: 'cart_gone' } })
  })

  it('is looked after by the cron, which tells of abandoned ones as well', async () => {
    await beginSweepHere(api)
    const owner = await shopper()
    const sent: { body: { topic: string; subject_id: string } }[] = []
    const EVENTS = { sendBatch: async (messages: typeof sent) => sent.push(...messages) } as unknown as Queue
    const clock = () => new Date(Date.now() + minutes(61))
    const context = () => systemContext('cron', { ...api.bindings, EVENTS }, { ...api.deps, clock }, () => {})
    await runScheduled(context())
    await runScheduled(context())
    const told = sent.filter(({ body }) => body.topic === 'cart.abandoned' && body.subject_id === owner.cartId)
    expect(told).toHaveLength(1)
  })
})
