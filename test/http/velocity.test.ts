import { describe, expect, it } from 'vitest'
import { DECLINES_A_SESSION, limitsTimes } from '../../src/domain/velocity.ts'
import { consume } from '../../src/jobs/consume.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { runScheduled } from '../../src/jobs/scheduled.ts'
import type { Bindings } from '../../src/platform/env.ts'
import {
  type Answer,
  addGiftCards,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  unique,
  violations,
} from '../support/api.ts'
import { deliver } from '../support/deliveries.ts'
import { testEnv } from '../support/env.ts'
import { explain, type Statement, scansOf, sortsOf, withRecord } from '../support/query-plan.ts'
import { countRows, expectRefusal } from '../support/refusals.ts'

// A tenth of the usual limits: 2 attempts of a guest and 12 of an address in an hour, 2 and 3 declines.
const TENTH = { PAYMENT_LIMITS: '0.1', LOG_LEVEL: 'off' }
const [GUEST_HOUR] = limitsTimes(0.1).guest
const [ADDRESS_HOUR] = limitsTimes(0.1).address
const HOUR_MS = 3600 * 1000

const { DB } = testEnv()
const api = createApi({ bindings: { LOG_LEVEL: 'off' } })

/** An isolate of its own, with an empty memory, whose clock is `later` milliseconds ahead. */
function isolate(bindings: Partial<Bindings> = {}, later = 0) {
  return createApi({
    bindings: { ...TENTH, ...bindings },
    deps: { clock: () => new Date(Date.now() + later) },
  })
}

let nextHost = 0
/** An address that nobody else in this run has. */
function someAddress(): string {
  nextHost += 1
  return `2001:db8:${nextHost.toString(16)}:${Math.floor(Math.random() * 200).toString(16)}00::1`
}

let sku: string | undefined
async function someShopper(changes: Record<string, unknown> = {}): Promise<Shopper> {
  sku ??= (await makeProduct(api, { onHand: 100_000 })).sku
  return makeShopper(api, [{ sku, quantity: 1 }], changes)
}

const from = (address: string | null): Record<string, string> => (address ? { 'CF-Connecting-IP': address } : {})
const tryToPay = (shopper: Shopper, address: string | null = null, extra = {}, on = isolate()) =>
  complete(on, shopper, extra, undefined, from(address))
const decline = (shopper: Shopper, address: string | null = null, on = isolate()) =>
  tryToPay(shopper, address, { test_outcome: 'declined' }, on)

function expectTooMany(answer: Answer): number {
  expectRefusal(answer, 429, 'too many attempts')
  expect(answer.body.code).toBe('payment_attempts_exceeded')
  const seconds = Number(answer.headers.get('Retry-After'))
  expect(answer.headers.get('RateLimit')).toBe(`"payment";r=0;t=${seconds}`)
  expect(seconds).toBeGreaterThan(0)
  return seconds
}

async function rowsOf(shopper: Shopper) {
  const { results } = await DB.prepare(
    `SELECT p.id, p.status, p.declines, p.declined, p.address_key FROM payments AS p JOIN orders AS o ON o.id = p.order_id
      WHERE o.cart_id = ? ORDER BY p.id`,
  )
    .bind(shopper.cartId)
    .all<{ id: string; status: string; declines: number; declined: number; address_key: string | null }>()
  return results
}

