import { describe, expect, it } from 'vitest'
import type { WebhookReading } from '../../src/domain/provider.ts'
import { readPayment } from '../../src/features/payments/mollie/payment.ts'
import { readPing } from '../../src/features/payments/mollie/ping.ts'
import { providerFaults } from '../../src/features/payments/providers.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import type { SignedDelivery } from '../support/fakes/fake-service.ts'
import { type FakeMollie, fakeMollie } from '../support/fakes/mollie.ts'
import { bring, shopWith } from '../support/fakes/rig.ts'

const PAYMENT = 'pay_01h00000000000000000000000'
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const OLD = 'the-secret-that-is-being-retired'
const NEW = 'the-secret-that-takes-its-place'

async function read(
  fake: FakeMollie,
  { body, headers }: SignedDelivery,
  { raw = new TextEncoder().encode(body), bindings = {} }: { raw?: Uint8Array; bindings?: Record<string, string> } = {},
): Promise<WebhookReading> {
  const api = shopWith(fake, bindings)
  const provider = systemContext('test', api.bindings, { ...api.deps }, () => {}).provider('mollie')
  if (!provider) throw new Error('not switched on')
  return provider.readWebhook(raw, new Headers(headers), new Date())
}

const ping = (body: string): SignedDelivery => ({ body, headers: FORM })
const paid = (fake: FakeMollie, id: string) =>
  fake.event('payment.paid', { id, mode: 'test', metadata: { payment_id: PAYMENT } })
const good = { ok: true, events: [{ type: 'payment.paid', unread: 'hint', fact: null, paymentId: PAYMENT }] }

