import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  DECLINES_A_SESSION,
  decideAttempt,
  isExhausted,
  type Limits,
  LONGEST_WINDOW_MS,
  limitsTimes,
  networkOf,
  SUBJECTS,
  type Subject,
} from '../../src/domain/velocity.ts'

const NOW = new Date('2026-11-28T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const USUAL = limitsTimes(1)

/** `count` attempts, the newest `age` ago and each `apart` before the next. */
function attempts(count: number, { age = MINUTE, apart = 1000, declines = 0 } = {}): Attempt[] {
  return Array.from({ length: count }, (_, index) => ({ at: NOW.getTime() - age - index * apart, declines }))
}

function decide(known: Partial<Record<Subject, Attempt[]>>, now = NOW, limits: Limits = USUAL) {
  return decideAttempt({ guest: [], email: [], address: [], ...known }, limits, now)
}

describe('decideAttempt', () => {
  it('lets a first attempt through', () => {
    expect(decide({})).toEqual({ ok: true })
  })

  it.each(SUBJECTS)('refuses the attempt after the last that %s has in an hour, and not the last', (subject) => {
    const [hour] = USUAL[subject]
    expect(decide({ [subject]: attempts(hour.attempts - 1) })).toEqual({ ok: true })
    expect(decide({ [subject]: attempts(hour.attempts) })).toMatchObject({ ok: false, by: [subject] })
  })

  it.each(SUBJECTS)('counts the declines of %s, however many attempts they were of', (subject) => {
    const [hour] = USUAL[subject]
    expect(decide({ [subject]: attempts(1, { declines: hour.declines - 1 }) })).toEqual({ ok: true })
    expect(decide({ [subject]: attempts(1, { declines: hour.declines }) })).toMatchObject({ ok: false, by: [subject] })
    const one = attempts(hour.declines, { declines: 1, apart: 10 })
    expect(decide({ [subject]: one })).toMatchObject({ ok: false, by: [subject] })
  })

  it.each(SUBJECTS)('counts a day of %s besides', (subject) => {
    const day = USUAL[subject][1]
    const slowly = attempts(day.declines, { age: 0, apart: LONGEST_WINDOW_MS / (day.declines + 1), declines: 1 })
    expect(decide({ [subject]: slowly })).toMatchObject({ ok: false, by: [subject] })
    expect(decide({ [subject]: slowly.slice(1) })).toEqual({ ok: true })
  })

  it('names all who have too many, and waits for the last of them', () => {
    const decision = decide({
      guest: attempts(20, { age: 10 * MINUTE, apart: 0 }),
      address: attempts(120, { age: 30 * MINUTE, apart: 0 }),
    })
    expect(decision).toEqual({ ok: false, by: ['guest', 'address'], until: new Date(NOW.getTime() + 50 * MINUTE) })
  })

  it('allows another one at the moment it has named, and none a millisecond before', () => {
    const limits = limitsTimes(1)
    let seed = 7
    const chance = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    let refused = 0
    for (let round = 0; round < 300; round += 1) {
      const known = {
        guest: attempts(chance(70), { age: chance(2 * HOUR), apart: 1 + chance(HOUR / 2), declines: chance(3) }),
        email: attempts(chance(40), { age: chance(HOUR), apart: 1 + chance(HOUR), declines: chance(2) }),
        address: attempts(chance(700), { age: chance(HOUR), apart: 1 + chance(5 * MINUTE), declines: chance(2) }),
      }
      const decision = decideAttempt(known, limits, NOW)
      if (decision.ok) continue
      refused += 1
      expect(decision.until.getTime()).toBeGreaterThan(NOW.getTime())
      expect(decision.until.getTime()).toBeLessThanOrEqual(NOW.getTime() + LONGEST_WINDOW_MS)
      expect(decideAttempt(known, limits, decision.until)).toEqual({ ok: true })
      expect(decideAttempt(known, limits, new Date(decision.until.getTime() - 1)).ok).toBe(false)
    }
    expect(refused).toBeGreaterThan(50)
  })

  it('does not depend on the order of what is known', () => {
    const known = attempts(60, { apart: 10 * MINUTE, declines: 1 })
    expect(decide({ guest: known.toReversed() })).toEqual(decide({ guest: known }))
  })

  it('leaves honest shoppers alone', () => {
    const family = [...attempts(4, { declines: 2 }), ...attempts(4, { age: 5 * HOUR, declines: 1 })]
    expect(decide({ guest: family, email: family, address: family })).toEqual({ ok: true })
    // Ten agents at one address who take 10 orders an hour each, of which every tenth is declined once, for eight hours.
    const centre = Array.from({ length: 800 }, (_, index) => ({
      at: NOW.getTime() - (index * 8 * HOUR) / 800,
      declines: index % 10 === 0 ? 1 : 0,
    }))
    expect(decide({ address: centre.slice(0, 599) })).toEqual({ ok: true })
  })
})

describe('limitsTimes', () => {
  it('multiplies every limit, and leaves at least one attempt', () => {
    expect(limitsTimes(2).guest[0]).toEqual({ windowMs: HOUR, attempts: 40, declines: 30 })
    expect(limitsTimes(0.01).guest[0]).toEqual({ windowMs: HOUR, attempts: 1, declines: 1 })
  })

  it('has longer windows allow more, and an address more than one guest', () => {
    for (const subject of SUBJECTS) {
      const [hour, day] = USUAL[subject]
      expect(day.attempts).toBeGreaterThan(hour.attempts)
      expect(day.declines).toBeGreaterThan(hour.declines)
      expect(USUAL.address[0].attempts).toBeGreaterThanOrEqual(hour.attempts)
      // A session that was closed for its declines is not the end of an order.
      expect(hour.declines).toBeGreaterThan(DECLINES_A_SESSION)
    }
  })
})

describe('isExhausted', () => {
  it('closes what can still be paid after ten declines', () => {
    expect(isExhausted({ status: 'failed', declines: DECLINES_A_SESSION - 1 })).toBe(false)
    expect(isExhausted({ status: 'failed', declines: DECLINES_A_SESSION })).toBe(true)
    expect(isExhausted({ status: 'requires_action', declines: 50 })).toBe(true)
    expect(isExhausted({ status: 'closed', declines: 50 })).toBe(false)
    expect(isExhausted({ status: 'captured', declines: 50 })).toBe(false)
  })
})

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2ff::1', '2001:db8:1:200'],
    ['2001:db8:1:200:ffff:ffff:ffff:ffff', '2001:db8:1:200'],
    ['2001:0DB8:0001:02AB:0:0:0:1', '2001:db8:1:200'],
    ['2001:db8:1:300::1', '2001:db8:1:300'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:0'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it.each([
    '',
    'unknown',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.7, 198.51.100.1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'fe80::1%eth0',
    '12345::1',
    '2001:db8:::1',
  ])('%s is no address', (address) => {
    expect(networkOf(address)).toBeNull()
  })
})