describe('attempts to pay', () => {
  it('are limited for a guest on one cart, in whichever isolate, before anything is written or the provider asked', async () => {
    const shopper = await someShopper()
    for (let tries = 0; tries < GUEST_HOUR.attempts; tries += 1) expect((await tryToPay(shopper)).status).toBe(200)
    const [rows, attempts] = [await countRows(), await rowsOf(shopper)]
    expectTooMany(await tryToPay(shopper))
    // What staff are told is all that is written. The last session stays open: the provider was not asked to close it.
    const { payment_alerts: alerts = 0, outbox = 0, ...others } = await countRows()
    const { payment_alerts: alertsBefore = 0, outbox: outboxBefore = 0, ...othersBefore } = rows
    expect(others).toEqual(othersBefore)
    expect([alerts - alertsBefore, outbox - outboxBefore]).toEqual([1, 1])
    expect(await rowsOf(shopper)).toEqual(attempts)
    expect((await pay(api, attempts.at(-1)?.id ?? '')).status).toBe(200)
  })

  it('are limited for a guest over many carts', async () => {
    const first = await someShopper()
    const carts = [first]
    while (carts.length <= GUEST_HOUR.attempts) {
      const made = await api.post('/v1/carts', { lines: [{ sku, quantity: 1 }] }, { token: first.token })
      const changes = {
        email: `${unique('eve')}@shop.example`,
        shipping_address: first.cart.shipping_address,
        shipping_option_id: first.cart.shipping_option_id ?? first.cart.shipping_option?.id,
      }
      const { status, body } = await api.patch(`/v1/carts/${made.body.id}`, changes, { token: first.token })
      expect(status, JSON.stringify(body)).toBe(200)
      carts.push({ cartId: made.body.id, token: first.token, cart: body })
    }
    const last = carts.pop() as Shopper
    for (const cart of carts) expect((await tryToPay(cart)).status).toBe(200)
    expectTooMany(await tryToPay(last))
  })

  it('are limited for an e-mail, however it is written and whoever brings it', async () => {
    const email = `${unique('mallory')}@shop.example`
    for (let tries = 0; tries < GUEST_HOUR.attempts; tries += 1) {
      expect((await tryToPay(await someShopper({ email }))).status).toBe(200)
    }
    expectTooMany(await tryToPay(await someShopper({ email: email.toUpperCase() })))
    expect((await tryToPay(await someShopper())).status).toBe(200)
  })

  it('are limited for a network by its declines, and for none beside it', async () => {
    for (const [tester, same, other] of [
      ['2001:db8:ff01:1200::1', '2001:db8:ff01:12ff:aaaa::7', '2001:db8:ff01:1300::1'],
      ['203.0.113.7', '::ffff:203.0.113.7', '203.0.113.8'],
    ] as const) {
      for (let tries = 0; tries < ADDRESS_HOUR.declines; tries += 1) {
        expect((await decline(await someShopper(), tester)).status).toBe(402)
        expect((await tryToPay(await someShopper(), other)).status).toBe(200)
      }
      expectTooMany(await tryToPay(await someShopper(), tester))
      expectTooMany(await tryToPay(await someShopper(), same))
      expect((await tryToPay(await someShopper(), other)).status).toBe(200)
      expect((await tryToPay(await someShopper(), null)).status).toBe(200)
    }
  })

  it('are refused in the same words whichever limit it was', async () => {
    const [guest, email, address] = [await someShopper(), `${unique('eve')}@shop.example`, someAddress()]
    for (let tries = 0; tries < GUEST_HOUR.declines; tries += 1) {
      await decline(guest)
      await decline(await someShopper({ email }))
    }
    for (let tries = 0; tries < ADDRESS_HOUR.declines; tries += 1) await decline(await someShopper(), address)
    const answers = [
      await tryToPay(guest),
      await tryToPay(await someShopper({ email })),
      await tryToPay(await someShopper(), address),
    ]
    for (const answer of answers) expectTooMany(answer)
    const faces = answers.map(({ body: { request_id: _, ...body } }) => JSON.stringify(body))
    expect(new Set(faces).size).toBe(1)
  })

  it('may be made again when the time given is over, and not before', async () => {
    const shopper = await someShopper()
    for (let tries = 0; tries < GUEST_HOUR.attempts; tries += 1) await tryToPay(shopper)
    const seconds = expectTooMany(await tryToPay(shopper))
    expect(seconds).toBeLessThanOrEqual(HOUR_MS / 1000)
    expectTooMany(await tryToPay(shopper, null, {}, isolate({}, (seconds - 30) * 1000)))
    expect((await tryToPay(shopper, null, {}, isolate({}, seconds * 1000))).status).toBe(200)
  })

  it('are counted over midnight', async () => {
    const address = someAddress()
    const midnight = Math.ceil(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS
    const before = midnight - 60_000 - Date.now()
    for (let tries = 0; tries < ADDRESS_HOUR.declines; tries += 1) {
      expect((await decline(await someShopper(), address, isolate({}, before))).status).toBe(402)
    }
    expectTooMany(await tryToPay(await someShopper(), address, {}, isolate({}, before + 120_000)))
  })

  it('are neither counted nor refused where they repeat what was decided', async () => {
    const shopper = await someShopper()
    const key = crypto.randomUUID()
    const first = await complete(isolate(), shopper, {}, key)
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await complete(isolate(), shopper, {}, key)).body.payment.id).toBe(first.body.payment.id)
    }
    expect((await tryToPay(shopper, null, { test_outcome: 'succeeded' })).body.status).toBe('completed')
    for (let tries = 0; tries < 5; tries += 1) expect((await tryToPay(shopper)).body.status).toBe('completed')
    expect(await rowsOf(shopper)).toHaveLength(2)
  })

  it('are not refused where nothing is due', async () => {
    const shopper = await someShopper()
    for (let tries = 0; tries < GUEST_HOUR.attempts; tries += 1) await tryToPay(shopper)
    expectTooMany(await tryToPay(shopper))
    const paid = await addGiftCards(api, shopper, [await makeGiftCard(api, 1_000_000)])
    expect((await tryToPay(paid)).body.status).toBe('completed')
  })

  it('are not counted by an address that stands for many, and not at all where limits are off', async () => {
    const address = someAddress()
    const shared = { SHARED_ADDRESSES: `192.0.2.99, ${address}` }
    for (let tries = 0; tries <= ADDRESS_HOUR.declines; tries += 1) {
      expect((await decline(await someShopper(), address, isolate(shared))).status).toBe(402)
    }
    const shopper = await someShopper()
    for (let tries = 0; tries <= GUEST_HOUR.attempts; tries += 1) {
      expect((await tryToPay(shopper, null, {}, isolate({ PAYMENT_LIMITS: 'off' }))).status).toBe(200)
    }
  })

  it('pass no further when twenty come at the same moment, from one address or with one e-mail', async () => {
    const address = someAddress()
    const slow = { D1_LATENCY_MS: '5' }
    const many = await Promise.all(Array.from({ length: 20 }, () => someShopper()))
    const answers = await Promise.all(many.map((shopper) => tryToPay(shopper, address, {}, isolate(slow))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(ADDRESS_HOUR.attempts)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectTooMany(answer)
    const email = `${unique('eve')}@shop.example`
    const alike = await Promise.all(Array.from({ length: 8 }, () => someShopper({ email })))
    const others = await Promise.all(alike.map((shopper) => tryToPay(shopper, null, {}, isolate(slow))))
    expect(others.filter(({ status }) => status === 200)).toHaveLength(GUEST_HOUR.attempts)
    // An order that was refused holds nothing.
    expect(await violations(api)).toEqual([])
  })

  it('are limited as usual unless configured: 20 of a guest in an hour', async () => {
    const shopper = await someShopper()
    const usual = () => isolate({ PAYMENT_LIMITS: undefined })
    for (let tries = 0; tries < 20; tries += 1) {
      expect((await tryToPay(shopper, null, {}, usual())).status, `${tries}`).toBe(200)
    }
    expectTooMany(await tryToPay(shopper, null, {}, usual()))
  })
})

