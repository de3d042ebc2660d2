import { afterAll, describe, expect, it, vi } from 'vitest'
import type { EventAnswer, ProviderEvent } from '../../src/domain/provider.ts'
import { retryDueEvents } from '../../src/features/webhooks-in/retry.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { signStandardWebhook } from '../../src/platform/crypto/standard-webhook.ts'
import { type Api, complete, createApi, makeProduct, makeShopper, unique, violations } from '../support/api.ts'
import { deliver } from '../support/deliveries.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { buy, eventOf, ledgerOf, orderOf, outside, silence, usd, withProvider } from '../support/money.ts'
import { withRecord } from '../support/query-plan.ts'
import { seedShop } from '../support/shop.ts'

const api = createApi()
const { DB } = testEnv()
const mint = createMint(new Date(), cryptoRandom)

/** Brings any body at all, really signed. @returns the event's own id and the answer. */
async function bring(body: string, headers: Record<string, string> = {}, to: Api = api) {
  const id = unique('evt')
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  const signed = await signStandardWebhook(secret, { id, at: new Date(), body })
  const answer = await to.post('/v1/webhooks/test', body, {
    headers: { 'Content-Type': 'application/json', ...signed, ...headers },
  })
  return { id, ...answer }
}

const stored = (eventId: string) =>
  DB.prepare('SELECT * FROM webhook_events WHERE event_id = ?').bind(eventId).first<Record<string, string & number>>()

/** What staff are told of an event or payment, and has not been relayed yet. */
async function told(subject: string): Promise<{ topic: string; payload: Record<string, unknown> }[]> {
  const { results } = await DB.prepare('SELECT topic, payload FROM outbox WHERE subject_id = ? ORDER BY id')
    .bind(subject)
    .all<{ topic: string; payload: string }>()
  return results.map(({ topic, payload }) => ({ topic, payload: JSON.parse(payload) }))
}

