// npm run size: what the Worker weighs and what starting it costs, beside the smallest Hono Worker there is.

import { bundleOther, bundleOwn, compatibilityDate, inScratchFolder } from './local/bundle.ts'
import { measureStartups, median } from './local/startup.ts'

const ROUNDS = 15

const BARE_WORKER = `import { Hono } from 'hono'
const app = new Hono()
app.get('/', (c) => c.text('ok'))
export default app
`

await inScratchFolder(async (folder) => {
  const date = await compatibilityDate()
  const own = await bundleOwn(folder)
  const bare = await bundleOther(folder, { 'worker.js': BARE_WORKER })
  const times: { own: number; bare: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    // Whoever comes first may pay for something of both: they take turns.
    const turn = round % 2 === 0 ? { own: own.code, bare: bare.code } : { bare: bare.code, own: own.code }
    const measured = await measureStartups(turn, date)
    times.push({ own: measured.get('own') ?? 0, bare: measured.get('bare') ?? 0 })
  }
  const ownMs = median(times.map((time) => time.own))
  const bareMs = median(times.map((time) => time.bare))
  console.log(`size       ${own.gzipKib.toFixed(0)} KiB gzip (a bare Hono Worker ${bare.gzipKib.toFixed(0)} KiB)`)
  console.log(`start-up   ${ownMs.toFixed(1)} ms here (a bare Hono Worker ${bareMs.toFixed(1)} ms, the limit 1000 ms)`)
  console.log(`           ${(ownMs / bareMs).toFixed(0)} times a bare Hono Worker, medians of ${ROUNDS}`)
})
