/** What a request cost, counted exactly, and how large its answer is. */
export interface Cost {
  trips: number
  read: number
  kvReads: number
  bytes: number
}

const TIMING = /d1;desc="trips=(\d+) read=(\d+) written=\d+", kv;desc="reads=(\d+)/

/** Asks a Worker that tells its costs. */
export async function costOf(base: URL, path: string): Promise<Cost> {
  const response = await fetch(new URL(path, base))
  const body = await response.text()
  const [, trips, read, kvReads] = TIMING.exec(response.headers.get('Server-Timing') ?? '') ?? []
  if (response.status !== 200 || trips === undefined) throw new Error(`${path}: ${response.status} ${body}`)
  return { trips: Number(trips), read: Number(read), kvReads: Number(kvReads), bytes: Buffer.byteLength(body) }
}

/** What `readers` cost together that ask at the same moment. */
export async function crowd(base: URL, path: string, readers: number): Promise<{ trips: number; kvReads: number }> {
  const costs = await Promise.all(Array.from({ length: readers }, () => costOf(base, path)))
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0)
  return { trips: sum(({ trips }) => trips), kvReads: sum(({ kvReads }) => kvReads) }
}