async function staff(path: string) {
  const { staffKey: token } = await seedShop()
  const { status, body } = await api.get(`/v1/admin/webhook-events${path}`, { token })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function replay(id: string) {
  const { staffKey: token } = await seedShop()
  return api.post(`/v1/admin/webhook-events/${id}/replay`, {}, { token, key: crypto.randomUUID() })
}

const runCron = (of: Api = api) => retryDueEvents(systemContext('cron', of.bindings, of.deps, () => {}))

describe('the door of webhooks', () => {
  it.each([
    ['no JSON', '{"type": "payment.succeeded", '],
    ['no text', '\u0000\u0001\ufffd\u2028'],
    ['a list', '[1, 2, 3]'],
    ['null', 'null'],
    ['nothing', ''],
    ['an event of another world', '{"type":{"$ne":null},"data":[]}'],
    ['a prototype', '{"__proto__":{"type":"payment.succeeded"},"constructor":null}'],
    ['far too deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['an amount that is none', `{"type":"payment.succeeded","data":{"payment_id":"pay_x","amount":{"amount":1e400}}}`],
  ])('keeps what was signed and is %s, lays it aside and tells staff', async (_, body) => {
    const { status, id } = await bring(body)
    expect(status).toBe(200)
    const row = await stored(id)
    expect(row).toMatchObject({ status: 'dead', detail: 'malformed', next_attempt_at: null })
    expect((await told(String(row?.id))).map(({ topic }) => topic)).toEqual(['webhook.dead'])
    expect((await replay(String(row?.id))).body).toMatchObject({ status: 'dead', attempts: 2 })
  })

  it('refuses a megabyte, whoever signed it', async () => {
    const body = JSON.stringify({ type: 'payment.succeeded', padding: 'x'.repeat(1024 * 1024) })
    const { status, body: problem, id } = await bring(body)
    expect([status, problem.code]).toEqual([413, 'body_too_large'])
    expect(await stored(id)).toBeNull()
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', ''])(
    'takes what is signed as it comes, sent as %s',
    async (type) => {
      const paymentId = mint('payment')
      const body = JSON.stringify({
        type: 'payment.succeeded',
        data: { payment_id: paymentId, amount: usd(100) },
      })
      const { status, id } = await bring(body, { 'Content-Type': type })
      expect(status).toBe(200)
      expect(await stored(id)).toMatchObject({ status: 'unmatched', payment_id: paymentId, payload: body })
    },
  )

  it('is for POST alone', async () => {
    for (const method of ['get', 'patch', 'delete'] as const) {
      const answer =
        method === 'patch' ? await api.patch('/v1/webhooks/test', {}) : await api[method]('/v1/webhooks/test')
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST, OPTIONS'])
    }
    expect((await api.post('/v1/webhooks/nobody', '{}')).status).toBe(404)
  })
})

describe('an event costs two trips', () => {
  it.each<[string, string, (paymentId: string) => Promise<unknown>]>([
    ['applied', 'processed', (paymentId) => deliver(counting, { id: eventId, paymentId, amount: usd(3756) })],
    ['of another amount', 'dead', (paymentId) => deliver(counting, { id: eventId, paymentId, amount: usd(1) })],
    [
      'of no payment of ours',
      'unmatched',
      () => deliver(counting, { id: eventId, paymentId: mint('payment'), amount: usd(1) }),
    ],
  ])('%s', async (_, status, bringIt) => {
    const { paymentId } = await buy(api, {})
    trips = 0
    eventId = unique('evt')
    await bringIt(paymentId)
    expect([trips, (await stored(eventId))?.status]).toEqual([2, status])
    trips = 0
    await bringIt(paymentId)
    expect(trips).toBe(1)
  })
  let eventId = ''
  let trips = 0
  const counting = createApi({
    bindings: {
      DB: withHook(DB, () => {
        trips += 1
      }),
    },
  })
})

describe('the number of a card', () => {
  const CARD = '4242424242424242'
  const lines: string[] = []
  const logging = createApi({ bindings: { LOG_LEVEL: 'debug' } })
  const spies = (['log', 'error', 'warn', 'info'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...line) => void lines.push(line.join(' '))),
  )
  afterAll(() => {
    for (const spy of spies) spy.mockRestore()
  })

  it('that somebody signs is never readable in the database, by staff, or in the log', async () => {
    const paymentId = mint('payment')
    const whole = { type: 'payment.succeeded', data: { payment_id: paymentId, amount: usd(100) } }
    const bodies = [
      JSON.stringify({ ...whole, card: { number: CARD, cvc: '987' }, note: `paid by ${CARD}` }),
      JSON.stringify({ ...whole, type: `payment.${CARD}` }),
      JSON.stringify({ ...whole, type: `${CARD}` }),
      `{"type": "payment.succeeded", "number": "${CARD}", "cvc": "987"`,
      `number=4242+4242+4242+4242&cvc=987`,
      CARD,
      `"${CARD}"`,
      JSON.stringify({ [CARD]: { deep: [CARD] }, list: [[CARD]] }),
    ]
    const ids: string[] = []
    for (const body of bodies) {
      const { status, id } = await bring(body, {}, logging)
      expect(status).toBe(200)
      const { id: ours, ...row } = { ...(await stored(id)) }
      const { staffKey: token } = await seedShop()
      await logging.post(`/v1/admin/webhook-events/${ours}/replay`, {}, { token, key: crypto.randomUUID() })
      ids.push(String(ours))
      const { payload } = await staff(`/${ours}`)
      expect(payload).toContain('[removed]')
      for (const text of [JSON.stringify(row), JSON.stringify(await told(String(ours))), payload]) {
        expect(text.replace(/[ +]/g, '')).not.toContain(CARD)
        expect(text).not.toMatch(/cvc\W+987/)
      }
    }
    // Forged, it is neither stored nor logged.
    await logging.post('/v1/webhooks/test', bodies[0], { headers: { 'webhook-id': 'x' } })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('\n').replace(/[ +]/g, '')).not.toContain(CARD)
    expect(ids).toHaveLength(bodies.length)
  })
})

describe('money for a payment that is not ours', () => {
  it('is kept, and staff are told, once', async () => {
    const paymentId = mint('payment')
    const id = unique('evt')
    for (const _ of [1, 2]) expect((await deliver(api, { id, paymentId, amount: usd(100) })).status).toBe(200)
    const row = await stored(id)
    expect(row).toMatchObject({ status: 'unmatched', payment_id: paymentId, attempts: 1, next_attempt_at: null })
    await runCron()
    expect((await replay(String(row?.id))).body).toMatchObject({ status: 'unmatched', attempts: 2 })
    const payload = { payment_id: paymentId, kind: 'captured', amount: usd(100) }
    expect(await told(String(row?.id))).toEqual([{ topic: 'webhook.unmatched', payload }])
  })

  it('that was only declined is kept, and nobody is troubled', async () => {
    const id = unique('evt')
    await deliver(api, { id, paymentId: mint('payment'), amount: usd(100), outcome: 'declined' })
    const row = await stored(id)
    expect(row).toMatchObject({ status: 'unmatched' })
    expect(await told(String(row?.id))).toEqual([])
  })

  it('that comes before its order is there confirms it by itself, once', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
    const id = unique('evt')
    let paymentId = ''
    const recording = withRecord(DB, ({ text, params }) => {
      if (text.startsWith('INSERT INTO payments ')) paymentId = /pay_\w{26}/.exec(String(params[0]))?.[0] ?? ''
    })
    let early: number | null = null
    const overtaken = createApi({
      bindings: {
        DB: withHook(recording, async () => {
          if (paymentId === '' || early !== null) return
          early = 0
          early = (await deliver(api, { id, paymentId, amount: shopper.cart.totals.total })).status
        }),
      },
    })
    const { body } = await complete(overtaken, shopper)
    expect([early, body.payment.id]).toEqual([200, paymentId])
    const row = await stored(id)
    expect(row).toMatchObject({ status: 'unmatched' })
    expect(await orderOf(api, { orderId: body.order.id })).toMatchObject({ status: 'pending' })
    await Promise.all([runCron(), runCron(), runCron()])
    expect(await stored(id)).toMatchObject({ status: 'processed', payment_id: paymentId })
    expect(await orderOf(api, { orderId: body.order.id })).toMatchObject({
      status: 'confirmed',
      payment_status: 'paid',
    })
    expect((await ledgerOf({ paymentId })).moves.filter((move) => move.startsWith('captured'))).toHaveLength(1)
    expect(await told(String(row?.id))).toHaveLength(1)
    expect(await violations(api)).toEqual([])
  })

  it('of another provider stays apart, however often it is looked at', async () => {
    const bought = await buy(api, {})
    const id = unique('evt')
    await deliver(api, { id, paymentId: mint('payment'), amount: usd(3756) })
    await DB.prepare("UPDATE webhook_events SET provider = 'other', payment_id = ? WHERE event_id = ?")
      .bind(bought.paymentId, id)
      .run()
    await runCron()
    expect(await stored(id)).toMatchObject({ status: 'unmatched', attempts: 1 })
    await DB.prepare('DELETE FROM webhook_events WHERE event_id = ?').bind(id).run()
  })
})