describe('a ping is only a hint, whoever sends it', () => {
  it('and of a payment of ours one event, the same one each time', async () => {
    const fake = fakeMollie()
    const id = fake.stranger({ payment_id: PAYMENT })
    const first = await read(fake, ping(`id=${id}`))
    expect(first).toMatchObject({
      ok: true,
      events: [{ eventId: `${id}:paid:1000`, paymentId: PAYMENT, unread: null }],
    })
    expect(await read(fake, ping(`id=${id}`))).toEqual(first)
    expect(JSON.stringify(first)).not.toContain('other.example')
  })

  it.each([
    ['of a payment that Mollie does not know', 'id=tr_doesNotExist'],
    ['of an order', 'id=ord_kEn1PlbGa'],
    ['of a subscription', 'id=sub_rVKGtNd6s3'],
  ])('%s nothing, and well answered', async (_, body) => {
    expect(await read(fakeMollie(), ping(body))).toEqual({ ok: true, events: [] })
  })

  it.each([
    ['without metadata', null],
    ['with other metadata', { order_id: '7' }],
    ['with an id that is none of ours', { payment_id: "pay_1' OR 1=1" }],
  ])('of a payment %s nothing: it is not this shop’s', async (_, metadata) => {
    const fake = fakeMollie()
    expect(await read(fake, ping(`id=${fake.stranger(metadata)}`))).toEqual({ ok: true, events: [] })
  })

  it('of a payment in live mode nothing: a test key does not see it', async () => {
    const fake = fakeMollie()
    const id = fake.stranger({ payment_id: PAYMENT }, 'live')
    expect(await read(fake, ping(`id=${id}`))).toEqual({ ok: true, events: [] })
  })

  it('and of the other mode it is refused, should Mollie ever show one to our key', async () => {
    const fake = fakeMollie()
    const payment = readPayment({
      ...{ id: 'tr_5B8cwPMGnU', status: 'paid', mode: 'live', metadata: { payment_id: PAYMENT } },
      amount: { currency: 'EUR', value: '10.00' },
    })
    for (const mode of ['test', 'live']) {
      const reading = await readPing('id=tr_5B8cwPMGnU', mode, async () => payment)
      expect(reading).toMatchObject(mode === 'live' ? { ok: true } : { ok: false, why: 'other_account' })
    }
    expect(fake.calls).toEqual({})
  })

  it.each([
    ['nothing', ''],
    ['no id', 'id='],
    ['another field', 'payment=tr_5B8cwPMGnU'],
    ['two ids', 'id=tr_5B8cwPMGnU&id=tr_7UhSN1zuXS'],
    ['more than an id', 'id=tr_5B8cwPMGnU&status=paid'],
    ['a status and an amount', 'id=tr_5B8cwPMGnU&amount=100000'],
    ['a path', 'id=tr_5B8cwPMGnU/../../customers'],
    ['an escaped path', 'id=tr_5B8cwPMGnU%2f..%2frefunds'],
    ['a query', 'id=tr_5B8cwPMGnU?embed=x'],
    ['a line end', 'id=tr_5B8cwPMGnU\r\nX-Header: 1'],
    ['SQL', "id=tr_1' OR '1'='1"],
    ['letters of another alphabet', 'id=tr_５Ｂ８ｃ'],
    ['an id without end', `id=tr_${'a'.repeat(5000)}`],
    ['JSON', '{"id":"tr_5B8cwPMGnU"}'],
    ['an event without its signature', '{"resource":"event","id":"event_1","type":"payment.paid"}'],
  ])('and with %s it is refused, and Mollie is not asked', async (_, body) => {
    const fake = fakeMollie()
    expect(await read(fake, ping(body))).toMatchObject({ ok: false, why: 'missing_signature' })
    expect(fake.calls).toEqual({})
  })

  it('costs no trip unless Mollie knows the payment and it is ours; without its answer it is sent again', async () => {
    const fake = fakeMollie()
    const api = shopWith(fake)
    const [unknown, stranger, nonsense] = await bring(api, fake, [
      ping('id=tr_doesNotExist'),
      ping(`id=${fake.stranger(null)}`),
      ping('id=tr_1;drop'),
    ])
    expect([unknown?.status, stranger?.status, nonsense?.status]).toEqual([200, 200, 401])
    for (const answer of [unknown, stranger, nonsense]) {
      expect(answer?.headers.get('Server-Timing')).toContain('trips=0')
    }
    const ours = ping(`id=${fake.stranger({ payment_id: PAYMENT })}`)
    for (const fault of ['error', 'slow', 'nonsense', 'cut_before', 'cut_after'] as const) {
      fake.failNext(fault)
      const [unanswered] = await bring(api, fake, [ours])
      expect(unanswered?.status, fault).toBe(502)
      expect(unanswered?.headers.get('Server-Timing')).toContain('trips=0')
    }
    expect((await bring(api, fake, [ours]))[0]?.status).toBe(200)
  })
})

it.each<[string, Record<string, string>]>([
  ['MOLLIE_API_KEY', { MOLLIE_API_KEY: 'sk_live_SECRET-VALUE-OF-OURS' }],
  ['MOLLIE_API_KEY', { MOLLIE_WEBHOOK_SECRETS: 'SECRET-VALUE-OF-OURS' }],
  ['MOLLIE_WEBHOOK_SECRETS', { ...fakeMollie().settings, MOLLIE_WEBHOOK_SECRETS: 'SECRET-VALUE-OF-OURS VALUE' }],
])('%s that is missing or malformed is named, and no value is told', (name, bindings) => {
  const faults = providerFaults(bindings as unknown as Bindings)
  expect(faults).toEqual([expect.stringContaining(name)])
  expect(faults.join()).not.toContain('VALUE')
})

