import { expect } from 'vitest'
import { type Api, type TestProduct, unique } from './api.ts'
import { testEnv } from './env.ts'
import { asStaff } from './staff.ts'

// Codes that no country has: what is shipped there and taxed there is of one test alone.
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const REAL = new Set(['QA', 'ZA', 'ZM', 'ZW', 'ZZ', 'OM', 'XI'])
const FREE = ['X', 'Q', 'Z', 'O']
  .flatMap((first) => LETTERS.map((second) => first + second))
  .filter((c) => !REAL.has(c))
const given = new Set<string>()

/** A country that nothing is shipped to yet, and where nothing is taxed. */
export async function ownCountry(): Promise<string> {
  const statement = 'SELECT country FROM shipping_areas UNION SELECT country FROM tax_areas'
  const { results } = await testEnv().DB.prepare(statement).all<{ country: string }>()
  const taken = new Set(results.map(({ country }) => country))
  const country = FREE.find((code) => !taken.has(code) && !given.has(code))
  if (!country) throw new Error('no country is left')
  given.add(country)
  return country
}

export const usd = (amount: number) => ({ amount, currency: 'USD' })

export interface AreaWish {
  country: string
  region?: string
  postal_pattern?: string
}

/** A flat rate. */
export const flat = (name: string, amount: number, more: Record<string, unknown> = {}) => ({
  ...{ kind: 'flat', name, prices: [usd(amount)] },
  ...more,
})

/** A rate by `kind`, as pairs of where a step begins and what it costs. */
export const stepped = (kind: string, name: string, steps: readonly [from: number, amount: number][]) => ({
  ...{ kind, name },
  steps: steps.map(([from, amount]) => ({ from, amount, currency: 'USD' })),
})

/** Ships to `areas`. */
export function shipTo(api: Api, areas: readonly AreaWish[], rates: readonly object[]) {
  return asStaff(api).post('/v1/admin/shipping-zones', { name: unique('Zone'), areas, rates })
}

/** Taxes in `areas`: a rate of 20 % on top, unless `changes` say otherwise. */
export function taxIn(api: Api, areas: readonly AreaWish[], changes: Record<string, unknown> = {}) {
  const rates = [{ category: 'standard', name: 'Tax', percent: 20 }]
  return asStaff(api).post('/v1/admin/tax-zones', { name: unique('Taxes'), areas, included: false, rates, ...changes })
}

/** An active product of one variant in dollars, with `terms` of its own. */
export async function sell(api: Api, terms: Record<string, unknown> = {}, amount = 2000): Promise<TestProduct> {
  const sku = unique('SKU')
  const variant = { sku, prices: [usd(amount)], inventory: { policy: 'untracked' }, ...terms }
  const product = { title: unique('Product'), status: 'active', variants: [variant] }
  const { id, handle, variants } = await asStaff(api).post('/v1/admin/products', product)
  return { id, handle, sku, variantId: variants[0].id }
}

export const addressIn = (country: string, more: Record<string, unknown> = {}) => ({
  ...{ first_name: 'Ada', last_name: 'Lovelace', line1: '1 Analytical Way', city: 'Springfield' },
  ...{ postal_code: '10000', country },
  ...more,
})

/** A cart over the wire, and its owner. */
export interface OwnedCart {
  path: string
  token: string
  // biome-ignore lint/suspicious/noExplicitAny: the cart as it came over the wire
  cart: any
}

/** A cart in dollars of somebody who has said no more than the country. */
export async function browse(
  api: Api,
  country: string,
  lines: readonly { sku: string; quantity: number }[],
): Promise<OwnedCart> {
  const { status, body } = await api.post('/v1/carts', { country, currency: 'USD', lines })
  expect(status, JSON.stringify(body)).toBe(201)
  return { path: `/v1/carts/${body.id}`, token: body.session.access_token, cart: body }
}

/** Changes a cart, which succeeds. @returns the cart. */
export async function change(api: Api, { path, token }: OwnedCart, changes: unknown) {
  const { status, body } = await api.patch(path, changes, { token })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** What can be chosen now. */
export async function optionsOf(api: Api, { path, token }: OwnedCart) {
  const { status, body } = await api.get(`${path}/shipping-options`, { token })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}

/** The options by name, with what each costs. */
export async function pricesOf(api: Api, owned: OwnedCart): Promise<Record<string, number>> {
  const options: { name: string; price: { amount: number } }[] = await optionsOf(api, owned)
  return Object.fromEntries(options.map(({ name, price }) => [name, price.amount]))
}

export const warningsOf = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code)
