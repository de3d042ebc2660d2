import { describe, expect, it } from 'vitest'
import type { WebhookReading } from '../../src/domain/provider.ts'
import { providerFaults } from '../../src/features/payments/providers.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { crc32, forgeCrc } from '../support/fakes/crc32.ts'
import type { SignedDelivery } from '../support/fakes/fake-service.ts'
import { type FakePayPal, fakePayPal } from '../support/fakes/paypal.ts'
import { bring, shopWith } from '../support/fakes/rig.ts'

const VERIFY = 'POST /v1/notifications/verify-webhook-signature'
const ORDER = '5O190127TN364715T'
const now = new Date()
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

async function read(
  fake: FakePayPal,
  { body, headers }: SignedDelivery,
  { raw = new TextEncoder().encode(body), bindings = {} }: { raw?: Uint8Array; bindings?: Record<string, string> } = {},
): Promise<WebhookReading> {
  const api = shopWith(fake, bindings)
  const provider = systemContext('test', api.bindings, { ...api.deps }, () => {}).provider('paypal')
  if (!provider) throw new Error('not switched on')
  return provider.readWebhook(raw, new Headers(headers), now)
}

const eventOf = (fake: FakePayPal, changes: object = {}) =>
  fake.event('CHECKOUT.ORDER.APPROVED', { id: ORDER, ...changes })
const sent = (fake: FakePayPal, changes: object = {}, at = now) => fake.signAt(eventOf(fake, changes), at)
const withHeaders = (delivery: SignedDelivery, changes: Record<string, string>): SignedDelivery => ({
  ...delivery,
  headers: { ...delivery.headers, ...changes },
})
const good = { ok: true, events: [{ type: 'CHECKOUT.ORDER.APPROVED', unread: 'hint', fact: null }] }

describe('a delivery of PayPal’s is taken', () => {
  it('as it was signed, after PayPal was asked once', async () => {
    const fake = fakePayPal()
    expect(await read(fake, await sent(fake))).toMatchObject(good)
    expect(fake.calls[VERIFY]).toBe(1)
  })

  it.each([
    ['an emoji', '🧦'],
    ['line separators', '\u2028\u2029'],
    ['a zero', '\u0000'],
    ['right-to-left', 'שלום'],
    ['a letter in two parts', 'e\u0301'],
    ['quotes and brackets', '"},"webhook_id":"'],
  ])('with %s in it', async (_, note_to_payer) => {
    const fake = fakePayPal()
    expect(await read(fake, await sent(fake, { note_to_payer }))).toMatchObject(good)
  })

  it.each<[string, (body: string) => string]>([
    ['CRLF line ends', (body) => body.replaceAll(',', ',\r\n')],
    ['blanks around it', (body) => ` \n${body}\t`],
    ['escapes where none are needed', (body) => body.replace('APPROVED', '\\u0041PPROVED')],
    ['a key twice', (body) => body.replace('{', '{"summary":"first",')],
    ['numbers as nobody writes them', (body) => body.replace('{', '{"a":1.0e+02,')],
  ])('with %s, which is embedded as it came', async (_, change) => {
    const fake = fakePayPal()
    const body = change(eventOf(fake))
    expect(await read(fake, await fake.signAt(body, now))).toMatchObject(good)
  })

  it('two days late, as it sends for three', async () => {
    const fake = fakePayPal()
    expect(await read(fake, await sent(fake, {}, ago(2 * 24 * 3600)))).toMatchObject(good)
  })

  it('from a clock that is four minutes ahead', async () => {
    const fake = fakePayPal()
    expect(await read(fake, await sent(fake, {}, ago(-240)))).toMatchObject(good)
  })

  it('when the token has ended before its time', async () => {
    const fake = fakePayPal()
    await read(fake, await sent(fake))
    fake.revokeTokens()
    expect(await read(fake, await sent(fake))).toMatchObject(good)
    expect(fake.calls['POST /v1/oauth2/token']).toBe(2)
  })

  it('of a kind that is none of ours, to be ignored, and one that says nothing, for staff', async () => {
    const fake = fakePayPal()
    const other = await read(fake, await fake.sign(fake.event('BILLING.PLAN.CREATED', { id: 'P-1' })))
    expect(other).toMatchObject({ events: [{ unread: 'other_kind', type: 'BILLING.PLAN.CREATED' }] })
    for (const body of ['{}', '{"event_type":7}', '{"event_type":"PAYMENT.CAPTURE.COMPLETED","resource":[]}']) {
      const reading = await read(fake, await fake.sign(body))
      expect(reading, body).toMatchObject({ events: [{ unread: 'malformed', fact: null, paymentId: null }] })
      if (reading.ok) expect(reading.events[0]?.eventId).toMatch(/^sha256:[0-9a-f]{64}$/)
    }
    const odd = fake.event('PAYMENT.CAPTURE.COMPLETED', { id: '../../v1/identity' })
    expect(await read(fake, await fake.sign(odd))).toMatchObject({ events: [{ unread: 'malformed' }] })
  })
})

