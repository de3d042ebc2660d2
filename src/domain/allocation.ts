import { availableQuantity, roomAt, type StockLevel, shelfOf } from './stock.ts'

/** A level with what decides which one is taken from first. */
export interface RankedLevel extends StockLevel {
  /** Where the location is; null where nobody has said. */
  country: string | null
  /** The lowest first. */
  priority: number
}

export interface PlannedHold {
  variantId: string
  locationId: string
  quantity: number
}

export type HoldPlan =
  | { ok: true; holds: PlannedHold[] }
  | { ok: false; short: { variantId: string; requested: number; available: number }[] }

/**
 * Which shelves the goods of an order come from. Locations have one order: those in the destination's country first, then
 * by priority, then by id; the order of `levels` and of `demand` changes nothing. The first location that has all of it on
 * its shelves sends all of it. Where none has, each variant comes from as few locations as can be, the first ones among
 * equals; what stands on shelves goes before anything is backordered.
 *
 * Untracked variants need no hold. The plan is a proposal: committing it breaks `stock_not_oversold` if somebody was
 * faster.
 * @param country ISO 3166-1 alpha-2, where the goods go; null where that is not known.
 */
export function planHolds(
  demand: ReadonlyMap<string, number>,
  levels: readonly RankedLevel[],
  country: string | null,
): HoldPlan {
  const ranked = [...levels].sort(byRank(country))
  const wanted: Wanted[] = []
  const short: { variantId: string; requested: number; available: number }[] = []
  for (const [variantId, requested] of demand) {
    const places = ranked.filter((level) => level.variantId === variantId)
    if (places.some(({ policy }) => policy === 'untracked')) continue
    const available = availableQuantity(places)
    if (available !== null && available < requested) short.push({ variantId, requested, available })
    else wanted.push({ variantId, requested, places })
  }
  if (short.length > 0) return { ok: false, short }
  return { ok: true, holds: fromOnePlace(wanted) ?? wanted.flatMap(fromFewestPlaces) }
}

interface Wanted {
  variantId: string
  requested: number
  /** Its levels, the first to be taken from first. */
  places: readonly RankedLevel[]
}

function byRank(country: string | null) {
  const isAbroad = (level: RankedLevel) => (country !== null && level.country === country ? 0 : 1)
  return (left: RankedLevel, right: RankedLevel) =>
    isAbroad(left) - isAbroad(right) ||
    left.priority - right.priority ||
    (left.locationId < right.locationId ? -1 : left.locationId > right.locationId ? 1 : 0)
}

/** All of it from the shelves of the first location that has all of it, or null. */
function fromOnePlace(wanted: readonly Wanted[]): PlannedHold[] | null {
  const [first, ...others] = wanted
  const has = ({ places, requested }: Wanted, locationId: string) =>
    places.some((place) => place.locationId === locationId && shelfOf(place) >= requested)
  const place = first?.places.find(
    ({ locationId }) => has(first, locationId) && others.every((each) => has(each, locationId)),
  )
  if (!place) return null
  const { locationId } = place
  return wanted.map(({ variantId, requested: quantity }) => ({ variantId, locationId, quantity }))
}

interface Source {
  locationId: string
  /** What can be taken here; Infinity without limit. */
  room: number
}

/** Shelves alone where they have enough; otherwise all there is on them, and the rest is backordered. */
function fromFewestPlaces({ variantId, requested, places }: Wanted): PlannedHold[] {
  const shelves = places.map((place) => ({ locationId: place.locationId, room: shelfOf(place) }))
  const onShelves = sumOf(shelves)
  const taken = takeFrom(shelves, Math.min(requested, onShelves))
  for (const [locationId, quantity] of backorder(places, taken, requested - Math.min(requested, onShelves))) {
    taken.set(locationId, (taken.get(locationId) ?? 0) + quantity)
  }
  return [...taken].map(([locationId, quantity]) => ({ variantId, locationId, quantity }))
}

/** Locations that send some of it anyway owe the rest too, as far as they may: that makes no further parcel. */
function backorder(places: readonly RankedLevel[], taken: ReadonlyMap<string, number>, rest: number) {
  const rooms = places.map((place) => {
    const room = roomAt(place) ?? Number.POSITIVE_INFINITY
    return { locationId: place.locationId, room: Math.max(0, room - (taken.get(place.locationId) ?? 0)) }
  })
  const sending = rooms.filter(({ locationId }) => taken.has(locationId))
  const others = rooms.filter(({ locationId }) => !taken.has(locationId))
  const fromSending = Math.min(rest, sumOf(sending))
  return [...takeFrom(sending, fromSending), ...takeFrom(others, rest - fromSending)]
}

/**
 * `quantity` from as few sources as can be; of those choices the one that comes first in their order.
 * @param quantity no more than all of them have together.
 */
function takeFrom(sources: readonly Source[], quantity: number): Map<string, number> {
  const taken = new Map<string, number>()
  let rest = quantity
  let places = fewest(sources, quantity)
  for (const [index, { locationId, room }] of sources.entries()) {
    if (rest === 0) break
    if (room === 0) continue
    // Whether the largest of those that follow have what this one leaves over, with one place fewer.
    if (room + sumOf(largest(sources.slice(index + 1), places - 1)) < rest) continue
    const here = Math.min(room, rest)
    taken.set(locationId, here)
    rest -= here
    places -= 1
  }
  return taken
}

function fewest(sources: readonly Source[], quantity: number): number {
  let count = 0
  while (sumOf(largest(sources, count)) < quantity && count < sources.length) count += 1
  return count
}

function largest(sources: readonly Source[], count: number): Source[] {
  return [...sources]
    .sort((left, right) => (left.room < right.room ? 1 : left.room > right.room ? -1 : 0))
    .slice(0, count)
}

function sumOf(sources: readonly Source[]): number {
  return sources.reduce((sum, { room }) => sum + room, 0)
}
