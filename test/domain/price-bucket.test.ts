import { describe, expect, it } from 'vitest'
import { boundsOf, priceBucket } from '../../src/domain/price-bucket.ts'

describe('buckets of prices', () => {
  it('are told by their edges', () => {
    const amounts = [0, 1, 9, 10, 14, 15, 19, 20, 29, 30, 49, 50, 69, 70, 99, 100, 149, 150, 1999, 2000]
    const buckets = [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 13, 14]
    expect(amounts.map(priceBucket)).toEqual(buckets)
  })

  it('follow one another without a gap, each with both its bounds in it', () => {
    let next = 0
    for (let bucket = 0; bucket < 80; bucket += 1) {
      const { min, max } = boundsOf(bucket)
      expect(min).toBe(next)
      expect([priceBucket(min), priceBucket(max)]).toEqual([bucket, bucket])
      next = max + 1
    }
    expect(next).toBeGreaterThan(10 ** 14)
  })

  it('are never wider than two thirds of where they begin', () => {
    for (let bucket = 1; bucket < 80; bucket += 1) {
      const { min, max } = boundsOf(bucket)
      expect((max + 1 - min) / min).toBeLessThanOrEqual(2 / 3)
    }
  })
})
