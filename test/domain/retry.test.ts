import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryDelay } from '../../src/domain/retry.ts'

const POLICY = { baseMs: 10_000, capMs: 3_600_000, maxAttempts: 10 }
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('retryDelay', () => {
  it.each([
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [9, 2_560_000],
  ])('waits after %d failures up to %d ms', (attempts, ceiling) => {
    expect(retryDelay(attempts, 0.999_999_999, POLICY)).toBe(ceiling - 1)
    expect(retryDelay(attempts, 0.5, POLICY)).toBe(ceiling / 2)
  })

  it('waits no longer than the cap', () => {
    expect(retryDelay(30, 0.999_999_999, { ...POLICY, maxAttempts: 40 })).toBe(3_599_999)
  })

  it.each([10, 11, 1000])('gives up after %d failures of 10', (attempts) => {
    expect(retryDelay(attempts, 0, POLICY)).toBeNull()
  })

  it('waits a whole number of milliseconds, at least half the base and below the ceiling', () => {
    const law = fc.property(fc.integer({ min: 0, max: 9 }), random, (attempts, chance) => {
      const delay = retryDelay(attempts, chance, POLICY) ?? Number.NaN
      expect(Number.isInteger(delay)).toBe(true)
      expect(delay).toBeGreaterThanOrEqual(5_000)
      expect(delay).toBeLessThan(Math.min(POLICY.capMs, POLICY.baseMs * 2 ** Math.max(0, attempts - 1)))
    })
    fc.assert(law)
  })

  it('spreads what failed together', () => {
    const delays = [0.55, 0.65, 0.75, 0.85, 0.95].map((chance) => retryDelay(5, chance, POLICY))
    expect(new Set(delays).size).toBe(5)
  })
})