describe('a delivery that is plainly not PayPal’s is refused without asking it', () => {
  it.each([
    'PAYPAL-TRANSMISSION-ID',
    'PAYPAL-TRANSMISSION-TIME',
    'PAYPAL-TRANSMISSION-SIG',
    'PAYPAL-CERT-URL',
    'PAYPAL-AUTH-ALGO',
  ])('without %s, or with nothing in it', async (name) => {
    const fake = fakePayPal()
    const delivery = await sent(fake)
    const { [name]: _, ...headers } = delivery.headers
    expect(await read(fake, { ...delivery, headers })).toMatchObject({ ok: false, why: 'missing_signature' })
    expect(await read(fake, withHeaders(delivery, { [name]: '' }))).toMatchObject({
      ok: false,
      why: 'missing_signature',
    })
    expect(fake.calls).toEqual({})
  })

  it.each<[string, Record<string, string>]>([
    ['a weaker algorithm', { 'PAYPAL-AUTH-ALGO': 'SHA1withRSA' }],
    ['no algorithm', { 'PAYPAL-AUTH-ALGO': 'none' }],
    ['an algorithm spelled otherwise', { 'PAYPAL-AUTH-ALGO': 'sha256withrsa' }],
    ['a certificate without TLS', { 'PAYPAL-CERT-URL': 'http://api.paypal.com/v1/notifications/certs/CERT-1' }],
    ['a certificate elsewhere', { 'PAYPAL-CERT-URL': 'https://evil.example/v1/notifications/certs/CERT-1' }],
    ['a certificate at a name that ends alike', { 'PAYPAL-CERT-URL': 'https://evilpaypal.com/certs/CERT-1' }],
    ['a certificate at a name that begins alike', { 'PAYPAL-CERT-URL': 'https://api.paypal.com.evil.example/CERT-1' }],
    ['a certificate behind a user', { 'PAYPAL-CERT-URL': 'https://api.paypal.com@evil.example/CERT-1' }],
    ['a certificate behind PayPal as a user', { 'PAYPAL-CERT-URL': 'https://evil.example@api.paypal.com/CERT-1' }],
    ['a certificate behind a backslash', { 'PAYPAL-CERT-URL': 'https://evil.example\\@api.paypal.com/CERT-1' }],
    ['a certificate at a port', { 'PAYPAL-CERT-URL': 'https://api.paypal.com:8443/CERT-1' }],
    ['a certificate with a query', { 'PAYPAL-CERT-URL': 'https://api.paypal.com/r?u=https://evil.example' }],
    ['a certificate at an address of this host', { 'PAYPAL-CERT-URL': 'https://127.0.0.1/CERT-1' }],
    ['a certificate that is a file', { 'PAYPAL-CERT-URL': 'file:///etc/passwd' }],
    ['a signature that is cut off', { 'PAYPAL-TRANSMISSION-SIG': 'AAAA' }],
    ['a signature in hex', { 'PAYPAL-TRANSMISSION-SIG': `${'zz'.repeat(20)}!` }],
    ['a time that is none', { 'PAYPAL-TRANSMISSION-TIME': 'yesterday' }],
    ['a time in seconds', { 'PAYPAL-TRANSMISSION-TIME': '1790000000' }],
    ['a month that is none', { 'PAYPAL-TRANSMISSION-TIME': '2026-13-01T00:00:00Z' }],
    ['an id with a bar in it', { 'PAYPAL-TRANSMISSION-ID': 'a|2026-11-28T00:00:00Z' }],
  ])('with %s', async (_, changes) => {
    const fake = fakePayPal()
    const reading = await read(fake, withHeaders(await sent(fake), changes))
    expect(reading).toMatchObject({ ok: false, why: 'malformed_signature' })
    expect(fake.calls).toEqual({})
  })

  it('sent more than its three days ago, or more than five minutes from now', async () => {
    const fake = fakePayPal()
    expect(await read(fake, await sent(fake, {}, ago(4 * 24 * 3600)))).toMatchObject({ ok: false, why: 'too_old' })
    expect(await read(fake, await sent(fake, {}, ago(-400)))).toMatchObject({ ok: false, why: 'too_new' })
    expect(fake.calls).toEqual({})
  })

  it('of the sandbox where the shop is live', async () => {
    const fake = fakePayPal()
    const reading = await read(fake, await sent(fake), { bindings: { PAYPAL_ENVIRONMENT: 'live' } })
    expect(reading).toMatchObject({ ok: false, why: 'other_account' })
    expect(fake.calls).toEqual({})
  })

  it.each(['', '{', '[]', 'null', '"x"', '{"id":1},"webhook_id":"1AB"', '{}{}', '\ufeff{}'])(
    'with a body that is no JSON object: %s',
    async (body) => {
      const fake = fakePayPal()
      expect(await read(fake, await fake.sign(body))).toMatchObject({ ok: false, why: 'wrong_signature' })
      expect(fake.calls).toEqual({})
    },
  )

  it('with bytes that are no UTF-8', async () => {
    const fake = fakePayPal()
    const delivery = await sent(fake)
    const raw = new TextEncoder().encode(delivery.body)
    raw[20] = 0xff
    expect(await read(fake, delivery, { raw })).toMatchObject({ ok: false, why: 'wrong_signature' })
    expect(fake.calls).toEqual({})
  })

  it('with a webhook of the sender’s own smuggled in behind the event', async () => {
    const [fake, theirs] = [fakePayPal(), fakePayPal()]
    const body = eventOf(theirs)
    // Genuine for them. Embedded as it is, the second webhook_id would be the one that counts.
    const delivery = await theirs.signAt(body, now)
    const smuggled = { ...delivery, body: `${body},"webhook_id":"${theirs.webhookId}"` }
    expect(await read(fake, smuggled)).toMatchObject({ ok: false, why: 'wrong_signature' })
    expect(fake.calls).toEqual({})
  })
})

