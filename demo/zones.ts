import type { RateRule } from '../src/domain/shipping.ts'
import type { ShippingTax } from '../src/domain/tax.ts'

// Where the demo shop ships to and at what price, and the taxes it takes. Amounts are minor units, weights grams, rates
// parts per million (7 % = 70_000).

/** Where goods may be picked up. */
export const PICKUP = {
  name: 'Speicherstadt shop',
  line1: 'Am Sandtorkai 1',
  city: 'Hamburg',
  postalCode: '20457',
  country: 'DE',
}

interface DemoRate {
  name: string
  description: string
  /** What its price depends on; `from` is in grams for weights. */
  kind: 'flat' | 'weight'
  /** From a weight on (0 for flat ones), what it costs in each currency. */
  steps: [from: number, prices: Record<string, number>][]
  freeOver?: Record<string, number>
  rule?: RateRule
  pickup?: boolean
}

interface DemoZone {
  name: string
  areas: { country: string; regions?: string[] }[]
  rates: DemoRate[]
}

const EUROPE = ['AT', 'DE', 'ES', 'FR', 'IT', 'NL'].map((country) => ({ country }))
const FREE_OVER = { USD: 20_000, EUR: 18_000, JPY: 30_000 }
const PARCEL: DemoRate = {
  ...{ name: 'Parcel', description: '2 to 4 working days', kind: 'weight', freeOver: FREE_OVER },
  steps: [
    [0, { USD: 990, EUR: 590, JPY: 1500 }],
    [2000, { USD: 1490, EUR: 890, JPY: 2200 }],
    [10_000, { USD: 2990, EUR: 1890, JPY: 4400 }],
  ],
}

// Every rate has a price in every currency: the shopper's address picks the zone, and any currency may go with it.
export const ZONES: DemoZone[] = [
  {
    name: 'United States',
    areas: [{ country: 'US' }],
    rates: [
      {
        ...{ name: 'Ground', description: '3 to 5 working days', kind: 'flat', freeOver: FREE_OVER },
        steps: [[0, { USD: 595, EUR: 550, JPY: 900 }]],
      },
      {
        ...{
          name: 'Express',
          description: 'next working day, up to 5 kg',
          kind: 'flat',
          rule: { maximum_grams: 5000 },
        },
        steps: [[0, { USD: 1990, EUR: 1850, JPY: 2900 }]],
      },
    ],
  },
  {
    name: 'Alaska and Hawaii',
    areas: [{ country: 'US', regions: ['AK', 'HI'] }],
    rates: [
      {
        ...{ name: 'Air', description: '5 to 9 working days', kind: 'flat' },
        steps: [[0, { USD: 1495, EUR: 1390, JPY: 2200 }]],
      },
    ],
  },
  {
    name: 'Germany',
    areas: [{ country: 'DE' }],
    rates: [
      PARCEL,
      {
        ...{ name: 'Pick up in Hamburg', description: 'ready in 2 hours', kind: 'flat', pickup: true },
        steps: [[0, { USD: 0, EUR: 0, JPY: 0 }]],
      },
    ],
  },
  { name: 'Europe', areas: EUROPE.filter(({ country }) => country !== 'DE'), rates: [PARCEL] },
  {
    name: 'Japan',
    areas: [{ country: 'JP' }],
    rates: [
      {
        ...{ name: 'Takkyubin', description: '5 to 8 working days', kind: 'flat' },
        steps: [[0, { USD: 1490, EUR: 1390, JPY: 1200 }]],
      },
    ],
  },
]

interface DemoTax {
  country: string
  region?: string
  included: boolean
  shipping: ShippingTax
  /** The buyer with a VAT id accounts for the tax: the shop itself is in Norway. */
  reverseCharge: boolean
  /** By category. */
  rates: Record<string, [name: string, ratePpm: number]>
}

const european = (country: string, name: string, standard: number, reduced: number): DemoTax => ({
  ...{ country, included: true, shipping: { rule: 'like_goods' }, reverseCharge: true },
  rates: {
    standard: [`${name} ${standard / 10_000} %`, standard],
    reduced: [`${name} ${reduced / 10_000} %`, reduced],
  },
})
const american = (ratePpm: number, region?: string): DemoTax => ({
  ...{ country: 'US', included: false, shipping: { rule: 'untaxed' }, reverseCharge: false },
  ...(region === undefined ? {} : { region }),
  rates: { standard: ['Sales tax', ratePpm] },
})

// Real sales tax is a matter of states, counties and cities: a few states stand for it here.
export const TAXES: DemoTax[] = [
  american(70_000),
  american(72_500, 'CA'),
  american(0, 'OR'),
  european('AT', 'USt.', 200_000, 100_000),
  european('DE', 'USt.', 190_000, 70_000),
  european('ES', 'IVA', 210_000, 100_000),
  european('FR', 'TVA', 200_000, 55_000),
  european('IT', 'IVA', 220_000, 100_000),
  european('NL', 'BTW', 210_000, 90_000),
  {
    ...{ country: 'JP', included: true, shipping: { rule: 'category', category: 'standard' }, reverseCharge: false },
    rates: { standard: ['Consumption tax 10 %', 100_000], reduced: ['Consumption tax 8 %', 80_000] },
  },
]
