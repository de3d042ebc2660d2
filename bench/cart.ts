// npm run bench:cart: how fast a cart is changed beside the least that must be done for it: a Worker that sends the same
// statements to D1 as one batch, and answers as many bytes. --rounds 9 --seed 1 --lines 10 as they are.

import { parseArgs } from 'node:util'
import { seedDemo } from '../demo/seed.ts'
import { bundleOther, bundleOwn, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { createApp, defaultDeps } from '../src/app.ts'
import { systemContext } from '../src/jobs/context.ts'
import type { Bindings } from '../src/platform/env.ts'
import { bareBatchWorker } from './cart/bare.ts'
import { compare, report } from './rig/compare.ts'
import { inMemory } from './rig/memory.ts'
import { recordBatches } from './rig/record.ts'
import { migrate, serveWorkers } from './rig/servers.ts'

const BAR = 0.7

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '10' },
  },
})

await inMemory('bench-cart', (stateDir) => inScratchFolder((folder) => measureChange(folder, stateDir)))

async function measureChange(folder: string, stateDir: string): Promise<void> {
  const date = await compatibilityDate()
  const { code } = await bundleOwn(folder)
  const vars = {
    // Without a binding for carts there is no rate limit: the load comes from one address.
    ...{ STAGE: 'production', LOG_LEVEL: 'error' },
    SESSION_KEYS: await makeSessionKeys(),
  }
  const first = await serveWorkers([{ name: 'own', code, vars }], date, stateDir)
  const bindings = { ...((await first.miniflare.getBindings('own')) as unknown as Bindings), ...vars }
  await migrate(bindings.DB)
  await seedDemo(systemContext('seed', bindings, defaultDeps(), () => {}))
  const [own, other] = [await makeCart(bindings), await makeCart(bindings)]
  const { statements, body, recordedAt } = await recordChange(bindings, other)
  await first.miniflare.dispose()

  const bare = await bundleOther(folder, { 'worker.js': bareBatchWorker(statements, body, recordedAt) })
  const { miniflare, url } = await serveWorkers(
    [
      { name: 'own', code, vars },
      { name: 'bare', code: bare.code },
    ],
    date,
    stateDir,
  )
  try {
    const target = (name: string, { path: route, token, change }: Cart) => ({
      ...{ url: new URL(route, url(name)), bytes: null, method: 'PATCH' as const, body: change },
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    })
    console.log(
      `a cart of ${values.lines} lines, the quantity of one of them set: ${statements.length} statements in one batch, ${Buffer.byteLength(body)} bytes answered`,
    )
    console.log(`beside a bare Worker that makes the same batch; ${values.rounds} rounds, seed ${values.seed}`)
    const contest = { name: 'change of a cart', own: target('own', own), bare: target('bare', other) }
    const verdicts = await compare([contest], Number(values.rounds), Number(values.seed))
    if (verdicts.some((verdict) => !report(verdict, BAR))) process.exitCode = 1
  } finally {
    await miniflare.dispose()
  }
}

interface Cart {
  path: string
  token: string
  /** The body of its change. */
  change: string
}

type Send = (method: string, route: string, body: unknown, token?: string) => Promise<Response>

/** The shop in this process, against the same database. */
function shopOf(bindings: Bindings): Send {
  const app = createApp(defaultDeps())
  const execution = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext
  return async (method, route, body, token) => {
    const headers = new Headers({ 'Content-Type': 'application/json' })
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
    const request = new Request(`http://shop.test${route}`, { method, headers, body: JSON.stringify(body) })
    return app.fetch(request, bindings, execution)
  }
}

async function makeCart(bindings: Bindings): Promise<Cart> {
  const { results } = await bindings.DB.prepare(
    `SELECT v.id FROM variants AS v JOIN stock_levels AS s ON s.variant_id = v.id
        JOIN listed_products AS l ON l.product_id = v.product_id
      WHERE l.published_at < unixepoch() * 1000 AND (s.policy = 'untracked' OR s.on_hand - s.held > 5) GROUP BY v.id ORDER BY v.id LIMIT ?`,
  )
    .bind(Number(values.lines))
    .all<{ id: string }>()
  const lines = results.map(({ id }) => ({ variant_id: id, quantity: 1 }))
  const made = await shopOf(bindings)('POST', '/v1/carts', { lines })
  const cart = (await made.json()) as { id: string; lines: { id: string }[]; session: { access_token: string } }
  if (made.status !== 201) throw new Error(JSON.stringify(cart))
  return {
    path: `/v1/carts/${cart.id}/lines`,
    token: cart.session.access_token,
    change: JSON.stringify({ lines: [{ id: cart.lines[0]?.id, quantity: 2 }] }),
  }
}

/** What one warm change of a cart sends to D1, and answers. */
async function recordChange(bindings: Bindings, { path: route, token, change }: Cart) {
  const { database, batches } = recordBatches(bindings.DB)
  const send = shopOf({ ...bindings, DB: database })
  let body = ''
  let recordedAt = 0
  for (let time = 0; time < 3; time += 1) {
    batches.length = 0
    recordedAt = Date.now()
    const response = await send('PATCH', route, JSON.parse(change), token)
    body = await response.text()
    if (response.status !== 200) throw new Error(body)
  }
  const [statements] = batches
  if (batches.length !== 1 || !statements) throw new Error(`a warm change made ${batches.length} trips`)
  return { statements, body, recordedAt }
}