describe('a session in the browser', () => {
  const open = async () => {
    const shopper = await someShopper()
    const { body } = await complete(api, shopper)
    const { id } = body.payment
    const amount = body.order.totals.total
    const event = (eventId?: string) =>
      deliver(api, { paymentId: id, amount, outcome: 'declined', ...(eventId ? { id: eventId } : {}) })
    return { shopper, id, amount, event }
  }

  it('counts each decline once, however often its event comes and whatever it is after', async () => {
    const { shopper, id, amount, event } = await open()
    const events = Array.from({ length: 4 }, () => `evt_${crypto.randomUUID()}`)
    const deliveries = [...events, ...events, ...events].map((eventId) => event(eventId))
    expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual(deliveries.map(() => 200))
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'failed', declines: 4, declined: 1 }])
    // Another card was accepted; an earlier decline comes late.
    await deliver(api, { paymentId: id, amount })
    await event()
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'captured', declines: 5, declined: 1 }])
    expect(await violations(api)).toEqual([])
  })

  it('counts an answer and its event as one decline', async () => {
    const shopper = await someShopper()
    const { body } = await complete(api, shopper, { test_outcome: 'declined' })
    expect(await rowsOf(shopper)).toMatchObject([{ declines: 0, declined: 1 }])
    await deliver(api, { paymentId: body.payment.id, amount: body.order.totals.total, outcome: 'declined' })
    expect(await rowsOf(shopper)).toMatchObject([{ declines: 1, declined: 1 }])
  })

  it('is closed after ten declines; its order takes another attempt', async () => {
    const { shopper, id, event } = await open()
    for (let declines = 1; declines < DECLINES_A_SESSION; declines += 1) await event()
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'failed', declines: DECLINES_A_SESSION - 1 }])
    await event()
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'closed', declines: DECLINES_A_SESSION }])
    expect(await pay(api, id)).toMatchObject({ status: 409, body: { code: 'payment_closed' } })
    const again = await complete(api, shopper)
    expect(again.body.status).toBe('requires_action')
    await pay(api, again.body.payment.id)
    expect((await api.get(`/v1/orders/${again.body.order.id}`, shopper)).body).toMatchObject({ status: 'confirmed' })
    expect(await violations(api)).toEqual([])
  })

  it('counts towards what its guest may try', async () => {
    const { shopper, event } = await open()
    for (let declines = 0; declines < DECLINES_A_SESSION; declines += 1) await event()
    const usual = isolate({ PAYMENT_LIMITS: undefined })
    expect((await tryToPay(shopper, null, {}, usual)).status).toBe(200)
    const half = isolate({ PAYMENT_LIMITS: '0.5' })
    expectTooMany(await tryToPay(shopper, null, {}, half))
  })

  it('is closed by the queue where it could not be at once', async () => {
    const { shopper, id, event } = await open()
    await DB.prepare('UPDATE payments SET declines = 50, declined = 1 WHERE id = ?').bind(id).run()
    const context = systemContext('queue', testEnv(), api.deps, () => {})
    const message = { id: 'evt_1', topic: 'payment.exhausted', subject_id: id, payload: {}, created_at: '' }
    await consume(context, message)
    await consume(context, message)
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'closed', declines: 50 }])
    await event()
    expect(await rowsOf(shopper)).toMatchObject([{ status: 'closed', declines: 51 }])
  })
})

