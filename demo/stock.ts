import type { Mint } from '../src/domain/id.ts'
import { adjustStock } from '../src/features/inventory/ledger-queries.ts'
import { setTerms } from '../src/features/inventory/level-queries.ts'
import type { LocationRow } from '../src/features/inventory/location-queries.ts'
import type { Write } from '../src/platform/db/client.ts'
import type { Goods } from './goods.ts'
import { BACKORDERS, DELIVERIES, DEPOT_STOCK, LOCATIONS, LOW_STOCK } from './shop.ts'

export interface DemoLocations {
  all: LocationRow[]
  /** Where goods stand that name no location. */
  main: string
  depot: string
}

export function nameLocations(mint: Mint, opened: Date): DemoLocations {
  const at = opened.getTime()
  const all = LOCATIONS.map((location) => ({
    id: mint('location') as string,
    ...location,
    ...{ active: true, version: 1, createdAt: at, updatedAt: at },
  }))
  const [main, depot] = all
  if (!main || !depot) throw new Error('demo: two locations are needed')
  return { all, main: main.id, depot: depot.id }
}

/** What stands beside the main warehouse's shelves, what is on its way, and how it is sold. The goods must be there. */
export function listStock(goods: Goods, { main, depot }: DemoLocations, mint: Mint, opened: Date): Write[] {
  const skus = new Map(goods.all.flatMap(({ variants }) => variants.map((variant) => [variant.sku, variant])))
  const variantOf = (sku: string) => {
    const variant = skus.get(sku)
    if (!variant) throw new Error(`demo: no variant has the SKU ${sku}`)
    return variant
  }
  const moved = (sku: string, location: string, change: { delta?: number; incomingDelta?: number; reason: string }) =>
    adjustStock({ variant_id: variantOf(sku).id }, location, {
      ...{ delta: 0, incomingDelta: 0, reference: mint('adjustment'), at: opened },
      ...change,
    })
  const sold = (sku: string, terms: { backorderLimit?: number; lowStockAt?: number }) =>
    setTerms(
      variantOf(sku).id,
      main,
      { policy: variantOf(sku).policy, backorderLimit: null, lowStockAt: null, ...terms },
      opened,
    )
  return [
    ...Object.entries(DEPOT_STOCK).flatMap(([sku, delta]) => moved(sku, depot, { delta, reason: 'delivery' })),
    ...Object.entries(DELIVERIES).flatMap(([sku, incomingDelta]) =>
      moved(sku, main, { incomingDelta, reason: 'ordered' }),
    ),
    ...Object.entries(BACKORDERS).flatMap(([sku, backorderLimit]) => sold(sku, { backorderLimit })),
    ...Object.entries(LOW_STOCK).flatMap(([sku, lowStockAt]) => sold(sku, { lowStockAt })),
  ]
}
