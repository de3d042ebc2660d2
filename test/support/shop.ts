import { defaultDeps } from '../../src/app.ts'
import { DEFAULT_ROUNDING } from '../../src/domain/rounding.ts'
import { newCollection } from '../../src/features/collections/new-collection.ts'
import { insertCollection } from '../../src/features/collections/queries.ts'
import { insertLocation } from '../../src/features/inventory/location-queries.ts'
import { insertMarket } from '../../src/features/markets/queries.ts'
import { createStaffKey } from '../../src/features/sessions/staff-key.ts'
import { insertZone } from '../../src/features/shipping/queries.ts'
import { insertTaxZone } from '../../src/features/tax/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { testEnv } from './env.ts'

/** A shop as small as can be that has one of everything: two markets, two zones, inclusive and exclusive tax. */
export interface Shop {
  /** A staff key with every scope. */
  staffKey: string
  /** A staff key with a scope that no route asks for alone. */
  narrowKey: string
  locationId: string
  domesticRateId: string
  europeanRateId: string
  collectionId: string
}

let seeded: Promise<Shop> | undefined

/** The tests' shop, made once a run. US: 8 % on top, shipping 5.00 USD. DE: 19 % inside, shipping 4.90 EUR. JP: none. */
export function seedShop(): Promise<Shop> {
  seeded ??= seedShopIn(testEnv())
  return seeded
}

/** The same shop in another database, which has the migrations and nothing else. */
export async function seedShopIn(bindings: Bindings): Promise<Shop> {
  const context = systemContext('test', bindings, defaultDeps(), () => {})
  const { mint, now, random, db } = context
  const staff = await createStaffKey({ name: 'tests', scopes: ['*'], expiresAt: null }, { now, mint, random })
  const narrow = await createStaffKey(
    { name: 'narrow', scopes: ['nothing:read'], expiresAt: null },
    { now, mint, random },
  )
  const locationId = mint('location')
  const domesticRateId = mint('rate')
  const europeanRateId = mint('rate')
  const collectionId = mint('collection')
  const at = now.getTime()
  const market = (
    name: string,
    currency: string,
    countries: string[],
    locales: string[],
    taxIncluded: boolean,
    position: number,
  ) => {
    const row = { id: mint('market'), name, currency, countries, locales, taxIncluded, position }
    return insertMarket({ ...row, ownPrices: 0, version: 1, createdAt: at, updatedAt: at })
  }
  const stored = { position: 0, version: 1, createdAt: at, updatedAt: at }
  const areasOf = (countries: string[]) => countries.map((country) => ({ country, region: null, postalPattern: null }))
  const flatZone = (
    name: string,
    countries: string[],
    { prices, ...rate }: { id: string; name: string; description: string; prices: Record<string, number> },
  ) => {
    const steps = Object.entries(prices).map(([currency, amount]) => ({ currency, from: 0, amount }))
    const flat = {
      ...rate,
      kind: 'flat',
      steps,
      freeOver: {},
      rule: {},
      service: null,
      pickupLocationId: null,
    } as const
    return insertZone({ id: mint('zone'), name, ...stored, areas: areasOf(countries), rates: [flat] })
  }
  const taxZone = (country: string, name: string, included: boolean, rate: { name: string; ratePpm: number }) =>
    insertTaxZone({
      ...{ id: mint('tax'), name, ...stored, areas: areasOf([country]), included, reverseCharge: false },
      shipping: included ? { rule: 'category', category: 'standard' } : { rule: 'untaxed' },
      rounding: DEFAULT_ROUNDING,
      rates: [{ category: 'standard', ...rate, compound: false }],
    })
  await db.commit([
    ...staff.writes,
    ...narrow.writes,
    insertLocation({
      ...{ id: locationId, name: 'Warehouse', country: 'US', isDefault: true, priority: 0, active: true },
      ...{ version: 1, createdAt: at, updatedAt: at },
    }),
    ...market('United States', 'USD', ['US'], ['en-US'], false, 0),
    ...market('Europe', 'EUR', ['DE', 'FR'], ['de-DE', 'de-AT', 'en-GB'], true, 1),
    ...market('Japan', 'JPY', ['JP'], ['ja-JP'], true, 2),
    ...flatZone('Domestic', ['US'], {
      ...{ id: domesticRateId, name: 'Standard', description: '3 to 5 days' },
      prices: { USD: 500, EUR: 450 },
    }),
    ...flatZone('Europe and Japan', ['DE', 'FR', 'JP'], {
      ...{ id: europeanRateId, name: 'Post', description: '2 to 4 days' },
      prices: { USD: 600, EUR: 490, JPY: 800 },
    }),
    ...taxZone('US', 'United States', false, { name: 'Sales tax', ratePpm: 80_000 }),
    ...taxZone('DE', 'Germany', true, { name: 'USt. 19 %', ratePpm: 190_000 }),
    ...insertCollection(newCollection({ id: collectionId, handle: 'everything', title: 'Everything' }, now)),
  ])
  return { staffKey: staff.text, narrowKey: narrow.text, locationId, domesticRateId, europeanRateId, collectionId }
}