describe('what is kept of it', () => {
  it('tells staff once an hour of a guest, without saying what for to anybody else', async () => {
    const shopper = await someShopper()
    for (let tries = 0; tries < GUEST_HOUR.attempts + 5; tries += 1) await tryToPay(shopper)
    const told = () =>
      DB.prepare("SELECT payload FROM outbox WHERE topic = 'payment.attempts_exceeded' AND subject_id = ?")
        .bind(shopper.cartId)
        .all<{ payload: string }>()
    expect((await told()).results.map(({ payload }) => JSON.parse(payload))).toEqual([{ by: ['guest', 'email'] }])
    await tryToPay(shopper, null, {}, isolate({}, 59 * 60_000))
    expect((await told()).results.length).toBeLessThanOrEqual(2)
  })

  it('is no address, and nothing two days later', async () => {
    const [address, shopper] = ['198.51.100.77', await someShopper()]
    await tryToPay(shopper, address)
    const [{ address_key: key } = { address_key: null }] = await rowsOf(shopper)
    expect(key).toMatch(/^\d{5}\.[0-9a-f]{16}$/)
    const statements: Statement[] = []
    const recording = { ...testEnv(), LOG_LEVEL: 'off', DB: withRecord(DB, (statement) => statements.push(statement)) }
    const old = Number(key?.slice(0, 5)) - 2
    await DB.batch([
      DB.prepare('UPDATE payments SET address_key = ? WHERE address_key = ?').bind(`${old}.${key?.slice(6)}`, key),
      DB.prepare("INSERT INTO payment_alerts (hour, subject) VALUES (1, 'guest:gst_1')"),
    ])
    const recent = await someShopper()
    await tryToPay(recent, address)
    await runScheduled(systemContext('cron', recording, api.deps, () => {}))
    expect(await rowsOf(shopper)).toMatchObject([{ address_key: null }])
    expect(await rowsOf(recent)).toMatchObject([{ address_key: key }])
    const forgetting = statements.filter(({ text }) => /SET address_key = NULL|DELETE FROM "payment_alerts"/.test(text))
    expect(forgetting).toHaveLength(2)
    for (const statement of forgetting) expect((await explain(DB, statement)).join()).not.toContain('SCAN')
    const left = await DB.prepare('SELECT count(*) AS n FROM payment_alerts WHERE hour = 1').first<{ n: number }>()
    expect(left?.n).toBe(0)
  })
})

describe('counting', () => {
  it('walks no table, sorts nothing, and reads no more the longer a tester goes on', async () => {
    const address = someAddress()
    const statements: Statement[] = []
    const recording = isolate({ DB: withRecord(DB, (statement) => statements.push(statement)), SERVER_TIMING: 'on' })
    const reads: number[] = []
    for (let tries = 0; tries < 12; tries += 1) {
      const { headers } = await tryToPay(await someShopper(), address, { test_outcome: 'declined' }, recording)
      reads.push(Number(/read=(\d+)/.exec(headers.get('Server-Timing') ?? '')?.[1]))
    }
    expect(new Set(reads.slice(ADDRESS_HOUR.declines + 1)).size).toBe(1)
    const last = (what: string) => statements.findLast(({ text }) => text.includes(what))
    const [counting, guard] = [last('AS address_attempts'), last("'attempts_exceeded'")]
    if (!counting || !guard) throw new Error('nothing was counted')
    // The cart's lines are put in order, and nothing else.
    for (const [statement, sorts] of [
      [counting, 1],
      [guard, 0],
    ] as const) {
      const steps = await explain(DB, statement)
      expect(await scansOf(DB, statement)).toEqual([])
      expect(sortsOf(steps)).toHaveLength(sorts)
      for (const index of ['payments_by_address', 'orders_by_owner', 'orders_by_customer', 'payments_by_order']) {
        expect(steps.join('\n')).toContain(index)
      }
    }
  })
})