describe('one of the newer events is taken', () => {
  it('as it was signed', async () => {
    const fake = fakeMollie()
    const reading = await read(fake, await fake.sign(paid(fake, 'tr_5B8cwPMGnU')))
    expect(reading).toMatchObject(good)
    // It is a hint: nobody was asked yet.
    expect(fake.calls).toEqual({})
  })

  it.each([
    ['an emoji', '🧦'],
    ['line separators', '\u2028\u2029'],
    ['a zero', '\u0000'],
    ['right-to-left', 'שלום'],
    ['a letter in two parts', 'e\u0301'],
  ])('with %s in it', async (_, description) => {
    const fake = fakeMollie()
    const entity = { id: 'tr_5B8cwPMGnU', mode: 'test', metadata: { payment_id: PAYMENT }, description }
    expect(await read(fake, await fake.sign(fake.event('payment.paid', entity)))).toMatchObject(good)
  })

  it('with CRLF line ends, which are signed as they are', async () => {
    const fake = fakeMollie()
    const body = paid(fake, 'tr_5B8cwPMGnU').replaceAll(',', ',\r\n')
    expect(await read(fake, await fake.sign(body))).toMatchObject(good)
  })

  it.each([
    ['the secret that is being retired', [OLD]],
    ['the secret that takes its place', [NEW]],
    ['both, as Mollie does for a day', [OLD, NEW]],
    ['one of theirs that we do not have yet, and one of ours', ['a-secret-of-tomorrow', NEW]],
  ])('while secrets are exchanged, signed with %s', async (_, secrets) => {
    const fake = fakeMollie()
    fake.secrets = secrets
    const bindings = { MOLLIE_WEBHOOK_SECRETS: `${NEW} ${OLD}` }
    expect(await read(fake, await fake.sign(paid(fake, 'tr_5B8cwPMGnU')), { bindings })).toMatchObject(good)
  })

  it('about a refund or capture, by the payment that it is of', async () => {
    const fake = fakeMollie()
    for (const [type, id] of [
      ['refund.refunded', 're_4qqhO89gsT'],
      ['capture.failed', 'cpt_vytxeTZskV'],
    ] as const) {
      const entity = { id, mode: 'test', paymentId: 'tr_5B8cwPMGnU', metadata: null }
      const reading = await read(fake, await fake.sign(fake.event(type, entity)))
      expect(reading).toMatchObject({ events: [{ type, unread: 'hint', reference: 'tr_5B8cwPMGnU' }] })
    }
    // Without its payment a refund cannot be asked about; the ping of the payment tells of it.
    const short = JSON.stringify({
      resource: 'event',
      id: 'event_1',
      type: 'refund.refunded',
      entityId: 're_4qqhO89gsT',
    })
    expect(await read(fake, await fake.sign(short))).toMatchObject({ events: [{ unread: 'other_kind' }] })
  })

  it('of a kind that is none of ours, to be ignored', async () => {
    const fake = fakeMollie()
    const reading = await read(
      fake,
      await fake.sign(fake.event('sales-invoice.paid', { id: 'invoice_1', mode: 'test' })),
    )
    expect(reading).toMatchObject({ events: [{ unread: 'other_kind', type: 'sales-invoice.paid' }] })
  })
})

