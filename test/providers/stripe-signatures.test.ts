import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import type { WebhookReading } from '../../src/domain/provider.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { SignedDelivery } from '../support/fakes/fake-service.ts'
import { shopWith } from '../support/fakes/rig.ts'
import { createStripe, type FakeStripe, type StripeOptions } from '../support/fakes/stripe.ts'

const PAYMENT = 'pay_01h00000000000000000000000'
const OLD = 'whsec_TheSecretThatIsBeingRetired'
const NEW = 'whsec_TheSecretThatTakesItsPlace'
const now = new Date()
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

/** What the shop that is connected to `fake` makes of a delivery. */
async function read(fake: FakeStripe, delivery: SignedDelivery, raw?: Uint8Array): Promise<WebhookReading> {
  const api = shopWith(fake)
  const provider = systemContext('test', api.bindings, { ...api.deps }, () => {}).provider('stripe')
  if (!provider) throw new Error('not switched on')
  return provider.readWebhook(raw ?? new TextEncoder().encode(delivery.body), new Headers(delivery.headers), now)
}

const intent = (changes: Record<string, unknown> = {}) => ({
  ...{ id: 'pi_1', object: 'payment_intent', amount: 2000, amount_received: 2000, currency: 'usd' },
  ...{ status: 'succeeded', metadata: { payment_id: PAYMENT }, ...changes },
})

async function signed(fake: FakeStripe = createStripe(), changes: Record<string, unknown> = {}) {
  return fake.signEvent('payment_intent.succeeded', intent(changes))
}

/** Signed by Stripe's own package. */
async function headerOf(body: string, secret: string, { at = now, scheme = 'v1' } = {}): Promise<string> {
  const timestamp = Math.floor(at.getTime() / 1000)
  const cryptoProvider = Stripe.createSubtleCryptoProvider()
  return Stripe.webhooks.generateTestHeaderStringAsync({ payload: body, secret, timestamp, scheme, cryptoProvider })
}

const withHeader = (delivery: SignedDelivery, header: string | null): SignedDelivery => ({
  ...delivery,
  headers: { 'Content-Type': 'application/json', ...(header === null ? {} : { 'Stripe-Signature': header }) },
})
const header = ({ headers }: SignedDelivery) => headers['Stripe-Signature'] ?? ''
const time = (delivery: SignedDelivery) => header(delivery).slice(0, header(delivery).indexOf(','))
const v1 = (delivery: SignedDelivery) => header(delivery).slice(header(delivery).indexOf('v1=') + 3)

const good = { ok: true, events: [{ paymentId: PAYMENT, fact: { kind: 'captured' }, unread: null }] }

describe('a delivery of Stripe’s is taken', () => {
  it('as it was signed', async () => {
    const fake = createStripe()
    expect(await read(fake, await signed(fake))).toMatchObject(good)
  })

  it.each([
    ['an emoji', '🧦'],
    ['line separators', '\u2028\u2029'],
    ['a zero', '\u0000'],
    ['right-to-left', 'שלום'],
    ['a letter in two parts', 'e\u0301'],
  ])('with %s in it', async (_, description) => {
    const fake = createStripe()
    expect(await read(fake, await signed(fake, { description }))).toMatchObject(good)
  })

  it('with CRLF line ends, which are signed as they are', async () => {
    const fake = createStripe()
    const body = (await signed(fake)).body.replaceAll('\n', '\r\n')
    expect(await read(fake, await fake.sign(body))).toMatchObject(good)
  })

  it.each([
    ['the secret that is being retired', [OLD]],
    ['the secret that takes its place', [NEW]],
    ['both, as Stripe does while it rolls a secret', [OLD, NEW]],
  ])('during a rotation, signed with %s', async (_, webhookSecrets) => {
    const sender = createStripe({ webhookSecrets })
    const ours = { ...createStripe({ webhookSecrets: [NEW, OLD] }) }
    expect(await read(ours, await signed(sender))).toMatchObject(good)
  })

  it.each([[' '], [','], [', '], ['\n']])('by secrets apart by %j', async (between) => {
    const fake = createStripe({ webhookSecrets: [OLD] })
    const ours = { ...fake, settings: { ...fake.settings, STRIPE_WEBHOOK_SECRETS: `${NEW}${between}${OLD}` } }
    expect(await read(ours, await signed(fake))).toMatchObject(good)
  })

  it('with a wrong signature beside the right one, whichever comes first', async () => {
    const fake = createStripe()
    const delivery = await signed(fake)
    const wrong = `v1=${'0'.repeat(64)}`
    const [at, right] = [time(delivery), `v1=${v1(delivery)}`]
    expect(await read(fake, withHeader(delivery, [at, wrong, right].join()))).toMatchObject(good)
    expect(await read(fake, withHeader(delivery, [at, right, wrong].join()))).toMatchObject(good)
  })

  it('with a v0 beside its v1, which nobody looks at', async () => {
    const fake = createStripe()
    const delivery = await signed(fake)
    expect(await read(fake, withHeader(delivery, `${header(delivery)},v0=${'0'.repeat(64)}`))).toMatchObject(good)
  })

  it.each([300, -300])('signed %i seconds ago, to the second', async (seconds) => {
    const fake = createStripe()
    const { body } = await signed(fake)
    // The header holds whole seconds; ours may be a fraction of one further.
    const at = ago(seconds > 0 ? seconds - 1 : seconds)
    expect(await read(fake, await fake.sign(body, at))).toMatchObject(good)
  })
})

