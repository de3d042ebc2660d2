/** Where a fault strikes: before the call, so that nothing of it took effect, or after it, so that all of it did. */
export interface Fault {
  /** The how-manieth call, from 1. */
  call: number
  when: 'before' | 'after'
}

export class InjectedFault extends Error {}

/** The real database, with `around` about each of its calls: one call is one batch of so many statements, and one trip. */
export function aroundCalls(
  database: D1Database,
  around: (run: () => Promise<D1Result[]>, statements: number) => Promise<D1Result[]>,
): D1Database {
  const wrapped = {
    withSession(constraint?: string) {
      const session = database.withSession(constraint)
      return {
        prepare: (query: string) => session.prepare(query),
        batch: (statements: D1PreparedStatement[]) => around(() => session.batch(statements), statements.length),
        getBookmark: () => session.getBookmark(),
      }
    },
  }
  return wrapped as unknown as D1Database
}

/** The real database, with something that happens right before its calls: another request that is faster, or a crash. */
export function withHook(database: D1Database, before: (call: number) => unknown): D1Database {
  let calls = 0
  return aroundCalls(database, async (run) => {
    calls += 1
    await before(calls)
    return run()
  })
}

/**
 * The real database with one fault in it, as a Worker that is killed at this point would leave it. `calls` counts, so
 * that a run without a fault tells how many points there are.
 */
export function withFault(database: D1Database, fault: Fault | null): { database: D1Database; calls: () => number } {
  let calls = 0
  const faulty = aroundCalls(database, async (run) => {
    calls += 1
    const strikes = fault?.call === calls
    if (strikes && fault.when === 'before') throw new InjectedFault('before')
    const results = await run()
    if (strikes) throw new InjectedFault('after')
    return results
  })
  return { database: faulty, calls: () => calls }
}

/** A database of which nothing is there but `batch`. */
export function silent(batch: () => Promise<unknown>): D1Database {
  const session = { prepare: () => ({ bind: () => ({}) }), batch, getBookmark: () => null }
  return { withSession: () => session } as unknown as D1Database
}

/**
 * The real database whose next call, once armed, is answered by D1 at once and heard of late: what it brings is as old as
 * the moment it was caught.
 */
export function holdNextRead(database: D1Database) {
  const caught = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let armed = false
  const held = aroundCalls(database, async (run) => {
    const results = await run()
    if (!armed) return results
    armed = false
    caught.resolve()
    await released.promise
    return results
  })
  return {
    database: held,
    arm: () => {
      armed = true
    },
    caught: caught.promise,
    release: () => released.resolve(),
  }
}
