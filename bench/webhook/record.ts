import type { Bindings } from '../../src/platform/env.ts'
import { shopInProcess } from '../rig/in-process.ts'
import { recordBatches } from '../rig/record.ts'
import type { Handled } from './bare.ts'
import type { Delivery } from './senders.ts'

/** What the shop does for a delivery, and what the answer says that it cost. */
export async function recordDelivery(
  bindings: Bindings,
  provider: string,
  { body, headers }: Delivery,
): Promise<Handled & { cost: string }> {
  const { database, batches } = recordBatches(bindings.DB)
  const ask = shopInProcess({ ...bindings, DB: database, SERVER_TIMING: 'on' })
  const response = await ask('POST', `/v1/webhooks/${provider}`, body, headers)
  const cost = /d1;desc="([^"]*)"/.exec(response.headers.get('Server-Timing') ?? '')?.[1] ?? 'unknown'
  return { batches, status: response.status, body: await response.text(), cost }
}

/** The ids of events in batches that were minted for them. */
export function mintedIn(batches: Handled['batches']): string[] {
  return [...new Set(JSON.stringify(batches).match(/evt_[0-7][0-9a-hjkmnp-tv-z]{25}/g) ?? [])]
}
