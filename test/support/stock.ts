import { type Answer, type Api, unique } from './api.ts'
import { seedShop } from './shop.ts'

export interface Level {
  location_id: string
  policy: string
  backorder_limit: number | null
  low_stock_at: number | null
  on_hand: number
  held: number
  incoming: number
  available: number | null
}

/** An empty location of a test's own. */
export async function makeLocation(api: Api, fields: Record<string, unknown> = {}): Promise<string> {
  const { staffKey } = await seedShop()
  const location = { name: unique('Depot'), country: 'NL', ...fields }
  const { status, body } = await api.post('/v1/admin/locations', location, { token: staffKey })
  if (status !== 201) throw new Error(`makeLocation: ${status} ${JSON.stringify(body)}`)
  return body.id
}

export async function adjust(api: Api, sku: string, change: Record<string, unknown>): Promise<Answer> {
  const { staffKey } = await seedShop()
  return api.post('/v1/admin/inventory/adjustments', { sku, reason: 'test', ...change }, { token: staffKey })
}

export async function transfer(
  api: Api,
  [from, to]: readonly [string, string],
  items: readonly { sku: string; quantity: number }[],
): Promise<Answer> {
  const { staffKey } = await seedShop()
  const body = { from_location_id: from, to_location_id: to, items }
  return api.post('/v1/admin/inventory/transfers', body, { token: staffKey })
}

export async function setTerms(api: Api, sku: string, terms: Record<string, unknown>): Promise<Answer> {
  const { staffKey } = await seedShop()
  return api.patch('/v1/admin/inventory', { sku, ...terms }, { token: staffKey })
}

/** A variant's levels by location. */
export async function levelsOf(api: Api, sku: string): Promise<Record<string, Level>> {
  const { staffKey } = await seedShop()
  const { body } = await api.get(`/v1/admin/inventory?sku=${sku}`, { token: staffKey })
  return Object.fromEntries((body.data as Level[]).map((level) => [level.location_id, level]))
}

/** The level at one location. */
export async function levelAt(api: Api, sku: string, locationId: string): Promise<Level> {
  const level = (await levelsOf(api, sku))[locationId]
  if (!level) throw new Error(`${sku} has no level at ${locationId}`)
  return level
}