describe('a delivery is refused', () => {
  /** What is wrong with it -> why it is refused, and how it comes to be. */
  const cases: Record<
    string,
    readonly [string, (delivery: SignedDelivery) => SignedDelivery | Promise<SignedDelivery>]
  > = {
    'one byte changed': [
      'wrong_signature',
      (delivery) => ({ ...delivery, body: delivery.body.replace('2000', '2001') }),
    ],
    'one byte more': ['wrong_signature', (delivery) => ({ ...delivery, body: `${delivery.body}\n` })],
    'one byte less': ['wrong_signature', (delivery) => ({ ...delivery, body: delivery.body.slice(0, -1) })],
    'parsed and written anew': [
      'wrong_signature',
      (delivery) => ({ ...delivery, body: JSON.stringify(JSON.parse(delivery.body)) }),
    ],
    'line ends changed on the way': [
      'wrong_signature',
      (delivery) => ({ ...delivery, body: delivery.body.replaceAll('\n', '\r\n') }),
    ],
    'a byte order mark put in front, which decoders drop': [
      'wrong_signature',
      (delivery) => ({ ...delivery, body: `\uFEFF${delivery.body}` }),
    ],
    'no body': ['wrong_signature', (delivery) => ({ ...delivery, body: '' })],
    'signed with a secret that is not ours': [
      'wrong_signature',
      async (delivery) => withHeader(delivery, await headerOf(delivery.body, 'whsec_OfAnotherEndpoint')),
    ],
    'signed with what the secret is base64 of, as other services do': [
      'wrong_signature',
      async (delivery) => withHeader(delivery, await headerOf(delivery.body, 'FakeEndpointSecretOfStripe')),
    ],
    'signed with the API key': [
      'wrong_signature',
      async (delivery) => withHeader(delivery, await headerOf(delivery.body, 'sk_test_51FakeSecret')),
    ],
    'its time changed, to look fresh': [
      'wrong_signature',
      (delivery) => withHeader(delivery, `t=${Math.floor(now.getTime() / 1000) - 1},v1=${v1(delivery)}`),
    ],
    'the signature of another body': [
      'wrong_signature',
      async (delivery) => withHeader(delivery, header(await createStripe().sign('{}'))),
    ],
    'downgraded to v0': [
      'malformed_signature',
      async (delivery) =>
        withHeader(delivery, await headerOf(delivery.body, 'whsec_FakeEndpointSecretOfStripe', { scheme: 'v0' })),
    ],
    truncated: ['malformed_signature', (delivery) => withHeader(delivery, header(delivery).slice(0, -1))],
    'too long': ['malformed_signature', (delivery) => withHeader(delivery, `${header(delivery)}0`)],
    'in capitals': [
      'malformed_signature',
      (delivery) => withHeader(delivery, `${time(delivery)},v1=${v1(delivery).toUpperCase()}`),
    ],
    'an empty signature': ['malformed_signature', (delivery) => withHeader(delivery, `${time(delivery)},v1=`)],
    'a time and no signature': ['malformed_signature', (delivery) => withHeader(delivery, time(delivery))],
    'a signature and no time': ['malformed_signature', (delivery) => withHeader(delivery, `v1=${v1(delivery)}`)],
    'a time that is no number': ['malformed_signature', (delivery) => withHeader(delivery, `t=now,v1=${v1(delivery)}`)],
    'a number with something behind it': [
      'malformed_signature',
      (delivery) => withHeader(delivery, header(delivery).replace(',', 'x,')),
    ],
    'two times': ['malformed_signature', (delivery) => withHeader(delivery, `t=1,${header(delivery)}`)],
    'a hundred signatures': [
      'malformed_signature',
      (delivery) => withHeader(delivery, `${time(delivery)}${`,v1=${v1(delivery)}`.repeat(100)}`),
    ],
    'nonsense for a header': ['malformed_signature', (delivery) => withHeader(delivery, 'trust me')],
    'an empty header': ['missing_signature', (delivery) => withHeader(delivery, '')],
    'no header': ['missing_signature', (delivery) => withHeader(delivery, null)],
    'signed 301 seconds ago': ['too_old', async ({ body }) => createStripe().sign(body, ago(301))],
    'signed 302 seconds from now': ['too_new', async ({ body }) => createStripe().sign(body, ago(-302))],
    'signed next year': ['too_new', async ({ body }) => createStripe().sign(body, ago(-365 * 86_400))],
    'signed in the year 0': ['too_old', async ({ body }) => createStripe().sign(body, new Date(1000))],
  }

  it.each(Object.entries(cases))('%s', async (_, [why, spoil]) => {
    const fake = createStripe()
    expect(await read(fake, await spoil(await signed(fake)))).toMatchObject({ ok: false, why })
  })

  it('with bytes that are no UTF-8, which a decoder would replace by what was signed', async () => {
    const fake = createStripe()
    const delivery = await signed(fake, { description: '\uFFFD' })
    const raw = new TextEncoder().encode(delivery.body)
    const at = raw.findIndex((byte, place) => byte === 0xef && raw[place + 1] === 0xbf && raw[place + 2] === 0xbd)
    const forged = new Uint8Array([...raw.slice(0, at), 0xff, ...raw.slice(at + 3)])
    expect(new TextDecoder().decode(forged)).toBe(delivery.body)
    expect(await read(fake, delivery, forged)).toMatchObject({ ok: false, why: 'wrong_signature' })
  })

  const foreign: [string, StripeOptions, StripeOptions, Record<string, unknown>][] = [
    ['of test mode where the shop is live', { live: true }, {}, { livemode: false }],
    ['of live mode where the shop is not', {}, {}, { livemode: true }],
    ['of a connected account, where the shop is the platform', {}, {}, { account: 'acct_somebody' }],
    ['of another connected account', { account: 'acct_ours' }, {}, { account: 'acct_theirs' }],
    ['of the platform, where the shop is a connected account', { account: 'acct_ours' }, {}, {}],
  ]
  it.each(foreign)('%s, however genuine', async (_, ours, theirs, changes) => {
    const delivery = await createStripe(theirs).signEvent('payment_intent.succeeded', intent(), changes)
    expect(await read(createStripe(ours), delivery)).toMatchObject({ ok: false, why: 'other_account' })
  })
})

