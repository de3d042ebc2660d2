// npm run bench:complete: how fast a cart is ordered beside the least that must be done for it: a Worker that makes the
// same two commits, and answers as many bytes. --rounds 9 --seed 1 --lines 3 as they are.

import { parseArgs } from 'node:util'
import { seedDemo } from '../demo/seed.ts'
import { bundleOther, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { defaultDeps } from '../src/app.ts'
import { systemContext } from '../src/jobs/context.ts'
import type { Bindings } from '../src/platform/env.ts'
import { bareCommitsWorker } from './complete/bare.ts'
import { type Cart, layOutCarts, makeCart, makeHeaders } from './complete/carts.ts'
import { compare, report } from './rig/compare.ts'
import { copyOf } from './rig/copies.ts'
import { shopInProcess } from './rig/in-process.ts'
import { inMemory } from './rig/memory.ts'
import { recordBatches } from './rig/record.ts'
import { migrate, serveWorkers } from './rig/servers.ts'
import { SHOP_WITH_TEST_PROVIDER } from './rig/shop.ts'

const BAR = 0.6
// More than a slice or the warming up can order.
const CARTS = 4000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '3' },
  },
})

await inMemory('bench-complete', (stateDir) => inScratchFolder((folder) => measureComplete(folder, stateDir)))

async function measureComplete(folder: string, stateDir: string): Promise<void> {
  const date = await compatibilityDate()
  const { code } = await bundleOther(folder, { 'worker.js': SHOP_WITH_TEST_PROVIDER })
  const vars = {
    // Without a binding for completes the platform limits nothing.
    ...{ STAGE: 'production', LOG_LEVEL: 'error' },
    SESSION_KEYS: await makeSessionKeys(),
    TEST_PAYMENT_WEBHOOK_SECRET: `whsec_${Buffer.from('bench').toString('base64')}`,
  }
  const first = await serveWorkers([{ name: 'own', code, vars }], date, stateDir)
  const bindings = { ...((await first.miniflare.getBindings('own')) as unknown as Bindings), ...vars }
  await migrate(bindings.DB)
  await seedDemo(systemContext('seed', bindings, defaultDeps(), () => {}))
  const cart = await makeCart(bindings, Number(values.lines))
  await layOutCarts(bindings.DB, cart.id, 1)
  const shoppers = await makeHeaders(bindings, cart, CARTS)
  const { commits, body, ...recorded } = await recordComplete(bindings, cart, shoppers[0])
  await first.miniflare.dispose()

  const bare = await bundleOther(folder, { 'worker.js': bareCommitsWorker(commits, body, recorded) })
  const { miniflare, url } = await serveWorkers(
    [
      { name: 'own', code, vars },
      { name: 'bare', code: bare.code },
    ],
    date,
    stateDir,
  )
  try {
    const { DB } = (await miniflare.getBindings('own')) as unknown as Bindings
    let next = 0
    const target = (name: string) => ({
      ...{ url: url(name), bytes: null, method: 'POST' as const, body: cart.wish },
      headers: { 'Content-Type': 'application/json' },
      next: () => {
        if (next >= CARTS) return null
        next += 1
        const own = new URL(`/v1/carts/${copyOf(cart.id, next - 1)}/complete`, url(name))
        return { url: own, headers: { ...shoppers[next - 1], 'Idempotency-Key': crypto.randomUUID() } }
      },
    })
    const prepare = async () => {
      await layOutCarts(DB, cart.id, CARTS)
      next = 0
    }
    const [one = [], two = []] = commits
    console.log(
      `a cart of ${values.lines} lines ordered, to be paid: commits of ${one.length} and ${two.length} statements, ${Buffer.byteLength(body)} bytes answered`,
    )
    console.log(`beside a bare Worker that makes the same commits; ${values.rounds} rounds, seed ${values.seed}`)
    const contest = { name: 'complete', own: target('own'), bare: target('bare'), prepare }
    const verdicts = await compare([contest], Number(values.rounds), Number(values.seed))
    if (verdicts.some((verdict) => !report(verdict, BAR))) process.exitCode = 1
  } finally {
    await miniflare.dispose()
  }
}

/** What one complete commits, and answers; and which of the ids in it are of this order alone. */
async function recordComplete(bindings: Bindings, cart: Cart, shopper: Record<string, string> | undefined) {
  const { database, batches } = recordBatches(bindings.DB)
  const cartId = copyOf(cart.id, 0)
  const recordedAt = Date.now()
  const headers = { ...shopper, 'Idempotency-Key': crypto.randomUUID() }
  const ask = shopInProcess({ ...bindings, DB: database })
  const response = await ask('POST', `/v1/carts/${cartId}/complete`, cart.wish, headers)
  const body = await response.text()
  if (response.status !== 200) throw new Error(body)
  const [, ...commits] = batches
  if (commits.length !== 2) throw new Error(`a complete made ${batches.length} trips`)
  const { order, payment } = JSON.parse(body) as { order: { id: string }; payment: { id: string } }
  const sent = JSON.stringify(commits)
  const events = sent.match(/evt_[0-9a-z]{26}/g) ?? []
  const key = await bindings.DB.prepare('SELECT id FROM idempotency_keys').first<{ id: string }>()
  const counted = await bindings.DB.prepare(
    'SELECT o.owner_id, o.customer_key, p.address_key FROM orders AS o JOIN payments AS p ON p.order_id = o.id',
  ).first<Record<string, string>>()
  const freshIds = [order.id, payment.id, ...events, key?.id ?? '', ...Object.values(counted ?? {})]
  return { commits, body, cartId, freshIds: [...new Set(freshIds)], recordedAt }
}