describe('one of the newer events is refused', () => {
  const signature = ({ headers }: SignedDelivery) => headers['X-Mollie-Signature'] ?? ''
  const withSignature = (delivery: SignedDelivery, value: string): SignedDelivery => ({
    ...delivery,
    headers: { ...delivery.headers, 'X-Mollie-Signature': value },
  })

  it.each<[string, string, (delivery: SignedDelivery) => SignedDelivery]>([
    ['with a byte changed', 'wrong', (delivery) => ({ ...delivery, body: delivery.body.replace('paid', 'pail') })],
    [
      'written anew',
      'wrong',
      (delivery) => ({ ...delivery, body: JSON.stringify(JSON.parse(delivery.body), null, 1) }),
    ],
    ['with a blank more', 'wrong', (delivery) => ({ ...delivery, body: `${delivery.body}\n` })],
    [
      'with its unsigned id changed',
      'wrong',
      (delivery) => ({ ...delivery, body: delivery.body.replace('event_', 'event_x') }),
    ],
    ['with a digit changed', 'wrong', (delivery) => withSignature(delivery, flip(signature(delivery)))],
    ['cut off', 'malformed', (delivery) => withSignature(delivery, signature(delivery).slice(0, 40))],
    ['with a digit more', 'malformed', (delivery) => withSignature(delivery, `${signature(delivery)}0`)],
    ['without sha256=', 'malformed', (delivery) => withSignature(delivery, signature(delivery).slice(7))],
    ['by a weaker scheme', 'malformed', (delivery) => withSignature(delivery, `sha1=${'0'.repeat(40)}`)],
    [
      'in base64',
      'malformed',
      (delivery) => withSignature(delivery, 'sha256=K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols='),
    ],
    ['with nothing', 'malformed', (delivery) => withSignature(delivery, '')],
    ['with sha256= and nothing', 'malformed', (delivery) => withSignature(delivery, 'sha256=')],
    [
      'with more signatures than anybody makes',
      'malformed',
      (delivery) => withSignature(delivery, Array(5).fill(signature(delivery)).join(',')),
    ],
    [
      'with a good one and nonsense',
      'malformed',
      (delivery) => withSignature(delivery, `${signature(delivery)}, v0=1`),
    ],
    ['with zeros', 'wrong', (delivery) => withSignature(delivery, `sha256=${'0'.repeat(64)}`)],
  ])('%s', async (_, why, change) => {
    const fake = fakeMollie()
    const delivery = change(await fake.sign(paid(fake, 'tr_5B8cwPMGnU')))
    expect(await read(fake, delivery)).toMatchObject({ ok: false, why: `${why}_signature` })
    expect(fake.calls).toEqual({})
  })

  it('signed by the API key, by a secret in capitals, by that of another shop, or where none is set', async () => {
    const fake = fakeMollie()
    const { MOLLIE_API_KEY: key = '', MOLLIE_WEBHOOK_SECRETS: secret = '' } = fake.settings
    const body = paid(fake, 'tr_5B8cwPMGnU')
    for (const secrets of [[key], [secret.toUpperCase()], ['a-secret-of-another-shop']]) {
      fake.secrets = secrets
      expect(await read(fake, await fake.sign(body))).toMatchObject({ ok: false, why: 'wrong_signature' })
    }
    fake.secrets = [secret]
    const unset = { bindings: { MOLLIE_WEBHOOK_SECRETS: '' } }
    expect(await read(fake, await fake.sign(body), unset)).toMatchObject({ ok: false, why: 'wrong_signature' })
  })

  it('of live mode where the key is of test mode, and the other way round', async () => {
    const fake = fakeMollie()
    const live = fake.event('payment.paid', { id: 'tr_5B8cwPMGnU', mode: 'live' })
    expect(await read(fake, await fake.sign(live))).toMatchObject({ ok: false, why: 'other_account' })
    const bindings = { MOLLIE_API_KEY: `live_${'x'.repeat(30)}` }
    const test = await fake.sign(paid(fake, 'tr_5B8cwPMGnU'))
    expect(await read(fake, test, { bindings })).toMatchObject({ ok: false, why: 'other_account' })
  })

  it('over HTTP with a reason, and without a trip', async () => {
    const fake = fakeMollie()
    const delivery = await fake.sign(paid(fake, 'tr_5B8cwPMGnU'))
    const [answer] = await bring(shopWith(fake), fake, [{ ...delivery, body: `${delivery.body} ` }])
    expect(answer?.status).toBe(401)
    expect(answer?.body).toMatchObject({ code: 'invalid_signature', reason: 'wrong_signature' })
    expect(answer?.headers.get('Server-Timing')).toContain('trips=0')
  })
})

/** Another hex digit in the middle of it. */
function flip(signature: string): string {
  const digit = signature[30] === '0' ? '1' : '0'
  return `${signature.slice(0, 30)}${digit}${signature.slice(31)}`
}
