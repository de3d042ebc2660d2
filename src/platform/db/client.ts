import { NoopLogger, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { NoopCache } from 'drizzle-orm/cache/core'
import { D1PreparedQuery, type DrizzleD1Database } from 'drizzle-orm/d1'
import type { RunnableQuery } from 'drizzle-orm/runnable-query'
import {
  SQLiteAsyncDialect,
  SQLiteDeleteBase,
  SQLiteInsertBuilder,
  SQLiteSelectBuilder,
  type SQLiteSession,
  type SQLiteTable,
  SQLiteUpdateBuilder,
} from 'drizzle-orm/sqlite-core'
import { SQLiteRaw } from 'drizzle-orm/sqlite-core/query-builders/raw'
import { type DatabaseError, toDatabaseError } from './errors.ts'

/** A read or write as a value: nothing runs until it is handed to `Db.read` or `Db.commit`. */
export type Query<Result = unknown> = RunnableQuery<Result, 'sqlite'>
/** A change as a value. Use cases collect them and commit once. */
export type Write = BatchItem<'sqlite'>

/** What a request cost, counted exactly; the same on every machine. */
export interface Meter {
  trips: number
  statements: number
  rowsRead: number
  rowsWritten: number
  kvReads: number
  kvWrites: number
}

export function newMeter(): Meter {
  return { trips: 0, statements: 0, rowsRead: 0, rowsWritten: 0, kvReads: 0, kvWrites: 0 }
}

export interface DbOptions {
  /** `first-primary` for whatever moves money or stock, `first-unconstrained` for public reads, or a bookmark. */
  consistency: string
  meter: Meter
  /** A call that takes longer is given up with `DatabaseUnavailable`; whether it took effect is then unknown. */
  timeLimitMs: number
  /** Development only: how long the next call waits first, because races hide at local speed. */
  latencyMs?: () => number
  /** An expression that is null when the caller may go on, or the problem code it must be refused with. */
  gate?: SQL | null
}

export interface CommitOptions {
  /** The batch carries a key of its own, so that running it twice is harmless: it is repeated after a lost answer. */
  repeatable?: boolean
}

/** One database as seen by one request. Every call is one `batch()`: one trip, one transaction. */
export interface Db {
  /** Runs reads in one trip, in order, on one snapshot. @throws {DatabaseUnavailable} */
  read<const Queries extends readonly Query[]>(...queries: Queries): Promise<Results<Queries>>
  /** All of `writes` or none of them, then `reads` of the state they left.
   *  @throws {ConstraintError} naming the constraint or guard that refused. @throws {DatabaseUnavailable} */
  commit<const Queries extends readonly Query[]>(
    writes: readonly Write[],
    reads?: Queries,
    options?: CommitOptions,
  ): Promise<Results<Queries>>
  /** Checks the gate by itself if no trip has done so: nothing is answered past an unchecked gate. */
  passGate(): Promise<void>
  /** Where this session stands, for a caller that wants to read its own writes. */
  bookmark(): string | null
}

/** What each of `Queries` answers. */
export type Results<Queries extends readonly Query[]> = {
  -readonly [Index in keyof Queries]: Queries[Index]['_']['result']
}

// Statements are built here and never run: an awaited one would be a trip that nobody counts, limits or authorises.
function refuseToRun(): never {
  throw new Error('A query was awaited by itself: hand it to db.read() or db.commit()')
}

type Session = SQLiteSession<'async', D1Result, Record<string, never>, Record<string, never>>

const dialect = new SQLiteAsyncDialect()
const neverRun = { bind: refuseToRun } as unknown as D1PreparedStatement
const [logger, cache] = [new NoopLogger(), new NoopCache()]
/** What drizzle's builders ask of a session when they are asked for their statement. */
const session = {
  prepareOneTimeQuery: (...[query, fields, method]: Parameters<Session['prepareOneTimeQuery']>) =>
    new D1PreparedQuery(neverRun, query, logger, cache, undefined, undefined, fields, method, true),
} as unknown as Session

function raw(action: 'run' | 'all', text: SQL, toResult: (result: unknown) => unknown) {
  const run = async () => refuseToRun()
  return new SQLiteRaw(run, () => text, action, dialect, toResult)
}

/**
 * The statement builder: of drizzle's database what only builds. Whole, it would bring relations, transactions and a cache.
 */
export const q = {
  select: (fields?: Parameters<DrizzleD1Database['select']>[0]) =>
    new SQLiteSelectBuilder({ fields, session, dialect }),
  insert: (table: SQLiteTable) => new SQLiteInsertBuilder(table, session, dialect),
  update: (table: SQLiteTable) => new SQLiteUpdateBuilder(table, session, dialect),
  delete: (table: SQLiteTable) => new SQLiteDeleteBase(table, session, dialect),
  run: (text: SQL) => raw('run', text, (result) => result),
  all: (text: SQL) => raw('all', text, (result) => (result as D1Result).results),
} as unknown as Pick<DrizzleD1Database, 'select' | 'insert' | 'update' | 'delete' | 'run' | 'all'>

/** What drizzle's own batch calls on each item. */
interface Prepared {
  getQuery(): { sql: string; params: unknown[] }
  mapResult(result: D1Result, fromBatch: boolean): unknown
}

const TRANSIENT_TRIES = 3

/**
 * SQLite looks at what is bound to a LIMIT, and to do so compiles the statement a second time at every run. Of an expression
 * it does not want to know. A page of a list takes a fifth of the database's time without it.
 */
function withoutPeeking(text: string): string {
  return text.replace(/\blimit \?/gi, 'LIMIT 0 + ?')
}

export function openDb(database: D1Database, options: DbOptions): Db {
  const session = database.withSession(options.consistency)
  let gate = options.gate ?? null

  async function run(items: readonly BatchItem<'sqlite'>[], repeatable: boolean): Promise<unknown[]> {
    const prepared = items.map((item) => (item as unknown as { _prepare(): Prepared })._prepare())
    const statements = prepared.map((item) => {
      const { sql: text, params } = item.getQuery()
      return session.prepare(withoutPeeking(text)).bind(...params)
    })
    const results = await attempt(() => session.batch(statements), options, items.length, repeatable)
    for (const { meta } of results) {
      options.meter.rowsRead += meta.rows_read ?? 0
      options.meter.rowsWritten += meta.rows_written ?? 0
    }
    return results.map((result, index) => prepared[index]?.mapResult(result, true))
  }

  const db: Db = {
    async read(...queries) {
      if (!gate) return (await run(queries, true)) as Results<typeof queries>
      const check = q.all<{ code: string | null }>(sql`SELECT ${gate} AS code`)
      const [verdict, ...results] = await run([check, ...queries], true)
      const code = (verdict as { code: string | null }[])[0]?.code
      if (code) throw new GateClosed(code)
      gate = null
      return results as Results<typeof queries>
    },
    async commit(writes, reads, commitOptions) {
      const refuse = gate
        ? [q.run(sql`INSERT INTO guard SELECT code FROM (SELECT ${gate} AS code) WHERE code IS NOT NULL`)]
        : []
      const results = await run([...refuse, ...writes, ...(reads ?? [])], commitOptions?.repeatable ?? false)
      gate = null
      return results.slice(refuse.length + writes.length) as Results<NonNullable<typeof reads>>
    },
    async passGate() {
      if (gate) await db.read()
    },
    bookmark: () => session.getBookmark(),
  }
  return db
}

/** The caller may not do this: a revoked session, an unknown key, a scope too small. */
export class GateClosed extends Error {
  readonly code: string
  constructor(code: string) {
    super(`gate closed: ${code}`)
    this.code = code
  }
}

async function attempt(
  call: () => Promise<D1Result[]>,
  options: DbOptions,
  statements: number,
  repeatable: boolean,
): Promise<D1Result[]> {
  for (let tries = 1; ; tries += 1) {
    options.meter.trips += 1
    options.meter.statements += statements
    try {
      if (options.latencyMs) await delay(options.latencyMs())
      return await withTimeLimit(call, options.timeLimitMs)
    } catch (error) {
      const known: DatabaseError = toDatabaseError(error)
      if (!repeatable || !known.transient || tries >= TRANSIENT_TRIES) throw known.error
      await delay(50 * 2 ** tries * Math.random())
    }
  }
}

async function withTimeLimit<Result>(call: () => Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('D1 time limit exceeded')), milliseconds)
  })
  try {
    return await Promise.race([call(), limit])
  } finally {
    clearTimeout(timer)
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
