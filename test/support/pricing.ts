import { type Api, unique } from './api.ts'
import { asStaff, deriveAll } from './staff.ts'

interface ListInit {
  /** What the list is, beside its title. */
  list?: Record<string, unknown>
  /** Its prices. */
  set: readonly { sku: string; currency: string; amount: number; min_quantity?: number }[]
}

/** A price list with its prices. @returns its id. */
export async function makePriceList(api: Api, { list, set }: ListInit): Promise<string> {
  const { id } = await asStaff(api).post('/v1/admin/price-lists', { title: unique('List'), ...list })
  await asStaff(api).patch(`/v1/admin/price-lists/${id}/prices`, { set })
  return id
}

/** A market behind all others, with prices of its own that are already open. @returns its id. */
export async function makeOwnMarket(api: Api, market: { currency: string; countries: string[] }): Promise<string> {
  const body = { name: unique('Market'), locales: ['en-US'], position: 900_000, own_prices: true, ...market }
  const { id } = await asStaff(api).post('/v1/admin/markets', body)
  await deriveAll(api)
  return id
}

/** Gives a market's countries back and turns its own prices off: other tests count what is derived. */
export async function closeMarket(api: Api, id: string): Promise<void> {
  await asStaff(api).patch(`/v1/admin/markets/${id}`, { countries: [], own_prices: false })
  await deriveAll(api)
}
