import { describe, expect, it } from 'vitest'
import {
  standardWebhooksFaults,
  standardWebhooksSettings,
} from '../../src/features/payments/standard-webhooks/settings.ts'
import { redact } from '../../src/features/webhooks-in/redact.ts'
import { REMOVED } from '../../src/platform/redact-text.ts'

const CARDS = [
  '4242424242424242',
  '4242 4242 4242 4242',
  '4242-4242-4242-4242',
  '4222222222222',
  '378282246310005',
  '3782 822463 10005',
  '30569309025904',
  '6011111111111117',
  '5555555555554444',
  '2223003122003222',
  '6759649826438453',
  '4000000000000000006',
]

const kept = (value: unknown) => JSON.parse(redact(JSON.stringify(value)))

describe('what is kept of an event', () => {
  it('of Stripe: ids, amounts, status and metadata; nobody’s card, address or secret', () => {
    const object = {
      ...{ id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', object: 'payment_intent', amount: 2000, amount_received: 2000 },
      ...{ currency: 'usd', status: 'succeeded', created: 1680800504, latest_charge: 'ch_3MmlLrLkdIwHu7ix0snN0B15' },
      metadata: { payment_id: 'pay_01kaqh0000e5tr9qk0jz1v3m5n', order_id: 'ord_01kaqh0000e5tr9qk0jz1v3m5n' },
      payment_method_types: ['card'],
      transfer_group: null,
    }
    const hidden = {
      client_secret: 'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
      receipt_email: 'ada@shop.example',
      shipping: { name: 'Ada Lovelace', address: { line1: '1 Analytical Way' } },
      payment_method_details: { type: 'card', card: { last4: '4242', fingerprint: 'Xt5EWLLDS7FJjR1c' } },
      billing_details: { email: 'ada@shop.example', phone: '+1 555 0100' },
    }
    const event = (of: object) => ({
      id: 'evt_1',
      type: 'payment_intent.succeeded',
      livemode: true,
      data: { object: of },
    })
    const result = kept(event({ ...object, ...hidden }))
    expect(result.data.object).toMatchObject(object)
    for (const name of Object.keys(hidden)) expect(result.data.object[name], name).toBe(REMOVED)
    expect(result).toMatchObject({ id: 'evt_1', type: 'payment_intent.succeeded', livemode: true })
  })

  it('of PayPal: ids, custom_id and amounts; not the payer', () => {
    const resource = {
      ...{
        id: '5O190127TN364715T',
        status: 'COMPLETED',
        custom_id: 'pay_01kaqh0000e5tr9qk0jz1v3m5n',
        invoice_id: 'ord_1',
      },
      amount: { currency_code: 'USD', value: '100.00' },
      supplementary_data: { related_ids: { order_id: '5O190127TN364715T', authorization_id: '0VF52814937998046' } },
      payee: { merchant_id: 'C7CYMKZDG8D6E' },
    }
    const result = kept({
      ...{ id: 'WH-58D329510W468432D-8HN650336L201105X', event_type: 'PAYMENT.CAPTURE.COMPLETED' },
      resource: { ...resource, payer: { email_address: 'ada@shop.example', name: { given_name: 'Ada' } } },
    })
    expect(result.resource).toEqual({ ...resource, payer: REMOVED })
  })

  it('of Adyen: references and amounts, those of 16 digits too; not the card nor its holder', () => {
    const item = {
      ...{
        eventCode: 'AUTHORISATION',
        success: 'true',
        pspReference: '9312345678901233',
        originalReference: '4242424242424242',
      },
      ...{ merchantReference: 'pay_01kaqh0000e5tr9qk0jz1v3m5n', merchantAccountCode: 'ShopECOM' },
      ...{
        amount: { value: 3756, currency: 'USD' },
        operations: ['CANCEL', 'CAPTURE', 'REFUND'],
        paymentMethod: 'visa',
      },
    }
    const additionalData = {
      ...{ 'metadata.payment_id': 'pay_01kaqh0000e5tr9qk0jz1v3m5n', cardSummary: '0010', expiryDate: '03/2030' },
      ...{ cardHolderName: 'Ada Lovelace', authCode: '060494', 'sepadirectdebit.iban': 'NL13TEST0123456789' },
      ...{
        shopperEmail: 'ada@shop.example',
        shopperIP: '203.0.113.9',
        hmacSignature: 'e7qQumH1fdt5NHb6e62jq6hIGUCpfhAAFXhUXqXcJAQ=',
      },
    }
    const result = kept({ ...item, reason: '060494:0010:03/2030', additionalData })
    expect(result).toMatchObject({ ...item, reason: REMOVED })
    const { 'metadata.payment_id': paymentId, ...rest } = result.additionalData
    expect(paymentId).toBe(item.merchantReference)
    expect(new Set(Object.values(rest))).toEqual(new Set([REMOVED]))
  })

  it('of Mollie: the id it asks about, and nobody’s account', () => {
    expect(redact('id=tr_d0b0E3EA3v')).toBe('id=tr_d0b0E3EA3v')
    const details = {
      consumerName: 'Ada',
      consumerAccount: 'NL53INGB0618365937',
      cardFingerprint: 'x',
      cardLabel: 'Visa',
    }
    const result = kept({
      id: 'tr_1',
      amount: { value: '10.00', currency: 'EUR' },
      metadata: { payment_id: 'pay_1' },
      details,
    })
    expect(result).toMatchObject({ id: 'tr_1', amount: { value: '10.00' }, metadata: { payment_id: 'pay_1' } })
    expect(result.details).toEqual({
      consumerName: REMOVED,
      consumerAccount: REMOVED,
      cardFingerprint: REMOVED,
      cardLabel: 'Visa',
    })
  })

  it('to the letter, where there is nothing to remove', () => {
    const body =
      '{ "type":"payment.succeeded",\n "data": {"payment_id":"pay_1","amount":{"amount":2000,"currency":"USD"},"note":"\u2028 ☕"}}'
    expect(redact(body)).toBe(body)
    for (const other of ['null', 'true', '12', '""', '[]', '{}', '', '1764345600000', '"1764345600000"']) {
      expect(redact(other)).toBe(other)
    }
  })

  it('never what was called __proto__ by somebody', () => {
    const result = redact('{"__proto__":{"email":"ada@shop.example"},"constructor":{"cvc":"123"}}')
    expect(result).toBe(`{"__proto__":{"email":"${REMOVED}"},"constructor":{"cvc":"${REMOVED}"}}`)
  })
})

describe('the number of a card is removed', () => {
  it.each(CARDS)('%s, wherever it stands', (card) => {
    const digits = card.replace(/\D/g, '')
    const bodies = [
      JSON.stringify({ note: `paid with ${card}.`, list: [card, { deep: { deeper: card } }] }),
      JSON.stringify({ [card]: true }),
      `{"number":${digits}}`,
      JSON.stringify(card),
      digits,
      `{"broken":"${card}`,
      `amount=100&card=${card.replaceAll(' ', '+')}&x=1`,
      `\u0000\ufffd ${card} nonsense`,
      JSON.stringify({ escaped: card }).replace('4', '\\u0034'),
    ]
    for (const body of bodies) expect(redact(body).replace(/[ +-]/g, ''), body).not.toContain(digits)
  })

  it('and what only looks a little like one stays', () => {
    for (const id of [
      '4242424242424241',
      '1234567890128',
      '42424242424242424242',
      '4242-4242-4242',
      '8835511210681324',
    ]) {
      expect(redact(JSON.stringify({ id }))).toBe(JSON.stringify({ id }))
    }
  })
})

describe('a secret is removed by its look', () => {
  it.each([
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'rk_test_51Hxxxxxxxxxxxxxxxx',
    'Bearer abcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
    'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
    'ada.lovelace+shop@mail.shop.example',
  ])('%s', (secret) => {
    for (const body of [
      JSON.stringify({ note: `it is ${secret} here` }),
      `note=${secret}&x=1`,
      `{"broken":"${secret}`,
    ]) {
      const result = redact(body)
      expect(result, body).toContain(REMOVED)
      expect(result, body).not.toContain(secret.slice(-8))
    }
  })

  it('and by its name, in what is no JSON', () => {
    expect(redact('id=tr_1&cvc=123&email=ada%40shop.example&name=Ada')).toBe(
      `id=tr_1&cvc=${REMOVED}&email=${REMOVED}&name=${REMOVED}`,
    )
    expect(redact('{"cardHolderName": "Ada \\"L\\" Lovelace", "amount": 5, ')).toBe(
      `{"cardHolderName": ${REMOVED}, "amount": 5, `,
    )
  })
})

describe('hostile bodies cost little', () => {
  it('prose is cut, deep nesting ends, and nothing takes long', () => {
    const size = 256 * 1024
    const bodies = [
      'x'.repeat(size),
      '4242 '.repeat(size / 5),
      'a@'.repeat(size / 2),
      `${'a.'.repeat(size / 2)}@`,
      'sk_'.repeat(size / 3),
      `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
      `${'{"a":'.repeat(size / 6)}1${'}'.repeat(size / 6)}`,
      JSON.stringify({ note: 'y'.repeat(size) }),
      JSON.stringify(Array.from({ length: size / 4 }, () => 'a')),
      JSON.stringify(Object.fromEntries(Array.from({ length: size / 16 }, (_, index) => [`cvc${index}`, index]))),
      'cvc='.repeat(size / 4),
      'a:'.repeat(size / 2),
      `a="${'\\"'.repeat(size / 2)}`,
    ]
    for (const body of bodies) {
      const started = performance.now()
      expect(redact(body).length).toBeLessThanOrEqual(3 * size)
      expect(performance.now() - started, body.slice(0, 20)).toBeLessThan(1000)
    }
    expect(redact('x'.repeat(size)).length).toBeLessThan(5000)
    expect(redact(JSON.stringify({ note: 'y'.repeat(size) })).length).toBeLessThan(2000)
  })
})

describe('a service that is connected by a map of its events', () => {
  const faultsOf = (map: object) => {
    const settings = standardWebhooksSettings().parse({
      STANDARD_WEBHOOKS_SECRETS: `whsec_${btoa('x'.repeat(24))}`,
      STANDARD_WEBHOOKS_PAGE: 'https://pay.example/{payment_id}',
      STANDARD_WEBHOOKS_MAP: JSON.stringify(map),
    })
    return standardWebhooksFaults(settings)
  }

  it('must not have what is read in fields that are not kept', () => {
    expect(faultsOf({})).toEqual([])
    expect(faultsOf({ type: '/name', reference: '/data/id' })).toEqual([])
    for (const pointer of ['/data/card/amount', '/data/shipping_address/0', '/data/payer/id', '/data/name']) {
      expect(faultsOf({ reference: pointer })).toEqual([expect.stringMatching(/^STANDARD_WEBHOOKS_MAP: \/reference /)])
    }
  })
})
