import { describe, expect, it } from 'vitest'
import type { Money } from '../../src/domain/money.ts'
import type { PaymentProvider } from '../../src/domain/provider.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { type Answer, type Api, complete, createApi, makeShopper, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import type { SignedDelivery } from '../support/fakes/fake-service.ts'
import { bringTo, SERVICES, type Service, type ServiceKind, shopAt } from '../support/fakes/services.ts'
import { recoverAfter } from '../support/jobs.ts'
import { type Bought, orderOf, usd } from '../support/money.ts'
import { orderAt, shelfOf } from '../support/stories.ts'

// HOSTILE=all has each provider meet each other one and every wrong amount; npm test takes turns.
const ALL = (testEnv() as { HOSTILE?: string }).HOSTILE === 'all'

/** Of several things of which one will do: another one at each provider. */
const inTurn = <Item>(kind: ServiceKind, items: readonly Item[]): readonly Item[] =>
  ALL ? items : items.filter((_, place) => place === SERVICES.indexOf(kind) % items.length)

/** What is refused before there is anything to count says nothing of it. */
const tripsOf = ({ headers }: Answer) => Number(/trips=(\d+)/.exec(headers.get('Server-Timing') ?? 'trips=0')?.[1])

const post = (api: Api, { name }: Pick<Service, 'name'>, { body, headers }: SignedDelivery) =>
  api.post(`/v1/webhooks/${name}`, body, { headers })

/** A genuine delivery about a payment that nobody has told of yet. */
async function genuine(kind: ServiceKind) {
  const service = kind.make('automatic')
  const { api } = shopAt(service)
  const bought = await orderAt(api, kind)
  await service.happen(bought.paymentId, 'pay')
  const [delivery] = await service.takeDeliveries()
  if (!delivery) throw new Error('it tells nothing')
  return { service, api, bought, delivery }
}

async function expectUntouched(api: Api, bought: Bought): Promise<void> {
  expect(await orderOf(api, bought)).toMatchObject({ status: 'pending', payment_status: 'pending', refunds: [] })
}

/** The shop's provider, as an attacker who has an account there can use it: with ids and amounts of their own choice. */
function providerOf(api: Api, { name }: Pick<Service, 'name'>): PaymentProvider {
  const provider = systemContext('attacker', api.bindings, api.deps, () => {}).provider(name)
  if (!provider) throw new Error(`${name} is not switched on`)
  return provider
}

async function openAs(api: Api, kind: ServiceKind, { paymentId, orderId }: Bought, amount: Money): Promise<void> {
  const { return_url: returnUrl = null, cancel_url: cancelUrl = null, ...input } = kind.wish as Record<string, string>
  const expiresAt = new Date(Date.now() + 3600_000)
  const origin = 'http://shop.test'
  const request = { paymentId, orderId, amount, captureMethod: 'automatic', origin, expiresAt } as const
  await providerOf(api, kind).openSession({ ...request, returnUrl, cancelUrl, input })
}

/** Tells the shop all there is, until there is nothing more: what is approved at some is taken by us, and told of then. */
async function tellAll(api: Api, service: Service): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let round = 0; round < 3; round += 1) {
    answers.push(...(await bringTo(api, service, await service.takeDeliveries())))
  }
  return answers
}

/** One place of the body that is signed is another one. */
function tampered({ body, headers }: SignedDelivery): SignedDelivery {
  const amount = /(\d)(\d\d)(?=\D*$)/.exec(body)
  const place = amount ? amount.index : body.length - 2
  const other = body[place] === '9' ? '8' : '9'
  return { body: body.slice(0, place) + other + body.slice(place + 1), headers }
}

const WRONG: readonly (readonly [string, Money])[] = [
  ['a dollar', usd(100)],
  ['a cent less', usd(3755)],
  ['a cent more', usd(3757)],
  ['another currency', { amount: 3756, currency: 'EUR' }],
]

const PLAIN = { 'Content-Type': 'application/json' }

