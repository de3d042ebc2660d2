import { makeSessionKeys } from '../../scripts/local/session-keys.ts'
import { createApp, defaultDeps } from '../../src/app.ts'
import { systemContext } from '../../src/jobs/context.ts'
import type { Bindings } from '../../src/platform/env.ts'
import { migrate, serveWorkers } from '../rig/servers.ts'
import { fillJudged } from './judged/filled.ts'
import { HELD_OUT, HELD_OUT_MISSPELT } from './judged/held-out.ts'
import { BARS, judge, shareMet, tellMissed } from './judged/judge.ts'
import { MISSPELT, SPELT } from './judged/queries.ts'

const EMPTY = "export default { fetch() { return new Response('') } }"

/** Prints how often a search in the judged catalog finds what is wanted. @returns whether the bars are met. */
export async function tellRelevance(stateDir: string): Promise<boolean> {
  const { miniflare } = await serveWorkers([{ name: 'shop', code: EMPTY }], '2026-10-01', stateDir)
  try {
    const vars = { STAGE: 'dev', RATE_LIMITS: 'off', SESSION_KEYS: await makeSessionKeys(), LOG_LEVEL: 'error' }
    const bindings: Bindings = { ...((await miniflare.getBindings('shop')) as unknown as Bindings), ...vars }
    await migrate(bindings.DB)
    const behind: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>) => behind.push(work)
    await fillJudged(systemContext('bench', bindings, defaultDeps(), waitUntil))
    const app = createApp(defaultDeps())
    const execution = { waitUntil, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext
    const search = async (query: string) => {
      const request = new Request(`http://shop.test/v1/products?limit=10&q=${encodeURIComponent(query)}`)
      const response = await app.fetch(request, bindings, execution)
      if (response.status !== 200) throw new Error(`${query}: ${response.status} ${await response.text()}`)
      const body = (await response.json()) as { data: { handle: string }[] }
      return body.data.map(({ handle }) => handle)
    }
    const spelt = await judge(Object.assign({}, ...Object.values(SPELT)), search)
    const misspelt = await judge(Object.assign({}, ...Object.values(MISSPELT)), search)
    const heldOut = await judge({ ...HELD_OUT, ...HELD_OUT_MISSPELT }, search)
    const [all, wrong] = [shareMet([...spelt, ...misspelt]), shareMet(misspelt)]
    const percent = (share: number) => `${(share * 100).toFixed(0)} %`
    console.log('\na wanted product is among the first three')
    console.log(`  ${spelt.length + misspelt.length} queries: ${percent(all)} (bar ${percent(BARS.all)})`)
    console.log(`  ${misspelt.length} of them misspelt: ${percent(wrong)} (bar ${percent(BARS.misspelt)})`)
    console.log(`  ${heldOut.length} others, by which nothing was tuned: ${percent(shareMet(heldOut))}`)
    for (const line of tellMissed([...spelt, ...misspelt])) console.log(`    ${line}`)
    await Promise.all(behind)
    return all >= BARS.all && wrong >= BARS.misspelt
  } finally {
    await miniflare.dispose()
  }
}
