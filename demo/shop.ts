import type { CustomFieldType } from '../src/domain/custom-field.ts'

// The demo shop apart from its goods: where it sells, what it charges for the way, which taxes it takes, what it gives.
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

export const LOCATION = { name: 'Bergen warehouse', country: 'NO', isDefault: true }

// Every rate has a price in every currency: the shopper's country picks the zone, and any currency may go with it.
export const ZONES = [
  {
    name: 'United States',
    countries: ['US'],
    rate: { name: 'Ground', description: '3 to 5 working days', prices: { USD: 595, EUR: 550, JPY: 900 } },
  },
  {
    name: 'Europe',
    countries: ['AT', 'DE', 'ES', 'FR', 'IT', 'NL'],
    rate: { name: 'Parcel', description: '2 to 4 working days', prices: { USD: 990, EUR: 590, JPY: 1500 } },
  },
  {
    name: 'Japan',
    countries: ['JP'],
    rate: { name: 'Takkyubin', description: '5 to 8 working days', prices: { USD: 1490, EUR: 1390, JPY: 1200 } },
  },
]

// One rate a country. Real sales tax is a matter of states and counties; one flat rate stands for it here.
export const TAXES = [
  { country: 'US', name: 'Sales tax', ratePpm: 70_000, included: false, onShipping: false },
  { country: 'AT', name: 'USt. 20 %', ratePpm: 200_000, included: true, onShipping: true },
  { country: 'DE', name: 'USt. 19 %', ratePpm: 190_000, included: true, onShipping: true },
  { country: 'ES', name: 'IVA 21 %', ratePpm: 210_000, included: true, onShipping: true },
  { country: 'FR', name: 'TVA 20 %', ratePpm: 200_000, included: true, onShipping: true },
  { country: 'IT', name: 'IVA 22 %', ratePpm: 220_000, included: true, onShipping: true },
  { country: 'NL', name: 'BTW 21 %', ratePpm: 210_000, included: true, onShipping: true },
  { country: 'JP', name: 'Consumption tax 10 %', ratePpm: 100_000, included: true, onShipping: true },
]

interface DemoPromotion {
  title: string
  /** None makes it automatic. */
  codes: string[]
  ratePpm: number
  minimumSubtotal: Record<string, number>
  customerLimit: number | null
  /** Lower ones are applied first. */
  priority: number
}

export const PROMOTIONS: DemoPromotion[] = [
  {
    title: '10 % off to welcome you',
    codes: ['WELCOME10'],
    ratePpm: 100_000,
    minimumSubtotal: {},
    customerLimit: 1,
    priority: 10,
  },
  {
    title: '5 % off large orders',
    codes: [],
    ratePpm: 50_000,
    minimumSubtotal: { USD: 15_000, EUR: 14_000, JPY: 22_000 },
    customerLimit: null,
    priority: 20,
  },
]

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
