/** CRC-32 as PayPal signs it (IEEE 802.3, reflected), as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const SLOTS = 10

/**
 * A text like `template`, with the CRC-32 of `genuine`: the `~~~~~~~~~~` in it become letters that are chosen for it. CRC is
 * linear, so each of the four low bits of a letter flips known bits of it, and equations tell which to flip.
 */
export function forgeCrc(genuine: string, template: string): string {
  const encoder = new TextEncoder()
  const at = encoder.encode(template.slice(0, template.indexOf('~'.repeat(SLOTS)))).length
  // 0x60 to 0x6f: a backtick and a to o, all of them plain letters to JSON.
  const bytes = encoder.encode(template.replace('~'.repeat(SLOTS), '`'.repeat(SLOTS)))
  const base = crc32(bytes)
  const effects = Array.from({ length: SLOTS * 4 }, (_, bit) => {
    const flipped = bytes.slice()
    flipped[at + (bit >> 2)] = (flipped[at + (bit >> 2)] ?? 0) ^ (1 << (bit & 3))
    return (crc32(flipped) ^ base) >>> 0
  })
  for (const bit of solve(effects, (base ^ crc32(encoder.encode(genuine))) >>> 0)) {
    bytes[at + (bit >> 2)] = (bytes[at + (bit >> 2)] ?? 0) ^ (1 << (bit & 3))
  }
  return new TextDecoder().decode(bytes)
}

/** Which of `effects` make `wanted` when they are added bit by bit. */
function solve(effects: readonly number[], wanted: number): number[] {
  const rows: { pivot: number; value: number; of: bigint }[] = []
  for (const [index, effect] of effects.entries()) {
    let value = effect
    let of = 1n << BigInt(index)
    for (const row of rows) {
      if ((value >>> row.pivot) & 1) {
        value = (value ^ row.value) >>> 0
        of ^= row.of
      }
    }
    if (value !== 0) rows.push({ pivot: 31 - Math.clz32(value), value, of })
  }
  let left = wanted
  let chosen = 0n
  for (const row of rows) {
    if ((left >>> row.pivot) & 1) {
      left = (left ^ row.value) >>> 0
      chosen ^= row.of
    }
  }
  if (left !== 0) throw new Error('not enough letters to choose')
  return effects.flatMap((_, index) => ((chosen >> BigInt(index)) & 1n ? [index] : []))
}
