import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/domain/search-entry.ts'
import { randomFrom } from '../support/random.ts'

const NUMBERS = [1, 2, 3, 1000, 2 ** 31, 2 ** 32 - 1]
const SOLD = [0, 1, 2, 3, 4, 1023, 1024, 2 ** 30, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]

/** As SQL has it. */
const numberAt = (entry: number) => 4294967295 - Number(BigInt(entry) & 4294967295n)

describe('entryOf', () => {
  it('is a safe integer that gives the number back', () => {
    for (const number of NUMBERS) {
      for (const sold of SOLD) {
        const entry = entryOf(number, sold)
        expect(Number.isSafeInteger(entry) && entry >= 0).toBe(true)
        expect(numberAt(entry)).toBe(number)
      }
    }
  })

  it('puts what sells twice as well first, then what is newer', () => {
    const below = randomFrom(3)
    for (let round = 0; round < 1000; round += 1) {
      const [sold, older, newer] = [below(1_000_000), 1 + below(1_000_000), 1_000_001 + below(1_000_000)]
      expect(entryOf(newer, sold)).toBeLessThan(entryOf(older, sold))
      expect(entryOf(older, sold * 2 + 1)).toBeLessThan(entryOf(newer, sold))
    }
  })

  it('changes with a sale only where the number of sales gets another digit in binary', () => {
    expect(entryOf(7, 5)).toBe(entryOf(7, 4))
    expect(entryOf(7, 8)).toBeLessThan(entryOf(7, 7))
  })
})
