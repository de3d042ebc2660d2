import { describe, expect, it } from 'vitest'
import {
  decideGiftCard,
  formatGiftCode,
  GIFT_CODE_BYTES,
  type GiftCard,
  normaliseGiftCode,
  toGiftCode,
} from '../../src/domain/gift-card.ts'

const bytes = (fill: (index: number) => number) =>
  Uint8Array.from({ length: GIFT_CODE_BYTES }, (_, index) => fill(index))

describe('the code of a gift card', () => {
  it('has 16 letters and digits that hold every bit of what it is made of', () => {
    expect(toGiftCode(bytes(() => 0))).toBe('0000000000000000')
    expect(toGiftCode(bytes(() => 255))).toBe('ZZZZZZZZZZZZZZZZ')
    const codes = new Set([toGiftCode(bytes(() => 0))])
    for (let bit = 0; bit < GIFT_CODE_BYTES * 8; bit += 1) {
      codes.add(toGiftCode(bytes((index) => (index === bit >> 3 ? 1 << (bit & 7) : 0))))
    }
    expect(codes.size).toBe(1 + GIFT_CODE_BYTES * 8)
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
  })

  it('is the same however it is typed', () => {
    const code = toGiftCode(bytes((index) => index * 27 + 1))
    const printed = formatGiftCode(code)
    expect(printed).toMatch(/^\w{4}-\w{4}-\w{4}-\w{4}$/)
    const typed = [
      printed,
      code,
      printed.toLowerCase(),
      printed.replaceAll('-', ' '),
      ` ${printed.replaceAll('-', ' – ')}\n`,
      printed.replaceAll('0', 'o').replaceAll('1', 'I'),
      printed.replaceAll('0', 'O').replaceAll('1', 'l'),
    ]
    expect(new Set(typed.map(normaliseGiftCode))).toEqual(new Set([code]))
    expect(normaliseGiftCode('0oO1iIlL')).toBe('00011111')
  })
})

describe('a gift card', () => {
  const now = new Date('2026-03-01T12:00:00Z')
  const spender = { currency: 'USD', customerKey: 'ada' }
  const card: GiftCard = {
    ...{ id: 'gift_1', last4: 'ABCD', currency: 'USD', balance: 100, status: 'active' },
    ...{ expiresAt: null, customerKey: null },
  }

  it.each<[string, Partial<GiftCard>]>([
    ['nobody’s in particular', {}],
    ['the customer’s own', { customerKey: 'ada' }],
    ['of which little is left', { balance: 1 }],
    ['in its last millisecond', { expiresAt: now.getTime() + 1 }],
  ])('pays when it is %s', (_, changes) => {
    expect(decideGiftCard({ ...card, ...changes }, spender, now)).toEqual({ ok: true })
  })

  it.each<[string, Partial<GiftCard>]>([
    ['disabled', { status: 'disabled', balance: 0, expiresAt: 0, currency: 'EUR', customerKey: 'eve' }],
    ['expired', { expiresAt: now.getTime(), balance: 0 }],
    ['other_currency', { currency: 'EUR' }],
    ['other_customer', { customerKey: 'eve', balance: 0 }],
    ['used_up', { balance: 0 }],
  ])('does not when it is %s', (why, changes) => {
    expect(decideGiftCard({ ...card, ...changes }, spender, now)).toEqual({ ok: false, why })
  })

  it('of a customer pays nothing while nobody has said who buys', () => {
    const decision = decideGiftCard({ ...card, customerKey: 'ada' }, { currency: 'USD', customerKey: null }, now)
    expect(decision).toEqual({ ok: false, why: 'other_customer' })
  })
})
