import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import { findGeneration, raiseGeneration } from '../../platform/generations.ts'
import type { Context } from '../../platform/http/context.ts'
import { nothingStale } from '../listings/queries.ts'
import { listPreparedMarkets, openOwnPrices } from './queries.ts'

/**
 * Lets markets sell at their own prices once every list is derived with them: until then a product's page and the lists
 * would tell two prices. One trip where no market waits. Whoever turned a market on calls it, and the cron.
 * @returns how many markets were waiting.
 */
export async function openPreparedMarkets({ db, cache, purge }: Context): Promise<number> {
  const [waiting] = await db.read(listPreparedMarkets(nothingStale))
  if (waiting.length === 0) return 0
  const [[generation]] = await db.commit(
    [openOwnPrices(nothingStale), raiseGeneration()],
    [findGeneration()],
    // Opening what is open changes nothing.
    { repeatable: true },
  )
  cache.raiseFloor(generation?.value ?? 0)
  purge([CATALOG_TAG])
  return waiting.length
}