describe('what is signed and means nothing to us', () => {
  const ignored: [string, string, Record<string, unknown>][] = [
    ['an event of another product', 'invoice.paid', { id: 'in_1', object: 'invoice' }],
    ['a payment of another shop at the same account', 'payment_intent.succeeded', intent({ metadata: {} })],
    ['an id that is not of our form', 'payment_intent.succeeded', intent({ metadata: { payment_id: 'order 12' } })],
    ['an intent that was only made', 'payment_intent.created', intent({ status: 'requires_payment_method' })],
    ['an authorization that was let go', 'charge.refunded', { id: 'ch_1', object: 'charge', captured: false }],
  ]
  it.each(ignored)('%s is ignored', async (_, type, object) => {
    const fake = createStripe()
    expect(await read(fake, await fake.signEvent(type, object))).toMatchObject({
      ok: true,
      events: [{ type, fact: null, unread: 'other_kind' }],
    })
  })

  const malformed: [string, Record<string, unknown>][] = [
    ['no amount', { amount: null }],
    ['an amount in text', { amount: '2000' }],
    ['half a cent', { amount: 2000.5 }],
    ['a negative amount', { amount: -2000 }],
    ['no currency', { currency: null }],
    ['a currency that is no code', { currency: 'dollars' }],
    ['paid, and nothing received', { amount_received: 0 }],
    ['a status that nobody knows', { status: 'levitating' }],
    ['a tenth of a króna', { currency: 'isk', amount: 2010, amount_received: 2010 }],
  ]
  it.each(malformed)('a payment with %s is kept for staff', async (_, changes) => {
    const fake = createStripe()
    expect(await read(fake, await signed(fake, changes))).toMatchObject({
      ok: true,
      events: [{ fact: null, unread: 'malformed' }],
    })
  })

  it('a body that names no event is known by its bytes', async () => {
    const fake = createStripe()
    const reading = await read(fake, await fake.sign('{"object":"event"}'))
    expect(reading).toMatchObject({ ok: true, events: [{ unread: 'malformed' }] })
    expect(reading.ok && reading.events[0]?.eventId).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('a thin event, which somebody has subscribed to by mistake, is ignored', async () => {
    const fake = createStripe()
    const reading = await read(fake, await fake.sign('{"object":"v2.core.event","id":"evt_test_65"}'))
    expect(reading).toMatchObject({ ok: true, events: [{ fact: null, unread: 'other_kind' }] })
  })
})

it('a forged delivery costs no trip to the database, and the answer says why', async () => {
  const fake = createStripe()
  const api = shopWith(fake)
  const { body, headers } = await signed(fake)
  const answer = await api.post('/v1/webhooks/stripe', body.replace('2000', '1'), { headers })
  expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_signature', reason: 'wrong_signature' } })
  expect(answer.headers.get('Server-Timing')).toContain('trips=0')
})
