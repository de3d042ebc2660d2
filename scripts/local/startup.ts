import { convertV4MiniflareOptions, Miniflare } from './miniflare.ts'

const EMPTY = ['empty-1', 'empty-2', 'empty-3', 'empty-4', 'empty-5']
const IMPORTER = `export default {
  async fetch(request) {
    const name = new URL(request.url).pathname
    if (name !== '/') await import('.' + name)
    return new Response('ok')
  },
}`

/**
 * Milliseconds that evaluating each bundle takes for the first time, in one new workerd: the time of a request that
 * imports it, less that of one that imports an empty module. `wrangler check startup` samples too rarely for a small
 * Worker, which starts between two samples.
 */
export async function measureStartups(
  bundles: Readonly<Record<string, string>>,
  compatibilityDate: string,
): Promise<Map<string, number>> {
  const modules = { ...bundles, ...Object.fromEntries(EMPTY.map((name) => [name, 'export default {}'])) }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'startup',
      compatibilityDate,
      modulesRoot: '/',
      modules: [
        { type: 'ESModule', path: '/importer.js', contents: IMPORTER },
        ...Object.entries(modules).map(([name, contents]) => ({
          type: 'ESModule' as const,
          path: `/${name}`,
          contents,
        })),
      ],
    }),
  )
  const time = async (name: string) => {
    const from = performance.now()
    const response = await miniflare.dispatchFetch(`http://startup.test/${name}`)
    const text = await response.text()
    if (!response.ok) throw new Error(`${name} does not start: ${text}`)
    return performance.now() - from
  }
  try {
    for (let warm = 0; warm < 10; warm += 1) await time('')
    const empty: number[] = []
    for (const name of EMPTY) empty.push(await time(name))
    const trip = median(empty)
    const measured = new Map<string, number>()
    for (const name of Object.keys(bundles)) measured.set(name, (await time(name)) - trip)
    return measured
  } finally {
    await miniflare.dispose()
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