describe('an event that only hints', () => {
  const hinting = (answer: (event: ProviderEvent) => Promise<EventAnswer>) =>
    withProvider((provider) => {
      const hint = (event: ProviderEvent): ProviderEvent => ({ ...event, fact: null, paymentId: null, unread: 'hint' })
      return {
        async readWebhook(raw, headers, now) {
          const reading = await provider.readWebhook(raw, headers, now)
          return reading.ok ? { ok: true, events: reading.events.map(hint) } : reading
        },
        readStoredEvent: (payload, eventId) => hint(provider.readStoredEvent(payload, eventId)),
        askAbout: answer,
      }
    }).api
  const captured = { kind: 'captured', amount: usd(3756) } as const

  it('at a payment of ours is applied to it, and found under it', async () => {
    const bought = await buy(api, {})
    const id = unique('evt')
    const { paymentId } = bought
    const shop = hinting(async () => ({ paymentId, fact: captured, reference: null }))
    await deliver(shop, { id, paymentId, amount: usd(1) })
    expect(await stored(id)).toMatchObject({ status: 'processed', payment_id: paymentId })
    expect(await orderOf(api, bought)).toMatchObject({ payment_status: 'paid' })
    expect(await violations(api)).toEqual([])
  })

  it('at nothing is ignored; at money that names no payment of ours staff look', async () => {
    const nothing = hinting(async () => ({ paymentId: null, fact: null, reference: null }))
    const id = unique('evt')
    await deliver(nothing, { id, paymentId: mint('payment'), amount: usd(1) })
    expect(await stored(id)).toMatchObject({ status: 'ignored', detail: 'the service knows of nothing of ours' })
    const money = hinting(async () => ({ paymentId: null, fact: captured, reference: 'tr_1' }))
    const other = unique('evt')
    await deliver(money, { id: other, paymentId: mint('payment'), amount: usd(1) })
    const row = await stored(other)
    expect(row).toMatchObject({ status: 'unmatched', payment_id: null })
    expect(await told(String(row?.id))).toMatchObject([{ topic: 'webhook.unmatched', payload: { amount: usd(3756) } }])
  })

  it('whose service does not answer is asked about again, and what it turns out to be of is kept with it', async () => {
    const id = unique('evt')
    const paymentId = mint('payment')
    await deliver(hinting(silence), { id, paymentId, amount: usd(1) })
    expect(await stored(id)).toMatchObject({ status: 'failed', payment_id: null })
    const later = { clock: () => new Date(Date.now() + 60_000) }
    const shop = hinting(async () => ({ paymentId, fact: captured, reference: null }))
    await retryDueEvents(systemContext('cron', shop.bindings, { ...shop.deps, ...later }, () => {}))
    expect(await stored(id)).toMatchObject({ status: 'unmatched', payment_id: paymentId })
  })

  it('whose service does not answer keep no others waiting, and lose none of their tries by that', async () => {
    const ids = Array.from({ length: 8 }, () => unique('evt'))
    for (const id of ids) await deliver(hinting(silence), { id, paymentId: mint('payment'), amount: usd(1) })
    let asked = 0
    const shop = hinting(async () => {
      asked += 1
      return silence()
    })
    const later = { clock: () => new Date(Date.now() + 60_000) }
    await retryDueEvents(systemContext('cron', shop.bindings, { ...shop.deps, ...later }, () => {}))
    expect(asked).toBe(3)
    const rows = await Promise.all(ids.map(stored))
    expect(rows.filter((row) => row?.attempts === 1)).toHaveLength(5)
    expect(rows.every((row) => (row?.next_attempt_at ?? 0) > Date.now() + 60_000)).toBe(true)
  })
})

