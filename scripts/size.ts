// npm run size: what the Worker weighs and what starting it costs, beside the smallest Hono Worker there is.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { measureStartups, median } from './local/startup.ts'
import { ROOT, runWrangler } from './local/wrangler.ts'

const ROUNDS = 15

const BARE_WORKER = `import { Hono } from 'hono'
const app = new Hono()
app.get('/', (c) => c.text('ok'))
export default app
`

// Inside the project, so that the bare Worker finds the same hono; .wrangler is ignored by git.
await mkdir(path.join(ROOT, '.wrangler'), { recursive: true })
const folder = await mkdtemp(path.join(ROOT, '.wrangler/size-'))
try {
  const config = await readFile(path.join(ROOT, 'wrangler.toml'), 'utf8')
  const date = /^compatibility_date = "(.*)"$/m.exec(config)?.[1] ?? ''
  await writeFile(path.join(folder, 'worker.js'), BARE_WORKER)
  await writeFile(
    path.join(folder, 'wrangler.toml'),
    `name = "bare"\nmain = "worker.js"\nminify = true\ncompatibility_date = "${date}"\n`,
  )
  const own = await build(ROOT, path.join(folder, 'own'))
  const bare = await build(folder, path.join(folder, 'bare'))
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
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Bundles the Worker in `cwd` as a deployment would. */
async function build(cwd: string, outdir: string): Promise<{ code: string; gzipKib: number }> {
  const said = await runWrangler(['deploy', '--dry-run', '--outdir', outdir], { cwd })
  const gzip = /gzip: ([\d.]+) KiB/.exec(said)?.[1]
  if (gzip === undefined) throw new Error(`wrangler no longer says how large a bundle is:\n${said}`)
  return { code: await readFile(path.join(outdir, 'worker.js'), 'utf8'), gzipKib: Number(gzip) }
}
