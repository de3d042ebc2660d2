import { firstIdAt } from '../../domain/id.ts'
import type { Context } from '../../platform/http/context.ts'
import {
  ACTS,
  countNext,
  countUnpublished,
  dropDays,
  FEW,
  findActs,
  findProgress,
  notePublished,
  type Progress,
  passOver,
  publishNext,
  takeBack,
} from './queries.ts'
import { firstDay, startOf } from './window.ts'

const MINUTE_MS = 60_000
/**
 * What staff do is looked at again for so long, because an entry takes its id when its request begins and appears when that
 * commits. Longer than any run or request lives: fifteen minutes end the cron's and the queue's.
 */
const SETTLED_AFTER_MS = 15 * MINUTE_MS
/** Orders are passed over unlooked where one that follows them is from so long before the window. */
const DOUBT_MS = 24 * 3600 * 1000
/**
 * How long a busy shop waits between publications: each has lists and the index written anew for every product that was sold,
 * and what sells all the time is written once for all its sales.
 */
const PAUSE_MS = 30 * MINUTE_MS

/** Commits that one run makes of a kind: what is left waits for the next minute. */
const COMMITS = 20
const ACT_PAGES = 5
const PUBLICATIONS = 10

export interface Counted {
  /** Orders, those from before the window too. */
  orders: number
  /** Commits that have let days go. */
  dropped: number
  /** Commits that have published products. */
  published: number
}

/**
 * Counts what was sold since the last run, from the orders alone, and has lists follow. Orders are counted by their numbers,
 * which are taken in the commit that confirms them: none is missed, whatever the clocks say. Each commit decides by what is
 * stored and moves its mark along, so that a crash loses and doubles nothing, and two runs at once share the work.
 *
 * Where few products were sold lists follow in the same run, elsewhere every half hour.
 */
export async function countSales(context: Context): Promise<Counted> {
  const { db, now } = context
  const day = firstDay(now)
  const [[progress]] = await db.read(findProgress(day))
  if (!progress) return { orders: 0, dropped: 0, published: 0 }
  const orders = await countOrders(context, progress, day)
  await takeBackReturns(context, progress.act, day)
  const dropped = await moveWindow(context, progress, day)
  const published = await publishWhenDue(context, progress)
  return { orders, dropped, published }
}

async function countOrders({ db }: Context, progress: Progress, day: number): Promise<number> {
  let at = progress
  for (let commit = 0; commit < COMMITS && at.number < at.last; commit += 1) {
    const isOld = at.ahead !== null && at.ahead < startOf(day) - DOUBT_MS
    const writes = isOld ? [passOver(at.number, day)] : countNext(day)
    const [[next]] = await db.commit(writes, [findProgress(day)], { repeatable: true })
    if (!next) break
    at = next
  }
  return at.number - progress.number
}

/** Looks through what staff have done, and moves the mark behind what can no longer be preceded. */
async function takeBackReturns({ db, now }: Context, act: string, day: number): Promise<void> {
  const settled = firstIdAt('audit', now.getTime() - SETTLED_AFTER_MS)
  let after = act
  for (let page = 0; page < ACT_PAGES; page += 1) {
    const [[acts]] = await db.read(findActs(after, settled))
    if (!acts?.last) return
    if (acts.orderIds !== '[]' || acts.settled) {
      await db.commit(takeBack(acts.orderIds, acts.settled ?? act, day), [], { repeatable: true })
    }
    if (acts.entries < ACTS) return
    after = acts.last
  }
}

async function moveWindow({ db }: Context, { expired }: Progress, day: number): Promise<number> {
  let commits = 0
  for (let more = expired === 1; more && commits < COMMITS; commits += 1) {
    const [[next]] = await db.commit(dropDays(day), [findProgress(day)], { repeatable: true })
    more = next?.expired === 1
  }
  return commits
}

/** Has lists follow, where products are few or have waited long enough. @returns how many commits it took. */
async function publishWhenDue({ db, now }: Context, { publishedAt }: Progress): Promise<number> {
  const [[waiting]] = await db.read(countUnpublished())
  const left = waiting?.products ?? 0
  const passed = now.getTime() - publishedAt
  // A clock that has gone back must not have everybody wait for it.
  if (left === 0 || (left > FEW && passed >= 0 && passed < PAUSE_MS)) return 0
  for (let commit = 1; commit <= PUBLICATIONS; commit += 1) {
    const [[rest]] = await db.commit(publishNext(), [countUnpublished()], { repeatable: true })
    if ((rest?.products ?? 0) > 0) continue
    if (left > FEW) await db.commit([notePublished(now)])
    return commit
  }
  return PUBLICATIONS
}