describe('PayPal says of a delivery that it is not its own', () => {
  it.each<[string, (delivery: SignedDelivery, other: SignedDelivery) => SignedDelivery]>([
    [
      'with a byte changed',
      (delivery) => ({ ...delivery, body: delivery.body.replace(ORDER, `${ORDER.slice(0, -1)}X`) }),
    ],
    ['written anew', (delivery) => ({ ...delivery, body: JSON.stringify(JSON.parse(delivery.body), null, 2) })],
    ['with a blank more', (delivery) => ({ ...delivery, body: `${delivery.body} ` })],
    ['with another time', (delivery) => withHeaders(delivery, { 'PAYPAL-TRANSMISSION-TIME': ago(60).toISOString() })],
    ['with another id', (delivery) => withHeaders(delivery, { 'PAYPAL-TRANSMISSION-ID': crypto.randomUUID() })],
    [
      'with the signature of another one',
      (delivery, other) =>
        withHeaders(delivery, { 'PAYPAL-TRANSMISSION-SIG': other.headers['PAYPAL-TRANSMISSION-SIG'] ?? '' }),
    ],
    [
      'with half a signature',
      (delivery) =>
        withHeaders(delivery, {
          'PAYPAL-TRANSMISSION-SIG': (delivery.headers['PAYPAL-TRANSMISSION-SIG'] ?? '').slice(0, 128),
        }),
    ],
    ['with the headers of another one', ({ body }, { headers }) => ({ body, headers })],
  ])('%s', async (_, change) => {
    const fake = fakePayPal()
    const delivery = change(await sent(fake), await sent(fake, { id: 'ANOTHER' }))
    expect(await read(fake, delivery)).toMatchObject({ ok: false, why: 'wrong_signature' })
    expect(fake.calls[VERIFY]).toBe(1)
  })

  it('for the webhook of another account', async () => {
    const [fake, theirs] = [fakePayPal(), fakePayPal()]
    expect(await read(fake, await sent(theirs))).toMatchObject({ ok: false, why: 'wrong_signature' })
    expect(await read(fake, await fake.signAt(eventOf(fake), now, 'WHOTHER'))).toMatchObject({ ok: false })
  })
})

