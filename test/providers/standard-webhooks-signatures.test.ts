import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, it } from 'vitest'
import type { WebhookReading } from '../../src/domain/provider.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { shopWith } from '../support/fakes/rig.ts'
import { fakeStandardWebhooks, SIGNING_SECRET } from '../support/fakes/standard-webhooks.ts'

const OTHER_SECRET = `whsec_${btoa('another secret of another shop..')}`
const PAYMENT = createMint(new Date(), cryptoRandom)('payment')
const NOW = new Date()
const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'
const BODY = JSON.stringify({
  type: 'payment.succeeded',
  data: { payment_id: PAYMENT, amount: { amount: 1099, currency: 'EUR' } },
})

type Headers3 = Record<string, string>

/** Headers that the scheme's own library makes. */
function headersOf(body = BODY, { secret = SIGNING_SECRET, at = NOW, id = ID } = {}): Headers3 {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

function read(body: string | Uint8Array, headers: Headers3, secrets = SIGNING_SECRET): Promise<WebhookReading> {
  const api = shopWith(fakeStandardWebhooks({ STANDARD_WEBHOOKS_SECRETS: secrets }))
  const provider = systemContext('test', api.bindings, api.deps, () => {}).provider('standard-webhooks')
  if (!provider) throw new Error('standard-webhooks is not switched on')
  const raw = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return provider.readWebhook(raw, new Headers(headers), NOW)
}

const shifted = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const signature = headersOf()['webhook-signature'] ?? ''
const bare = signature.slice(3)

describe('a delivery by Standard Webhooks is taken', () => {
  const svix = (() => {
    const signed = new SvixWebhook(SIGNING_SECRET).sign(ID, NOW, BODY)
    return { 'svix-id': ID, 'svix-timestamp': String(Math.floor(NOW.getTime() / 1000)), 'svix-signature': signed }
  })()
  const holds: readonly (readonly [string, Headers3, string?])[] = [
    ['as its own library signs it', headersOf()],
    ['as Svix signs it, by its own names', svix],
    ['signed almost five minutes ago', headersOf(BODY, { at: shifted(-299) })],
    ['signed by a clock that is almost five minutes ahead', headersOf(BODY, { at: shifted(299) })],
    ['by the older of two secrets', headersOf(), `${OTHER_SECRET} ${SIGNING_SECRET}`],
    ['by the newer of two secrets', headersOf(BODY, { secret: OTHER_SECRET }), `${OTHER_SECRET},${SIGNING_SECRET}`],
    [
      'with one signature of several that is ours: the service rotates',
      {
        ...headersOf(),
        'webhook-signature': `${headersOf(BODY, { secret: OTHER_SECRET })['webhook-signature']} ${signature}`,
      },
    ],
    ['beside a signature of public keys', { ...headersOf(), 'webhook-signature': `v1a,${bare} ${signature}` }],
  ]
  it.each(holds.map(([name, headers, secrets]) => ({ name, headers, secrets })))(
    '$name',
    async ({ headers, secrets }) => {
      expect(await read(BODY, headers, secrets)).toMatchObject({
        ok: true,
        events: [
          { eventId: ID, paymentId: PAYMENT, fact: { kind: 'captured', amount: { amount: 1099, currency: 'EUR' } } },
        ],
      })
    },
  )

  it('with any letters and line ends, over the very bytes', async () => {
    for (const note of ['\u{1F600}', 'a\u2028b', 'Größe', '\\u00e9', 'a:b', '.']) {
      const body = JSON.stringify({ ...JSON.parse(BODY), note }, null, 2).replaceAll('\n', '\r\n')
      expect(await read(body, headersOf(body)), note).toMatchObject({ ok: true, events: [{ paymentId: PAYMENT }] })
    }
  })

  it('and kept where it makes no sense', async () => {
    for (const body of ['', '{', 'x', '\u0000']) {
      const expected = {
        ok: true,
        events: [{ eventId: ID, paymentId: null, fact: null, unread: 'malformed', payload: body }],
      }
      expect(await read(body, headersOf(body)), body).toMatchObject(expected)
    }
  })
})

describe('a delivery is refused', () => {
  const cases: readonly { name: string; why: string; headers?: Headers3; body?: string; secrets?: string }[] = [
    { name: 'without its id', why: 'missing_signature', headers: omit('webhook-id') },
    { name: 'without its time', why: 'missing_signature', headers: omit('webhook-timestamp') },
    { name: 'without signature', why: 'missing_signature', headers: omit('webhook-signature') },
    { name: 'with an empty one', why: 'missing_signature', headers: change('webhook-signature', '') },
    { name: 'with names of both kinds', why: 'missing_signature', headers: { ...omit('webhook-id'), 'svix-id': ID } },
    { name: 'with a body of one byte more', why: 'wrong_signature', body: `${BODY} ` },
    { name: 'with another amount', why: 'wrong_signature', body: BODY.replace('1099', '1098') },
    { name: 'written anew', why: 'wrong_signature', body: JSON.stringify(JSON.parse(BODY), null, 2) },
    { name: 'that is cut', why: 'wrong_signature', body: BODY.slice(0, -1) },
    { name: 'that is empty', why: 'wrong_signature', body: '' },
    { name: 'of another id', why: 'wrong_signature', headers: change('webhook-id', 'msg_other') },
    {
      name: 'of another time',
      why: 'wrong_signature',
      headers: change('webhook-timestamp', String(Math.floor(NOW.getTime() / 1000) - 1)),
    },
    { name: 'by another secret', why: 'wrong_signature', headers: headersOf(BODY, { secret: OTHER_SECRET }) },
    { name: 'by a secret that is no longer ours', why: 'wrong_signature', secrets: OTHER_SECRET },
    {
      name: 'by the secret as text',
      why: 'wrong_signature',
      headers: headersOf(BODY, { secret: btoa(SIGNING_SECRET) }),
    },
    {
      name: 'with half a signature',
      why: 'wrong_signature',
      headers: change('webhook-signature', signature.slice(0, 23)),
    },
    { name: 'with a signature in hex', why: 'malformed_signature', headers: change('webhook-signature', 'v1,ab-cd') },
    { name: 'with a bare one', why: 'malformed_signature', headers: change('webhook-signature', bare) },
    {
      name: 'by a scheme of public keys only',
      why: 'malformed_signature',
      headers: change('webhook-signature', `v1a,${bare}`),
    },
    { name: 'by an older scheme', why: 'malformed_signature', headers: change('webhook-signature', `v0,${bare}`) },
    { name: 'signed more than five minutes ago', why: 'too_old', headers: headersOf(BODY, { at: shifted(-302) }) },
    { name: 'signed in the future', why: 'too_new', headers: headersOf(BODY, { at: shifted(302) }) },
    { name: 'with a time that is none', why: 'malformed_signature', headers: change('webhook-timestamp', 'NaN') },
    {
      name: 'with a time in milliseconds',
      why: 'too_new',
      headers: change('webhook-timestamp', String(NOW.getTime() * 1000).slice(0, 12)),
    },
    { name: 'with a time below zero', why: 'malformed_signature', headers: change('webhook-timestamp', '-1') },
  ]
  it.each(cases)('$name', async ({ why, headers = headersOf(), body = BODY, secrets }) => {
    expect(await read(body, headers, secrets)).toMatchObject({ ok: false, why, detail: expect.any(String) })
  })
})

function omit(name: string): Headers3 {
  const { [name]: _, ...rest } = headersOf()
  return rest
}

function change(name: string, value: string): Headers3 {
  return { ...headersOf(), [name]: value }
}
