import { describe, expect, it } from 'vitest'
import { EventMapShape, readMappedEvent } from '../../src/features/payments/standard-webhooks/map.ts'

const PAYMENT = 'pay_01m8hgv99eer5r6wp7h2egvamc'
const REFUND = 'ref_01m8hgv99eer5r6wp7h2egvamc'
const usd = (amount: number) => ({ amount, currency: 'USD' })

function read(body: unknown, map: object = {}) {
  return readMappedEvent(EventMapShape().parse(map), typeof body === 'string' ? body : JSON.stringify(body), 'msg_1')
}
const tested = (type: string, data: object = {}) =>
  read({ type, data: { payment_id: PAYMENT, amount: usd(1999), ...data } })

describe('events without a map', () => {
  it.each([
    ['payment.pending', {}, { kind: 'processing' }],
    ['payment.failed', {}, { kind: 'failed' }],
    ['payment.closed', {}, { kind: 'closed' }],
    ['payment.authorized', {}, { kind: 'authorized', amount: usd(1999) }],
    ['payment.succeeded', {}, { kind: 'captured', amount: usd(1999), final: false }],
    [
      'payment.captured',
      { of: usd(5000), final: true },
      { kind: 'captured', amount: usd(1999), of: usd(5000), final: true },
    ],
    ['payment.voided', {}, { kind: 'voided' }],
    [
      'payment.refunded',
      { reference: 're_1', refund_id: REFUND },
      { kind: 'refund', status: 'succeeded', refundId: REFUND, reference: 're_1', amount: usd(1999) },
    ],
    [
      'payment.refunded',
      { reference: 're_1', status: 'pending' },
      { kind: 'refund', status: 'pending', refundId: null, reference: 're_1', amount: usd(1999) },
    ],
    [
      'payment.disputed',
      { reference: 17 },
      { kind: 'dispute', status: 'open', reference: '17', amount: usd(1999), reason: 'disputed' },
    ],
  ])('are the test provider’s: %s %j', (type, data, fact) => {
    expect(tested(type, data)).toEqual({
      ...{ eventId: 'msg_1', type, paymentId: PAYMENT, fact, unread: null, reference: null },
      payload: expect.any(String),
    })
  })

  it('are ignored where their type is not known', () => {
    for (const type of ['payment.opened', 'constructor', '__proto__', 'toString']) {
      expect(tested(type)).toMatchObject({ type, fact: null, unread: 'other_kind' })
    }
  })

  it.each([
    ['{'],
    [''],
    ['[]'],
    [{ data: {} }],
    [{ type: 7 }],
    [{ type: 'payment.succeeded' }],
    [{ type: 'payment.succeeded', data: { payment_id: 'pay_1', amount: usd(1) } }],
    [{ type: 'payment.succeeded', data: { payment_id: PAYMENT, amount: usd(-1) } }],
    [{ type: 'payment.succeeded', data: { payment_id: PAYMENT, amount: usd(0) } }],
    [{ type: 'payment.succeeded', data: { payment_id: PAYMENT, amount: usd(19.5) } }],
    [{ type: 'payment.succeeded', data: { payment_id: PAYMENT, amount: usd(2 ** 53) } }],
    [{ type: 'payment.succeeded', data: { payment_id: PAYMENT, amount: { amount: 1, currency: 'ABC' } } }],
    [{ type: 'payment.refunded', data: { payment_id: PAYMENT, amount: usd(1) } }],
    [{ type: 'payment.disputed', data: { payment_id: PAYMENT, amount: usd(1), reference: '' } }],
  ])('are kept where they make no sense: %j', (body) => {
    expect(read(body)).toMatchObject({ fact: null, unread: 'malformed' })
  })
})

describe('a map', () => {
  const MAP = {
    ...{ type: '/event/name', payment_id: '/objects/0/meta~1data/order~0ref', currency: '/objects/0/cur' },
    ...{ amount_decimal: '/objects/0/total', whole: '/objects/0/authorized', reference: '/objects/0/id' },
    types: {
      'charge.ok': 'captured',
      'charge.auth': 'authorized',
      'charge.moved': 'ask',
      'charge.read': 'ignore',
      back: 'refunded',
    },
  }
  const charge = (name: string, total: unknown, more: object = {}) =>
    read(
      { event: { name }, objects: [{ 'meta/data': { 'order~ref': PAYMENT }, cur: 'usd', total, id: 7, ...more }] },
      MAP,
    )

  it.each([
    ['19.99', 1999],
    [19.99, 1999],
    ['19.9', 1990],
    ['19', 1900],
    ['19.990', 1999],
    ['0.01', 1],
  ])('leads to the amount: %j', (total, amount) => {
    expect(charge('charge.auth', total)).toMatchObject({
      paymentId: PAYMENT,
      fact: { kind: 'authorized', amount: usd(amount) },
    })
  })

  it.each(['19.999', '1e3', '-1', '19,99', ' 19', '19.', '', null, true, [19], '99999999999999999'])(
    'does not guess an amount: %j',
    (total) => {
      expect(charge('charge.auth', total)).toMatchObject({ fact: null, unread: 'malformed' })
    },
  )

  it('reads decimals of a currency as it has them', () => {
    const yen = { cur: 'JPY' }
    expect(charge('charge.ok', '1999', yen)).toMatchObject({ fact: { amount: { amount: 1999, currency: 'JPY' } } })
    expect(charge('charge.ok', '1999.00', yen)).toMatchObject({ fact: { amount: { amount: 1999, currency: 'JPY' } } })
    expect(charge('charge.ok', '19.99', yen)).toMatchObject({ fact: null })
    expect(charge('charge.ok', '1.234', { cur: 'KWD' })).toMatchObject({ fact: { amount: { amount: 1234 } } })
  })

  it('says what a type means', () => {
    expect(charge('charge.ok', '5.00', { authorized: '19.99' })).toMatchObject({
      fact: { amount: usd(500), of: usd(1999) },
    })
    expect(charge('charge.moved', '5.00')).toMatchObject({ paymentId: PAYMENT, fact: null, unread: 'hint' })
    expect(charge('charge.read', '5.00')).toMatchObject({ fact: null, unread: 'other_kind' })
    expect(charge('back', '5.00')).toMatchObject({ fact: { kind: 'refund', reference: '7', refundId: null } })
  })

  it.each([
    [{ type: 'type' }],
    [{ type: '' }],
    [{ amount: '/a/~2' }],
    [{ amuont: '/a' }],
    [{ types: { x: 'paid' } }],
    [{ types: [] }],
    [[]],
    ['x'],
  ])('is refused where it is none: %j', (map) => {
    expect(EventMapShape().safeParse(map).success).toBe(false)
  })
})