it.each<[string, Record<string, string>]>([
  ['PAYPAL_CLIENT_ID', { PAYPAL_CLIENT_ID: 'a VALUE of ours' }],
  ['PAYPAL_CLIENT_SECRET', { PAYPAL_CLIENT_SECRET: 'VALUE' }],
  ['PAYPAL_WEBHOOK_ID', { PAYPAL_WEBHOOK_ID: 'https://shop.example/VALUE' }],
  ['PAYPAL_ENVIRONMENT', { PAYPAL_ENVIRONMENT: 'VALUE' }],
  ['PAYPAL_ENVIRONMENT', { PAYPAL_ENVIRONMENT: '' }],
])('%s that is missing or malformed is named, and no value is told', (name, changes) => {
  const faults = providerFaults({ ...fakePayPal().settings, ...changes } as unknown as Bindings)
  expect(faults).toEqual([expect.stringContaining(name)])
  expect(faults.join()).not.toContain('VALUE')
})

describe('over HTTP', () => {
  it('a forged one is refused with a reason and costs no trip; one that PayPal is not asked about is sent again', async () => {
    const fake = fakePayPal()
    const api = shopWith(fake)
    const delivery = await sent(fake)
    const [forged] = await bring(api, fake, [{ ...delivery, body: delivery.body.replace(ORDER, 'ANOTHERORDER') }])
    expect(forged?.status).toBe(401)
    expect(forged?.body).toMatchObject({ code: 'invalid_signature', reason: 'wrong_signature' })
    expect(forged?.headers.get('Server-Timing')).toContain('trips=0')
    for (const fault of ['error', 'slow', 'nonsense', 'cut_before', 'cut_after'] as const) {
      fake.failNext(fault, 'verify-webhook-signature')
      const [unverified] = await bring(api, fake, [delivery])
      expect(unverified?.status, fault).toBe(502)
      expect(unverified?.headers.get('Server-Timing')).toContain('trips=0')
    }
    const [taken] = await bring(api, fake, [delivery])
    expect(taken?.status).toBe(200)
  })

  it('tokens are asked for once, not with each request', async () => {
    const fake = fakePayPal()
    for (let turn = 0; turn < 3; turn += 1) await bring(shopWith(fake), fake, [await sent(fake)])
    expect(fake.calls['POST /v1/oauth2/token']).toBe(1)
    expect(fake.calls[VERIFY]).toBe(3)
  })
})

it('a body with the CRC of another one is easily made, and PayPal calls it its own', async () => {
  const fake = fakePayPal()
  const body = fake.event('PAYMENT.CAPTURE.COMPLETED', { id: 'C1', amount: { value: '1.00' }, note: 'abcdefghij' })
  const template = body.replace('"1.00"', '"9999.00"').replace('abcdefghij', '~'.repeat(10))
  const forged = forgeCrc(body, template)
  expect(forged).not.toBe(body)
  expect(JSON.parse(forged).resource.amount.value).toBe('9999.00')
  const [left, right] = [body, forged].map((text) => crc32(new TextEncoder().encode(text)))
  expect(left).toBe(right)
  const delivery = await fake.sign(body)
  expect(await read(fake, { ...delivery, body: forged })).toMatchObject({ ok: true, events: [{ fact: null }] })
})
