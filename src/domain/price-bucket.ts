/**
 * Prices by magnitude, so that a catalog can be counted by what it costs. The edges are 1, 1.5, 2, 3, 5 and 7 times a power
 * of ten, in minor units of whatever currency: a bucket is never wider than two thirds of where it begins. The lowest
 * begins at 0 and ends before 15.
 */
const EDGES = [10, 15, 20, 30, 50, 70] as const

/** The bucket of an amount in minor units, counted from 0. @param amount an integer of 0 or more. */
export function priceBucket(amount: number): number {
  if (amount < EDGES[0]) return 0
  const digits = String(amount)
  const leading = Number(digits.slice(0, 2))
  const step = EDGES.findLastIndex((edge) => leading >= edge)
  return (digits.length - 2) * EDGES.length + step
}

/** The lowest and the highest amount of a bucket, in minor units, both in it. */
export function boundsOf(bucket: number): { min: number; max: number } {
  return { min: bucket === 0 ? 0 : edgeOf(bucket), max: edgeOf(bucket + 1) - 1 }
}

function edgeOf(bucket: number): number {
  return (EDGES[bucket % EDGES.length] ?? 0) * 10 ** Math.floor(bucket / EDGES.length)
}
