import { describe, expect, it } from 'vitest'
import { fromAdyen, toAdyen } from '../../src/features/payments/adyen/amounts.ts'
import {
  captureReference,
  closeReference,
  paymentReference,
  readReference,
  refundReference,
  voidReference,
} from '../../src/features/payments/adyen/reference.ts'

describe('amounts at Adyen', () => {
  it.each([
    ['USD', 1999, 1999],
    ['JPY', 1999, 1999],
    ['KWD', 1999, 1999],
    // Those that Adyen counts otherwise than ISO 4217.
    ['CLP', 1999, 199_900],
    ['ISK', 1999, 199_900],
    ['CVE', 199_900, 1999],
    ['IDR', 199_900, 1999],
  ])('%s %d is %d there, and back', (currency, amount, value) => {
    expect(toAdyen({ amount, currency })).toEqual({ value, currency })
    expect(fromAdyen(value, currency)).toEqual({ amount, currency })
  })

  it('are none where they cannot be told exactly', () => {
    expect(toAdyen({ amount: 199_950, currency: 'IDR' })).toBeNull()
    expect(fromAdyen(1999, 'ISK')).toBeNull()
    expect(toAdyen({ amount: Number.MAX_SAFE_INTEGER, currency: 'ISK' })).toBeNull()
    expect(fromAdyen(Number.MAX_SAFE_INTEGER, 'CVE')).toBeNull()
  })
})

describe('references at Adyen', () => {
  const paymentId = 'pay_01m8hgv99eer5r6wp7h2egvamc'
  const id = '01m8hgv9bvemt83cnfe13bv5zj'

  it('are read as they were written, and fit', () => {
    const most = Number.MAX_SAFE_INTEGER
    const written = [
      [
        paymentReference(paymentId, 'manual', most),
        { kind: 'payment', paymentId, captureMethod: 'manual', whole: most },
      ],
      [
        paymentReference(paymentId, 'automatic', 1),
        { kind: 'payment', paymentId, captureMethod: 'automatic', whole: 1 },
      ],
      [
        captureReference(paymentId, { id: `cap_${id}`, final: true }, most),
        { kind: 'capture', paymentId, id: `cap_${id}`, whole: most, final: true },
      ],
      [
        captureReference(paymentId, { id: `cap_${id}`, final: false }, 7),
        { kind: 'capture', paymentId, id: `cap_${id}`, whole: 7, final: false },
      ],
      [voidReference(paymentId, `void_${id}`), { kind: 'void', paymentId, id: `void_${id}` }],
      [refundReference(paymentId, `ref_${id}`), { kind: 'refund', paymentId, id: `ref_${id}` }],
      [
        closeReference(paymentReference(paymentId, 'automatic', 7)),
        { kind: 'close', paymentId, captureMethod: 'automatic', whole: 7 },
      ],
    ] as const
    for (const [text, meaning] of written) {
      expect(text.length, text).toBeLessThanOrEqual(80)
      expect(text).not.toContain(':')
      expect(readReference(text)).toEqual(meaning)
    }
  })

  it.each([
    '',
    'order-17',
    'pay_01m8hgv99eer5r6wp7h2egvamc',
    'pay_01m8hgv99eer5r6wp7h2egvamc.',
    'pay_01m8hgv99eer5r6wp7h2egvamc.a',
    'pay_01m8hgv99eer5r6wp7h2egvamc.b.1',
    'pay_01m8hgv99eer5r6wp7h2egvamc.a.-1',
    'pay_01m8hgv99eer5r6wp7h2egvamc.a.zzzzzzzzzzz',
    'pay_01m8hgv99eer5r6wp7h2egvamc.x ',
    'pay_01m8hgv99eer5r6wp7h2egvam.a.1',
    'ord_01m8hgv99eer5r6wp7h2egvamc.a.1',
    'pay_01m8hgv99eer5r6wp7h2egvamc.c1.1',
  ])('are none of ours: %j', (text) => {
    expect(readReference(text)).toBeNull()
  })
})
