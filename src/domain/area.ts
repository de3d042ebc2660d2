/**
 * A part of the world that a shipping or tax zone covers. `country` is ISO 3166-1 alpha-2, or `*` for everywhere that no
 * other area names; `region` the suffix of ISO 3166-2; `postalPattern` one code ("SW1A 1AA"), a prefix ("90*") or a range
 * of codes ("10000..10999"). Null is all of the country.
 */
export interface Area {
  country: string
  region: string | null
  postalPattern: string | null
}

/** Where something goes, as far as it is known: a shopper who only browses has a country alone. */
export interface Destination {
  country: string
  region: string | null
  postalCode: string | null
}

export const EVERYWHERE = '*'

/** The form in which postal codes are compared: upper case, letters and digits of ASCII alone. */
export function normalisePostalCode(code: string): string {
  return code.replace(/[^0-9A-Za-z]/g, '').toUpperCase()
}

/**
 * The codes that a pattern covers, as the first and last of them in the order of their bytes: SQL and TypeScript compare
 * by the same two. A code continues a shorter one ("90210-1234" is within "90210"). Null when it is no pattern.
 */
export function postalRange(pattern: string): { from: string; to: string } | null {
  const range = /^\s*([0-9A-Za-z -]+?)\s*\.\.\s*([0-9A-Za-z -]+?)\s*$/.exec(pattern)
  if (range) {
    const [from, to] = [normalisePostalCode(range[1] ?? ''), normalisePostalCode(range[2] ?? '')]
    return from.length === to.length && from !== '' && from <= to ? { from, to: `${to}~` } : null
  }
  if (!/^[0-9A-Za-z -]+\*?$/.test(pattern)) return null
  const code = normalisePostalCode(pattern)
  return code === '' ? null : { from: code, to: `${code}~` }
}

/** A pattern in the one form in which it is stored: "sw1a 1aa" is "SW1A1AA", "90*" is "90". Null when it is no pattern. */
export function canonicalPattern(pattern: string): string | null {
  const range = postalRange(pattern)
  if (!range) return null
  const last = range.to.slice(0, -1)
  return range.from === last ? range.from : `${range.from}..${last}`
}

/** Whether all of `area` that a destination can be known to be in holds: what is not known is in no narrower area. */
export function isWithin(destination: Destination, area: Area): boolean {
  if (area.country !== EVERYWHERE && area.country !== destination.country) return false
  if (area.region !== null && area.region !== destination.region) return false
  if (area.postalPattern === null) return true
  const range = postalRange(area.postalPattern)
  if (!range || destination.postalCode === null) return false
  const code = normalisePostalCode(destination.postalCode)
  return range.from <= code && code <= range.to
}

/**
 * The zone of a destination: the one with the narrowest area around it, by postal code before region before country; of
 * two as narrow the one listed first.
 */
export function findZone<Zone extends { areas: readonly Area[] }>(
  zones: readonly Zone[],
  destination: Destination,
): Zone | null {
  let found: { zone: Zone; rank: number } | null = null
  for (const zone of zones) {
    for (const area of zone.areas) {
      if (!isWithin(destination, area)) continue
      const rank = rankOf(area)
      if (!found || rank > found.rank) found = { zone, rank }
    }
  }
  return found?.zone ?? null
}

/** Whether a fuller address in the same country could be in another zone: what is shown by `findZone` is an estimate. */
export function isEstimate(
  zones: readonly { areas: readonly Area[] }[],
  { country, region, postalCode }: Destination,
): boolean {
  return zones.some(({ areas }) =>
    areas.some(
      (area) =>
        area.country === country &&
        ((area.region !== null && region === null) ||
          (area.postalPattern !== null &&
            postalCode === null &&
            (region === null || (area.region ?? region) === region))),
    ),
  )
}

// A longer code is a narrower area, and any code is narrower than a region. A range counts as the beginning that its two
// ends share, and is narrower than all that begins so.
function rankOf({ country, region, postalPattern }: Area): number {
  if (country === EVERYWHERE) return 0
  if (postalPattern === null) return region !== null ? 2 : 1
  const range = postalRange(postalPattern)
  if (!range) return 0
  const [from, to] = [range.from, range.to.slice(0, -1)]
  if (from === to) return 10 + 2 * from.length
  return 11 + 2 * [...from].findIndex((letter, place) => letter !== to[place])
}