describe('events of a service that is down', () => {
  it('do not keep others waiting: three are tried, the rest is left as it is, and nothing is given up for a day', async () => {
    const asked: string[] = []
    const { api: shop } = withProvider((provider) => {
      const hint = (event: ProviderEvent): ProviderEvent => ({ ...event, fact: null, paymentId: null, unread: 'hint' })
      return {
        async readWebhook(raw, headers, now) {
          const reading = await provider.readWebhook(raw, headers, now)
          return reading.ok ? { ok: true, events: reading.events.map(hint) } : reading
        },
        readStoredEvent: (payload, eventId) => hint(provider.readStoredEvent(payload, eventId)),
        askAbout: (event) => {
          asked.push(event.eventId)
          return silence()
        },
      }
    })
    const ids = Array.from({ length: 6 }, () => unique('evt'))
    for (const id of ids) await deliver(shop, { id, paymentId: mint('payment'), amount: usd(1) })
    asked.length = 0
    const runAt = (ms: number) => {
      const clock = () => new Date(Date.now() + ms)
      return retryDueEvents(systemContext('cron', shop.bindings, { ...shop.deps, clock }, () => {}))
    }
    await runAt(60_000)
    expect(asked).toHaveLength(3)
    const attempts = async () => Promise.all(ids.map(async (id) => (await stored(id))?.attempts))
    expect((await attempts()).sort()).toEqual([1, 1, 1, 2, 2, 2])
    for (let hour = 1; hour <= 12; hour += 1) await runAt(hour * 3600_000)
    for (const id of ids) expect(await stored(id)).toMatchObject({ status: 'failed' })
    await DB.prepare('DELETE FROM webhook_events WHERE event_id IN (SELECT value FROM json_each(?))')
      .bind(JSON.stringify(ids))
      .run()
  })
})

