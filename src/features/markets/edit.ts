import type * as z from 'zod'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { drainAtOnce } from '../listings/drain.ts'
import { markAllStale } from '../listings/queries.ts'
import type { CreateMarket, UpdateMarket } from './contract.ts'
import { openPreparedMarkets } from './own-prices.ts'
import { findMarket, insertMarket, listTakenCountries, type Market, refusePricesOf, updateMarket } from './queries.ts'

type Create = z.output<ReturnType<typeof CreateMarket>>
type Update = z.output<ReturnType<typeof UpdateMarket>>

/** @throws {Problem} country_taken */
export async function createMarket(context: Context, input: Create): Promise<Market> {
  const { now, mint } = context
  const at = now.getTime()
  const market: Market = {
    id: mint('market'),
    name: input.name,
    currency: input.currency,
    countries: input.countries,
    locales: input.locales,
    taxIncluded: input.tax_included,
    position: input.position,
    ownPrices: input.own_prices ? 1 : 0,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  const change = { name: market.name, currency: market.currency }
  return commitMarket(context, market, {
    writes: [...insertMarket(market), ...(input.own_prices ? [markAllStale()] : [])],
    ...{ action: 'market.created', change, status: 201, derives: input.own_prices },
  })
}

/** A market. @throws {Problem} market_not_found, version_mismatch */
export async function mustFindMarket({ db }: Context, id: string, ifMatch: number | null = null): Promise<Market> {
  const [[market]] = await db.read(findMarket(id))
  return mustBe(market, 'market_not_found', ifMatch)
}

/**
 * Changes what `input` names; one that changes nothing keeps the version. With own prices turned on or off, or another
 * currency of a market that has them, every product's lists are derived again: `preparing` until that is done. Prices that
 * a market has stay stored while its own prices are off.
 * @throws {Problem} market_not_found, version_mismatch, country_taken, market_has_prices (another currency).
 */
export async function editMarket(context: Context, id: string, input: Update, ifMatch: number | null): Promise<Market> {
  const old = await mustFindMarket(context, id, ifMatch)
  const hasOwn = input.own_prices ?? old.ownPrices > 0
  const wanted: Market = {
    ...old,
    name: input.name ?? old.name,
    currency: input.currency ?? old.currency,
    countries: input.countries ?? old.countries,
    locales: input.locales ?? old.locales,
    taxIncluded: input.tax_included ?? old.taxIncluded,
    position: input.position ?? old.position,
  }
  const otherCurrency = wanted.currency !== old.currency
  const switched = hasOwn !== old.ownPrices > 0
  const derives = switched || (otherCurrency && hasOwn)
  const fields = [...changedFields(old, wanted), ...(switched ? ['ownPrices'] : [])]
  if (fields.length === 0) return old
  const row = { ...wanted, updatedAt: context.now.getTime() }
  return commitMarket(context, row, {
    writes: [
      ...(otherCurrency ? [refusePricesOf(id)] : []),
      ...updateMarket(row, old.version, derives ? (hasOwn ? 1 : 0) : null),
      ...(derives ? [markAllStale()] : []),
    ],
    ...{ action: 'market.updated', change: { fields, version: old.version + 1 }, status: null, derives },
  })
}

interface MarketChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
  /** Whether every product's lists have been left to be derived. */
  derives: boolean
}

async function commitMarket(context: Context, market: Market, { derives, ...change }: MarketChange): Promise<Market> {
  let saved: Market | undefined
  try {
    const results = await commitStaffChange(context, {
      ...change,
      reads: [findMarket(market.id)],
      subjectId: market.id,
      tags: [CATALOG_TAG],
    })
    saved = results[0][0]
  } catch (error) {
    const taken = error instanceof ConstraintError && error.constraint === 'market_countries.country'
    throw taken ? await countryTaken(context, market) : error
  }
  if (!saved) throw new Error('the market just saved is gone')
  return derives ? openAtOnce(context, saved) : saved
}

/** What can be done at once of opening a market's own prices. The change is made: nothing here fails the request, and the
 *  cron does the rest. */
async function openAtOnce(context: Context, saved: Market): Promise<Market> {
  await drainAtOnce(context)
  try {
    await openPreparedMarkets(context)
    return await mustFindMarket(context, saved.id)
  } catch (error) {
    context.log.error('market_left_preparing', error)
    return saved
  }
}

async function countryTaken({ db }: Context, { id, countries }: Market): Promise<Problem> {
  const [taken] = await db.read(listTakenCountries(id, countries))
  const codes = new Set(taken.map(({ country }) => country))
  const errors = countries.flatMap((country, index) =>
    codes.has(country) ? [{ pointer: `/countries/${index}`, detail: `${country} is in another market` }] : [],
  )
  return new Problem('country_taken', { errors })
}
