import { describe, expect, it } from 'vitest'
import type { PaymentProvider, WebhookReading } from '../../src/domain/provider.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { ADYEN_ACCOUNT, ADYEN_HMAC_KEY, fakeAdyen } from '../support/fakes/adyen.ts'
import { type AdyenItem, adyenValidator } from '../support/fakes/adyen-signature.ts'
import { shopWith } from '../support/fakes/rig.ts'

const OTHER_KEY = 'D0'.repeat(32)
const PAYMENT = createMint(new Date(), cryptoRandom)('payment')
const NOW = new Date()

const ITEM = {
  pspReference: 'QFQTPCQ8HXSKGK82',
  originalReference: undefined,
  merchantAccountCode: ADYEN_ACCOUNT,
  merchantReference: `${PAYMENT}.a.${(1099).toString(36)}`,
  amount: { value: 1099, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
  eventDate: '2026-11-28T12:00:00+01:00',
  paymentMethod: 'visa',
  reason: '033899:1111:03/2030',
} as unknown as AdyenItem

function providerWith(settings: Record<string, string> = {}): PaymentProvider {
  const api = shopWith(fakeAdyen(settings))
  const provider = systemContext('test', api.bindings, api.deps, () => {}).provider('adyen')
  if (!provider) throw new Error('Adyen is not switched on')
  return provider
}

/** Signed by Adyen's own library. */
function signed(change: object = {}, key = ADYEN_HMAC_KEY): AdyenItem {
  const item = { ...ITEM, ...change } as AdyenItem
  return { ...item, additionalData: { hmacSignature: adyenValidator.calculateHmac(item, key) } } as AdyenItem
}

function bodyOf(items: readonly unknown[], live: unknown = 'false'): string {
  return JSON.stringify({ live, notificationItems: items.map((item) => ({ NotificationRequestItem: item })) })
}

function read(
  body: string | Uint8Array,
  { settings = {}, headers = {} }: { settings?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<WebhookReading> {
  const raw = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return providerWith(settings).readWebhook(raw, new Headers(headers), NOW)
}

const GOOD = bodyOf([signed()])
const without = (field: keyof AdyenItem) => {
  const { [field]: _, ...rest } = signed()
  return rest
}
const withSignature = (hmacSignature: unknown) => ({ ...signed(), additionalData: { hmacSignature } })
const SIGNATURE = (signed().additionalData as { hmacSignature: string }).hmacSignature

describe('a notification of Adyen is taken', () => {
  const holds: readonly (readonly [string, string | Uint8Array, Record<string, string>?])[] = [
    ['as Adyen’s own library signs it', GOOD],
    ['written anew: other spaces, another order of fields', JSON.stringify(JSON.parse(GOOD), null, 2)],
    ['with CRLF between its fields', JSON.stringify(JSON.parse(GOOD), null, 2).replaceAll('\n', '\r\n')],
    ['behind a byte order mark', `\uFEFF${GOOD}`],
    ['with an amount that is text', bodyOf([signed({ amount: { value: '1099', currency: 'EUR' } })])],
    ['with success that is no text', bodyOf([signed({ success: true })])],
    ['with null for what it has not', bodyOf([{ ...signed(), originalReference: null }])],
    ['with live that is no text', bodyOf([signed()], false)],
    [
      'with unsigned fields changed, which are not looked at',
      bodyOf([{ ...signed(), reason: 'x', eventDate: '1970' }]),
    ],
    ['with unsigned fields left out', bodyOf([without('reason')])],
    ['by the older of two keys', GOOD, { ADYEN_HMAC_KEYS: `${OTHER_KEY} ${ADYEN_HMAC_KEY}` }],
    [
      'by the newer of two keys',
      bodyOf([signed({}, OTHER_KEY)]),
      { ADYEN_HMAC_KEYS: `${OTHER_KEY},${ADYEN_HMAC_KEY}` },
    ],
    ['by a key in upper case', GOOD, { ADYEN_HMAC_KEYS: ADYEN_HMAC_KEY.toUpperCase() }],
    ['years later: the scheme has no time', bodyOf([{ ...signed(), eventDate: '2001-01-01T00:00:00Z' }])],
  ]
  it.each(holds.map(([name, body, settings = {}]) => ({ name, body, settings })))(
    '$name',
    async ({ body, settings }) => {
      const reading = await read(body, { settings })
      expect(reading).toMatchObject({
        ok: true,
        events: [
          {
            ...{ paymentId: PAYMENT, unread: null, type: 'AUTHORISATION', reference: 'QFQTPCQ8HXSKGK82' },
            fact: { kind: 'captured', amount: { amount: 1099, currency: 'EUR' } },
          },
        ],
      })
    },
  )

  it('with any letters in what it signs', async () => {
    for (const merchantReference of ['Bestellung 12 \u{1F600}\u2028', 'a\\b', 'Größe', '', 'a:b', 'a\\:b']) {
      const reading = await read(bodyOf([signed({ merchantReference })]))
      expect(reading, merchantReference).toMatchObject({
        ok: true,
        events: [{ paymentId: null, unread: 'other_kind' }],
      })
    }
  })

  it('as one of several, each an event of its own', async () => {
    const refund = signed({ eventCode: 'REFUND', pspReference: 'R1', originalReference: 'QFQTPCQ8HXSKGK82' })
    const reading = await read(bodyOf([signed(), refund]))
    expect(reading).toMatchObject({
      ok: true,
      events: [
        { eventId: 'AUTHORISATION:QFQTPCQ8HXSKGK82:true' },
        { eventId: 'REFUND:R1:true:QFQTPCQ8HXSKGK82', fact: { kind: 'refund', refundId: null, reference: 'R1' } },
      ],
    })
  })

  it('with the user and password of the webhook, where the operator has set them', async () => {
    const settings = { ADYEN_WEBHOOK_USER: 'adyen', ADYEN_WEBHOOK_PASSWORD: 'pa:ss' }
    const headers = { Authorization: `Basic ${btoa('adyen:pa:ss')}` }
    expect(await read(GOOD, { settings, headers })).toMatchObject({ ok: true })
    for (const [authorization, why] of [
      [null, 'missing_signature'],
      ['Bearer x', 'malformed_signature'],
      ['Basic ???', 'malformed_signature'],
      [`Basic ${btoa('adyen:pass')}`, 'wrong_signature'],
      [`Basic ${btoa('adyen')}`, 'wrong_signature'],
      [`Basic ${btoa('adyen:pa:ss ')}`, 'wrong_signature'],
    ] as const) {
      const refused = await read(GOOD, { settings, headers: authorization ? { Authorization: authorization } : {} })
      expect(refused, String(authorization)).toMatchObject({ ok: false, why })
    }
  })
})

describe('a notification is refused', () => {
  const tampered: readonly (readonly [string, unknown])[] = [
    ['pspReference', { ...signed(), pspReference: 'QFQTPCQ8HXSKGK83' }],
    ['originalReference', { ...signed(), originalReference: 'X' }],
    ['merchantReference', { ...signed(), merchantReference: `${PAYMENT}.m.ui` }],
    ['value', { ...signed(), amount: { value: 1098, currency: 'EUR' } }],
    ['currency', { ...signed(), amount: { value: 1099, currency: 'USD' } }],
    ['eventCode', { ...signed({ eventCode: 'REFUND' }), eventCode: 'AUTHORISATION' }],
    ['success', { ...signed({ success: 'false' }), success: 'true' }],
    ['account', { ...signed({ merchantAccountCode: 'Other' }), merchantAccountCode: ADYEN_ACCOUNT }],
    ['amount, which is left out', without('amount')],
    ['value by a letter of another kind', { ...signed(), amount: { value: '1099 ', currency: 'EUR' } }],
    ['border between two fields', { ...signed(), pspReference: '', originalReference: 'QFQTPCQ8HXSKGK82' }],
  ]
  it.each(tampered)('whose %s was changed', async (_, item) => {
    expect(await read(bodyOf([item]))).toMatchObject({ ok: false, why: 'wrong_signature' })
  })

  const refused: readonly (readonly [string, string | Uint8Array, string, Record<string, string>?])[] = [
    ['without signature', bodyOf([ITEM]), 'missing_signature'],
    ['with an empty one', bodyOf([withSignature('')]), 'missing_signature'],
    ['with one that is no text', bodyOf([withSignature(7)]), 'missing_signature'],
    ['with one in hex', bodyOf([withSignature('ab-cd')]), 'malformed_signature'],
    ['with one that is cut', bodyOf([withSignature(SIGNATURE.slice(0, 40))]), 'wrong_signature'],
    ['with one that is longer', bodyOf([withSignature(`AAAA${SIGNATURE}`)]), 'wrong_signature'],
    ['with one of one bit less', bodyOf([withSignature(flip(SIGNATURE))]), 'wrong_signature'],
    ['by another key', bodyOf([signed({}, OTHER_KEY)]), 'wrong_signature'],
    ['by the key as text', bodyOf([withSignature(btoa(ADYEN_HMAC_KEY))]), 'wrong_signature'],
    ['by a key that is no longer ours', GOOD, 'wrong_signature', { ADYEN_HMAC_KEYS: OTHER_KEY }],
    ['of another merchant account', bodyOf([signed({ merchantAccountCode: 'Other' })]), 'other_account'],
    ['of the live environment', bodyOf([signed()], 'true'), 'other_account'],
    ['that does not say which environment', bodyOf([signed()], null), 'other_account'],
    ['as one of several that are genuine', bodyOf([signed(), { ...signed(), success: 'false' }]), 'wrong_signature'],
    ['with items that are none', '{"live":"false","notificationItems":[1]}', 'missing_signature'],
    ['without items', '{"live":"false","notificationItems":[]}', 'missing_signature'],
    ['that is no object', '[]', 'missing_signature'],
    ['that is empty', '', 'missing_signature'],
    ['that is cut', GOOD.slice(0, -1), 'missing_signature'],
    ['that is no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d]), 'missing_signature'],
    ['as a form', 'live=false&eventCode=AUTHORISATION', 'missing_signature'],
  ]
  const cases = refused.map(([name, body, why, settings = {}]) => ({ name, body, why, settings }))
  it.each(cases)('$name', async ({ body, why, settings }) => {
    expect(await read(body, { settings })).toMatchObject({ ok: false, why, detail: expect.any(String) })
  })

  it('by the scheme of Adyen’s other webhooks: one signature of the whole body in a header', async () => {
    const body = bodyOf([ITEM])
    const headers = { HmacSignature: adyenValidator.calculateHmac(body, ADYEN_HMAC_KEY), Protocol: 'HmacSHA256' }
    expect(await read(body, { headers })).toMatchObject({ ok: false, why: 'missing_signature' })
  })

  it('in the test environment’s name where the shop is live', async () => {
    const settings = {
      ADYEN_ENVIRONMENT: 'live',
      ADYEN_LIVE_PREFIX: '1797a841fbb37ca7-Shop',
      ADYEN_CLIENT_KEY: 'live_X',
    }
    expect(await read(GOOD, { settings })).toMatchObject({ ok: false, why: 'other_account' })
    expect(await read(bodyOf([signed()], 'true'), { settings })).toMatchObject({ ok: true })
  })
})

describe('a colon in a signed field', () => {
  it('makes no event of ours, whichever field it is said to stand in', async () => {
    // Adyen joins fields by colons and escapes none: this text has another reading, of the same signature, in which all that
    // we look at is ours. Whoever chooses references on the same merchant account could have had it signed.
    const genuine = signed({ merchantReference: `${ADYEN_ACCOUNT}:${ITEM.merchantReference}` })
    const moved = { ...genuine, originalReference: `:${ADYEN_ACCOUNT}`, merchantReference: ITEM.merchantReference }
    for (const item of [genuine, moved]) {
      const reading = await read(bodyOf([item]))
      expect(reading).toMatchObject({ ok: true, events: [{ paymentId: null, fact: null, unread: 'other_kind' }] })
    }
  })
})

function flip(signature: string): string {
  const bytes = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0))
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return btoa(String.fromCharCode(...bytes))
}
