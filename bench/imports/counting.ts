/**
 * The source of the shop's Worker that also counts the statements of each invocation, of what it leaves to do behind its
 * answer too, and tells the most of them at /counted.
 */
export const COUNTING_SHOP = `import { createApp, defaultDeps } from '../../src/app.ts'
const app = createApp(defaultDeps())
let most = 0
function counted(database, count) {
  return {
    withSession(consistency) {
      const session = database.withSession(consistency)
      return {
        prepare: (text) => session.prepare(text),
        getBookmark: () => session.getBookmark(),
        batch(statements) {
          count(statements.length)
          return session.batch(statements)
        },
      }
    },
  }
}
export default {
  fetch(request, bindings, execution) {
    if (request.url.endsWith('/counted')) return Response.json({ most })
    let statements = 0
    const count = (more) => {
      statements += more
      most = Math.max(most, statements)
    }
    return app.fetch(request, { ...bindings, DB: counted(bindings.DB, count) }, execution)
  },
}
`

const TIMING = /trips=(\d+) read=(\d+) written=(\d+)/

/** What the requests of an import have cost, by their answers. */
export class Costs {
  requests = 0
  again = 0
  mostTrips = 0
  read = 0
  written = 0
  slowest = 0

  /** Counts every answer that this process gets, until the returned function is called. */
  watch(): () => void {
    const { fetch } = globalThis
    globalThis.fetch = async (...asked: Parameters<typeof fetch>) => {
      const started = performance.now()
      const response = await fetch(...asked)
      this.#add(response, performance.now() - started)
      return response
    }
    return () => {
      globalThis.fetch = fetch
    }
  }

  #add({ status, headers }: Response, milliseconds: number): void {
    const [, trips = 0, read = 0, written = 0] = (TIMING.exec(headers.get('Server-Timing') ?? '') ?? []).map(Number)
    this.requests += 1
    if (status === 202) this.again += 1
    this.mostTrips = Math.max(this.mostTrips, trips)
    this.read += read
    this.written += written
    this.slowest = Math.max(this.slowest, milliseconds)
  }
}