describe.each(SERVICES)('at the door of $name', (kind) => {
  it('what is not signed, or not so, is refused with a reason, and costs no trip', async () => {
    const { service, api, bought, delivery } = await genuine(kind)
    const headerless = { body: '{"type":"payment.succeeded"}', headers: PLAIN }
    // Of an unsigned ping nothing is believed: the service is asked about what it names, and knows nothing of it.
    const isPing = delivery.body.startsWith('id=')
    if (isPing) {
      const answer = await post(api, service, tampered(delivery))
      expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
      expect(tripsOf(answer)).toBe(0)
    }
    for (const forged of isPing ? [headerless] : [headerless, tampered(delivery)]) {
      const answer = await post(api, service, forged)
      expect(answer, forged.body).toMatchObject({ status: 401, body: { code: 'invalid_signature' } })
      expect(answer.body.reason).toMatch(/^[a-z_]+$/)
      expect(tripsOf(answer)).toBe(0)
    }
    await expectUntouched(api, bought)
  })

  it('what others have signed is refused, and costs no trip', async () => {
    const { service, api, bought } = await genuine(kind)
    const others = SERVICES.filter(({ name }) => name !== kind.name)
    for (const other of inTurn(kind, others)) {
      const { delivery } = await genuine(other)
      const answer = await post(api, service, delivery)
      expect(answer, `${other.name}: ${JSON.stringify(answer.body)}`).toMatchObject({ status: 401 })
      expect(tripsOf(answer)).toBe(0)
    }
    await expectUntouched(api, bought)
  })

  it('too much is refused before it is read, and any other content type is as good as the right one', async () => {
    const { service, api, delivery } = await genuine(kind)
    const large = await post(api, service, { body: 'x'.repeat(1024 * 1024), headers: delivery.headers })
    expect(large).toMatchObject({ status: 413 })
    expect(tripsOf(large)).toBe(0)
    for (const type of ['text/plain', 'application/octet-stream', 'multipart/form-data; boundary=x']) {
      const headers = { ...delivery.headers, 'Content-Type': type }
      const empty = await post(api, service, { body: '', headers })
      expect([401, 400], `nothing at all: ${JSON.stringify(empty.body)}`).toContain(empty.status)
      const { status, body } = await post(api, service, { ...delivery, headers })
      expect(status, `${type}: ${JSON.stringify(body)}`).toBe(200)
    }
  })

  it('no other method is taken', async () => {
    const { api } = shopAt(kind.make('automatic'))
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await api.send(new Request(`http://shop.test/v1/webhooks/${kind.name}`, { method }))
      expect(answer, method).toMatchObject({ status: 405 })
      expect(answer.headers.get('Allow'), method).toContain('POST')
    }
  })

  it('nonsense with a good signature is kept and answered, and moves nothing', async () => {
    const service = kind.make('automatic')
    const { api } = shopAt(service)
    const before = await countEvents(kind)
    const bodies = ['{"a":1}', '{"type":7,"data":[]}', ...(service.can.signsOnly ? [] : ['{', '[]', 'null', '"x"'])]
    for (const nonsense of bodies) {
      // Others of the same service are told apart by their bytes alone.
      const body = nonsense + ' '.repeat(SERVICES.indexOf(kind))
      const answer = await post(api, service, await service.sign(body))
      expect(answer, `${body}: ${JSON.stringify(answer.body)}`).toMatchObject({ status: 200 })
    }
    const after = await countEvents(kind)
    expect(after.all - before.all).toBe(bodies.length)
    expect(after.processed).toBe(before.processed)
    expect(after.other).toBe(before.other)
  })

  // What the test provider tells of another amount: test/promises/paid-means-ordered.test.ts.
  it.runIf(kind.name !== 'test').each(inTurn(kind, WRONG))(
    'a genuine payment of %s pays for nothing',
    async (_, amount) => {
      const service = kind.make('automatic')
      const { api } = shopAt(service)
      const bought = await unopened(api, service, kind)
      await openAs(api, kind, bought, amount)
      await service.happen(bought.paymentId, 'pay')
      for (const { status, body } of await tellAll(api, service)) expect(status, JSON.stringify(body)).toBe(200)
      await recoverAfter(api, 2)
      const { status, payments } = await orderOf(api, bought)
      expect([status, payments[0].captured.amount], JSON.stringify(payments)).toEqual(['pending', 0])
      expect(await topicsOf(bought)).toContain('payment.amount_mismatch')
    },
  )

  it('a genuine payment elsewhere, in the name of a payment here, pays for nothing', async () => {
    const { api: here, bought } = await genuine(kind)
    const others = SERVICES.filter(({ name, wish }) => ![kind.name, 'test'].includes(name) && !('flow' in wish))
    for (const other of inTurn(kind, others)) {
      const there = other.make('automatic')
      const { api } = shopAt(there)
      await openAs(api, other, bought, usd(3756))
      await there.happen(bought.paymentId, 'pay')
      for (const { status, body } of await tellAll(api, there)) expect(status, JSON.stringify(body)).toBe(200)
      await expectUntouched(here, bought)
    }
  })
})

/** An order of which the service has not heard. */
async function unopened(api: Api, service: Service, kind: ServiceKind): Promise<Bought> {
  const { sku } = await shelfOf(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 3 }])
  service.failNext('cut_before')
  const { status, body } = await complete(api, shopper, { provider: kind.name, ...kind.wish })
  expect(status, JSON.stringify(body)).toBe(202)
  const { order, payment } = body
  return { orderId: order.id, paymentId: payment.id, shopper, sku, lineId: order.lines[0].id, total: 3756 }
}

async function countEvents({ name }: Pick<ServiceKind, 'name'>) {
  const statement = `SELECT count(*) AS "all", count(*) FILTER (WHERE status = 'processed') AS processed,
    count(*) FILTER (WHERE status NOT IN ('processed', 'dead', 'ignored')) AS other FROM webhook_events WHERE provider = ?`
  const row = await testEnv().DB.prepare(statement).bind(name).first<Record<'all' | 'processed' | 'other', number>>()
  return row ?? { all: 0, processed: 0, other: 0 }
}

async function topicsOf({ orderId, paymentId }: Bought): Promise<string[]> {
  const statement = 'SELECT topic FROM outbox WHERE subject_id IN (?, ?)'
  const { results } = await testEnv().DB.prepare(statement).bind(orderId, paymentId).all<{ topic: string }>()
  return results.map(({ topic }) => topic)
}

describe('at any door', () => {
  it('of a provider that there is not, or that is not switched on, nobody answers', async () => {
    const api = createApi()
    for (const name of ['square', 'stripe', 'paypal', 'mollie', 'adyen', 'standard-webhooks', 'manual']) {
      const answer = await api.post(`/v1/webhooks/${name}`, '{}')
      expect(answer, name).toMatchObject({ status: 404, body: { code: 'provider_not_found' } })
      expect(tripsOf(answer)).toBe(0)
    }
  })

  it('and all ledgers are whole', async () => {
    expect(await violations(createApi())).toEqual([])
  })
})
