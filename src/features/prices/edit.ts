import type * as z from 'zod'
import { FOREVER } from '../../domain/price.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Write } from '../../platform/db/client.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { drainAtOnce } from '../listings/drain.ts'
import { RELISTED_AT_ONCE, relistOrMark } from '../listings/relist.ts'
import type { CreatePriceList, UpdatePriceList } from './contract.ts'
import {
  changeListPrices,
  countProductsOfList,
  findPriceList,
  insertPriceList,
  type ListPrice,
  type ListPriceKey,
  markStaleList,
  type PriceListRow,
  relistList,
  updatePriceList,
} from './list-queries.ts'

type Create = z.output<ReturnType<typeof CreatePriceList>>
type Update = z.output<ReturnType<typeof UpdatePriceList>>

const FAULTS = {
  unknown_market: { pointer: '/market_id', detail: 'is not a market that has own_prices' },
  unknown_group: { pointer: '/customer_group_id', detail: 'is not a customer group' },
  foreign_currency: {
    pointer: '/market_id',
    detail: 'takes prices in its own currency alone, and the list has others',
  },
}

/** @throws {Problem} invalid_request */
export async function createPriceList(context: Context, input: Create): Promise<PriceListRow> {
  const { now, mint } = context
  const at = now.getTime()
  const row: PriceListRow = {
    id: mint('priceList'),
    title: input.title,
    status: input.status,
    marketId: input.market_id ?? '',
    customerGroupId: input.customer_group_id,
    startsAt: input.starts_at ?? 0,
    endsAt: input.ends_at ?? FOREVER,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  checkPeriod(row)
  const change = { title: row.title, status: row.status }
  // A new list has no prices: nothing that is shown changes yet.
  return commitList(context, row, { writes: insertPriceList(row), action: 'price_list.created', change, status: 201 })
}

/** A list. @throws {Problem} price_list_not_found */
export async function mustFindPriceList({ db }: Context, id: string): Promise<PriceListRow> {
  const [[row]] = await db.read(findPriceList(id))
  return mustBe(row, 'price_list_not_found')
}

/** Changes what `input` names. A change that changes nothing keeps the version.
 *  @throws {Problem} price_list_not_found, version_mismatch, invalid_request */
export async function editPriceList(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<PriceListRow> {
  const { db, now } = context
  const [[found], [counted]] = await db.read(findPriceList(id), countProductsOfList(id, RELISTED_AT_ONCE + 1))
  const old = mustBe(found, 'price_list_not_found', ifMatch)
  const wanted: PriceListRow = {
    ...old,
    title: input.title ?? old.title,
    status: input.status ?? old.status,
    marketId: input.market_id === undefined ? old.marketId : (input.market_id ?? ''),
    customerGroupId: input.customer_group_id === undefined ? old.customerGroupId : input.customer_group_id,
    startsAt: input.starts_at === undefined ? old.startsAt : (input.starts_at ?? 0),
    endsAt: input.ends_at === undefined ? old.endsAt : (input.ends_at ?? FOREVER),
  }
  checkPeriod(wanted)
  const fields = changedFields(old, wanted)
  if (fields.length === 0) return old
  const asksOtherwise = fields.some((field) => field !== 'title')
  // Lists of a group are in no list of products: those are for everybody.
  const isShown = asksOtherwise && (old.customerGroupId === null || wanted.customerGroupId === null)
  const fewProducts = (counted?.count ?? 0) <= RELISTED_AT_ONCE
  const follow = isShown ? (fewProducts ? relistList(id, now) : [markStaleList(id)]) : []
  const saved = await commitList(context, wanted, {
    writes: [...updatePriceList({ ...wanted, updatedAt: now.getTime() }, old, asksOtherwise, now), ...follow],
    action: 'price_list.updated',
    change: { fields, version: old.version + 1 },
    status: null,
  })
  if (isShown && !fewProducts) await drainAtOnce(context)
  return saved
}

/** What a change of a list's prices is, before it is committed. */
export interface PricesChange {
  set: readonly ListPrice[]
  remove: readonly ListPriceKey[]
  /** The products of these variants: their lists follow. */
  productIds: readonly string[]
  action: string
  /** The status that a POST answers; null for other methods. */
  status: number | null
}

/** Changes prices of a list with everything that is shown by them.
 *  @throws {Problem} version_mismatch, invalid_request */
export async function commitPrices(
  context: Context,
  list: PriceListRow,
  { set, remove, productIds, action, status }: PricesChange,
): Promise<PriceListRow> {
  const { now } = context
  const lists = relistOrMark(list.customerGroupId === null ? productIds : [], now)
  const saved = await commitList(context, list, {
    writes: [...changeListPrices(list, { set, remove }, now), ...lists.writes],
    action,
    change: { set: set.length, removed: remove.length, version: list.version + 1 },
    status,
  })
  if (lists.left) await drainAtOnce(context)
  return saved
}

async function commitList(
  context: Context,
  row: PriceListRow,
  change: { writes: readonly Write[]; action: string; change: Record<string, unknown>; status: number | null },
): Promise<PriceListRow> {
  const [[saved]] = await commitStaffChange(context, {
    ...change,
    reads: [findPriceList(row.id)],
    subjectId: row.id,
    tags: [CATALOG_TAG],
    faults: FAULTS,
  })
  if (!saved) throw new Error('the price list just saved is gone')
  return saved
}

/** @throws {Problem} invalid_request */
function checkPeriod({ startsAt, endsAt }: PriceListRow): void {
  if (startsAt < 0) throw invalid('/starts_at', 'must not be before 1970; null is from always')
  if (startsAt >= endsAt) throw invalid('/ends_at', 'must be after starts_at')
}
