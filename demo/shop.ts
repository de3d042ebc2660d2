import type { CustomFieldType } from '../src/domain/custom-field.ts'

// The demo shop apart from its goods: where it sells, and its sales. Shipping and taxes are in zones.ts.
// Rates are parts per million (7 % = 70_000), amounts are minor units, days count from the moment of the seed.

export const MARKETS = [
  { name: 'United States', currency: 'USD', countries: ['US'], locales: ['en-US'], taxIncluded: false },
  {
    name: 'Europe',
    currency: 'EUR',
    countries: ['AT', 'DE', 'ES', 'FR', 'IT', 'NL'],
    locales: ['en-GB', 'de-DE', 'es-ES', 'fr-FR', 'it-IT', 'nl-NL'],
    taxIncluded: true,
  },
  { name: 'Japan', currency: 'JPY', countries: ['JP'], locales: ['ja-JP', 'en-US'], taxIncluded: true },
]

/** The first is the default; the second serves its own country first. */
export const LOCATIONS = [
  { name: 'Bergen warehouse', country: 'NO', priority: 0, isDefault: true },
  { name: 'Rotterdam depot', country: 'NL', priority: 10, isDefault: false },
]

/** By SKU: what stands in the depot, what is on its way to the warehouse, how many may be owed, when few are left. */
export const DEPOT_STOCK = { KJELE: 6, 'REIN-4043': 20, 'EMALJE-CRE': 24, 'SKJAER-JUN': 30, LAPP: 15 }
export const DELIVERIES = { 'KURV-LAR': 12, 'ULL-RUS': 20, 'REV-NIG': 30 }
export const BACKORDERS = { 'KURV-LAR': 10 }
export const LOW_STOCK = { 'FJOL-LAR': 3, 'LETT-L': 2, 'HOFTE-NIG': 5, KJELE: 4 }

/** The day on which the shop opened: all goods and their prices are as old as that. */
export const OPENED_DAYS_AGO = 60

interface DemoSale {
  title: string
  startsInDays: number
  endsInDays: number
  /** What is taken off the regular price. */
  ratePpm: number
  /** Handles. */
  products: string[]
}

/** One that runs and one that is still to come. */
export const SALES: DemoSale[] = [
  {
    title: 'First frost',
    startsInDays: -3,
    endsInDays: 4,
    ratePpm: 200_000,
    products: ['kjele-kettle', 'ull-blanket', 'rein-wool-socks'],
  },
  {
    title: 'Winter nights',
    startsInDays: 7,
    endsInDays: 14,
    ratePpm: 150_000,
    products: ['dvale-sleeping-bag', 'ro-sleeping-mat', 'glo-lantern'],
  },
]

/** What cost less until a while ago: the lowest price of the 30 days before a sale is then below the regular one. */
export const RISES: { sku: string; daysAgo: number; before: Record<string, number> }[] = [
  { sku: 'KJELE', daysAgo: 20, before: { USD: 5900, EUR: 5500, JPY: 8400 } },
]

interface DemoField {
  key: string
  title: string
  type: CustomFieldType
  visibility: 'public' | 'private'
}

export const PRODUCT_FIELDS: DemoField[] = [
  { key: 'material', title: 'Material', type: 'text', visibility: 'public' },
  { key: 'supplier_note', title: 'Note on the supplier', type: 'text', visibility: 'private' },
]
