import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { fillProducts, fillShop, indexShelves } from '../../bench/catalog/derived.ts'
import { GENERATED_NOW } from '../../bench/catalog/generated.ts'
import { type Answer, type Api, createApi } from './api.ts'
import { type Statement, withRecord } from './query-plan.ts'

const { MIGRATIONS, SCALE, SCALE_CACHE } = env as unknown as {
  MIGRATIONS: D1Migration[]
  SCALE: D1Database
  SCALE_CACHE: KVNamespace
}

const TIMING = /^d1;desc="trips=(\d+) read=(\d+) written=(\d+)", kv;desc="reads=(\d+) writes=(\d+)"$/

/** What a request cost, as its Server-Timing says. */
export interface Cost {
  trips: number
  read: number
  kvReads: number
}

export function costOf({ status, headers, body }: Answer): Cost {
  const numbers = TIMING.exec(headers.get('Server-Timing') ?? '')
    ?.slice(1)
    .map(Number)
  if (status >= 400 || !numbers) throw new Error(`${status} ${JSON.stringify(body)}`)
  const [trips = 0, read = 0, , kvReads = 0] = numbers
  return { trips, read, kvReads }
}

/** A generated shop in a database of its own, so that it meets no other test's products; it grows. */
export class ScaleShop {
  readonly database = SCALE
  readonly statements: Statement[] = []
  #products = 0

  async open(): Promise<void> {
    await applyD1Migrations(SCALE, MIGRATIONS)
    await fillShop(SCALE)
  }

  async growTo(products: number): Promise<void> {
    await fillProducts(SCALE, this.#products + 1, products)
    await indexShelves(SCALE)
    this.#products = products
  }

  /** A new isolate that knows nothing; what KV holds it shares with all others. */
  isolate(kv: KVNamespace = SCALE_CACHE): Api {
    return createApi({
      bindings: { DB: withRecord(SCALE, (statement) => this.statements.push(statement)), CACHE: kv },
      deps: { clock: () => new Date(GENERATED_NOW) },
    })
  }

  /** What `path` costs where nothing is in memory and nothing in KV, which does not keep it either. */
  cold(path: string): Promise<Answer> {
    this.statements.length = 0
    return this.isolate(FORGETFUL).get(path)
  }
}

/** KV that is empty whenever it is read: hundreds of cold reads would otherwise have to empty it hundreds of times. */
export const FORGETFUL = {
  get: async (keys: readonly string[]) => new Map(keys.map((key) => [key, null])),
  put: async () => {},
} as unknown as KVNamespace