describe('staff', () => {
  it('find events by status, provider and payment, the newest first, and look into them', async () => {
    const bought = await buy(api, {})
    const { paymentId } = bought
    await outside(api, bought, 'succeeded')
    await eventOf(api, { outcome: 'succeeded', paymentId, amount: usd(3756) })()
    await eventOf(api, { outcome: 'succeeded', paymentId, amount: usd(1) })()
    await deliver(api, { paymentId: mint('payment'), amount: usd(100) })
    const found = async (query: string) => {
      const { data, next_cursor } = await staff(`?payment_id=${paymentId}&${query}`)
      expect(next_cursor).toBeNull()
      return data.map(({ status }: { status: string }) => status)
    }
    expect(await found('')).toEqual(['dead', 'ignored', 'processed'])
    expect(await found('provider=test')).toEqual(['dead', 'ignored', 'processed'])
    expect(await found('provider=stripe')).toEqual([])
    expect(await found('status=dead')).toEqual(['dead'])
    expect(await found('status=processed&status=ignored')).toEqual(['ignored', 'processed'])
    expect(await found('status=unmatched&status=failed')).toEqual([])
    const all = await staff('?status=unmatched&status=dead&limit=2')
    expect(all.data).toHaveLength(2)
    const { data } = await staff(`?payment_id=${paymentId}&status=dead`)
    const { payload, ...event } = await staff(`/${data[0].id}`)
    expect(event).toEqual(data[0])
    expect(JSON.parse(payload)).toMatchObject({ type: 'payment.succeeded', data: { payment_id: paymentId } })
    expect(data[0]).not.toHaveProperty('payload')
  })

  it('get pages that end, however few of the events are what they ask for', async () => {
    const base = Date.now() + 10 * 365 * 24 * 3600_000
    const many = Array.from({ length: 12_001 }, (_, index) => createMint(new Date(base + index), cryptoRandom)('event'))
    const paymentId = createMint(new Date(base), cryptoRandom)('payment')
    await DB.prepare(
      `INSERT INTO webhook_events SELECT 'bulk', value, value, 'payment.succeeded', iif(key = 0, 'ignored', 'processed'),
        iif(key = 0, ?2, NULL), '{}', NULL, 1, 0, 0, NULL FROM json_each(?1)`,
    )
      .bind(JSON.stringify(many), paymentId)
      .run()
    for (const query of [`payment_id=${paymentId}`, 'provider=bulk&status=ignored']) {
      const sizes: number[] = []
      let cursor = ''
      do {
        const page = await staff(`?${query}${cursor}`)
        sizes.push(page.data.length)
        cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
        if (page.data.some(({ id }: { id: string }) => id === many[0])) break
      } while (cursor !== '')
      expect(sizes).toEqual([0, 0, 1])
    }
    await DB.prepare("DELETE FROM webhook_events WHERE provider = 'bulk'").run()
  })

  it('replay what was ignored, but not what was applied', async () => {
    const bought = await buy(api, {})
    const { paymentId } = bought
    await outside(api, bought, 'succeeded')
    await eventOf(api, { outcome: 'declined', paymentId, amount: usd(3756) })()
    const { data } = await staff(`?payment_id=${paymentId}`)
    const [late, applied] = data
    expect([late.status, applied.status]).toEqual(['ignored', 'processed'])
    expect((await replay(late.id)).body).toMatchObject({ status: 'ignored', detail: 'outdated', attempts: 2 })
    expect(await replay(applied.id)).toMatchObject({ status: 409, body: { code: 'event_not_replayable' } })
  })

  it('are told of an amount that disagrees once, however often and by whom it is learned', async () => {
    const bought = await buy(api, {})
    const { paymentId } = bought
    const amount = usd(1)
    await eventOf(api, { outcome: 'succeeded', paymentId, amount })()
    await eventOf(api, { outcome: 'succeeded', paymentId, amount })()
    const { api: wrong } = withProvider(() => ({
      fetchSession: async () => ({ fact: { kind: 'captured', amount }, reference: null, nextAction: null }),
    }))
    for (const minutes of [20, 60, 61, 120, 600]) await recoverAfter(wrong, minutes)
    expect(await told(paymentId)).toEqual([
      { topic: 'payment.amount_mismatch', payload: { detail: 'expected 3756 USD, got 1 USD' } },
    ])
    expect(await ledgerOf(bought)).toMatchObject({ captured: 0 })
  })
})
