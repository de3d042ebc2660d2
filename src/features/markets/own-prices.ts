import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Context } from '../../platform/http/context.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { nothingStale } from '../listings/queries.ts'
import { listPreparedMarkets, openOwnPrices } from './queries.ts'

/**
 * Lets markets sell at their own prices once every list is derived with them: until then a product's page and the lists
 * would tell two prices. One trip where no market waits. Whoever turned a market on calls it, and the cron.
 * @returns how many markets were waiting.
 */
export async function openPreparedMarkets(context: Context): Promise<number> {
  const [waiting] = await context.db.read(listPreparedMarkets(nothingStale))
  if (waiting.length === 0) return 0
  const writes = [openOwnPrices(nothingStale)]
  // Opening what is open changes nothing.
  await commitShown(context, { writes, reads: [], tags: [CATALOG_TAG] }, { repeatable: true })
  return waiting.length
}
