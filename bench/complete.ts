// npm run bench:complete: how fast a cart is ordered beside the least that must be done for it: a Worker that makes the
// same two commits, and answers as many bytes. --rounds 9 --seed 1 --lines 3 as they are.

import { parseArgs } from 'node:util'
import { seedDemo } from '../demo/seed.ts'
import { bundleOther, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { createApp, defaultDeps } from '../src/app.ts'
import { createTestProvider } from '../src/features/payments/test-provider.ts'
import { systemContext } from '../src/jobs/context.ts'
import type { Bindings } from '../src/platform/env.ts'
import { bareCommitsWorker } from './complete/bare.ts'
import { type Cart, copyOf, layOutCarts } from './complete/carts.ts'
import { SHOP_WITH_TEST_PROVIDER } from './complete/shop.ts'
import { compare, report } from './rig/compare.ts'
import { inMemory } from './rig/memory.ts'
import { recordBatches } from './rig/record.ts'
import { migrate, serveWorkers } from './rig/servers.ts'

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
    // Without a binding for completes there is no rate limit: the load comes from one shopper.
    ...{ STAGE: 'production', LOG_LEVEL: 'error' },
    SESSION_KEYS: await makeSessionKeys(),
    TEST_PAYMENT_WEBHOOK_SECRET: `whsec_${Buffer.from('bench').toString('base64')}`,
  }
  const first = await serveWorkers([{ name: 'own', code, vars }], date, stateDir)
  const bindings = { ...((await first.miniflare.getBindings('own')) as unknown as Bindings), ...vars }
  await migrate(bindings.DB)
  await seedDemo(systemContext('seed', bindings, defaultDeps(), () => {}))
  const cart = await makeCart(bindings)
  await layOutCarts(bindings.DB, cart.id, 1)
  const { commits, body, ...recorded } = await recordComplete(bindings, cart)
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
      headers: { Authorization: `Bearer ${cart.token}`, 'Content-Type': 'application/json' },
      next: () => {
        if (next >= CARTS) return null
        next += 1
        const own = new URL(`/v1/carts/${copyOf(cart.id, next - 1)}/complete`, url(name))
        return { url: own, headers: { 'Idempotency-Key': crypto.randomUUID() } }
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

type Send = (method: string, route: string, body: unknown, headers?: Record<string, string>) => Promise<Response>

/** The shop in this process, against the same database. */
function shopOf(bindings: Bindings): Send {
  const providers: typeof deps.providers = (context) => () =>
    createTestProvider({ ...context, config: { ...context.config, stage: 'dev' } })
  const deps = defaultDeps()
  const app = createApp({ ...deps, providers })
  const execution = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext
  return async (method, route, body, headers = {}) => {
    const all = { 'Content-Type': 'application/json', ...headers }
    const request = new Request(`http://shop.test${route}`, { method, headers: all, body: JSON.stringify(body) })
    return app.fetch(request, bindings, execution)
  }
}

/** A cart with everything that ordering it needs; there are enough of its goods for all its copies. */
async function makeCart(bindings: Bindings): Promise<Cart> {
  const { results } = await bindings.DB.prepare(
    `SELECT v.id FROM variants AS v JOIN stock_levels AS s ON s.variant_id = v.id AND s.policy = 'deny'
        JOIN listings AS l ON l.product_id = v.product_id AND l.shelf = 'all'
      WHERE l.published_at < unixepoch() * 1000 AND v.requires_shipping GROUP BY v.product_id ORDER BY v.id LIMIT ?`,
  )
    .bind(Number(values.lines))
    .all<{ id: string }>()
  await bindings.DB.prepare(`UPDATE stock_levels SET on_hand = on_hand + 1000000 WHERE policy = 'deny'`).run()
  const send = shopOf(bindings)
  const read = async (answer: Response) => {
    // biome-ignore lint/suspicious/noExplicitAny: the cart as a storefront reads it
    const body = (await answer.json()) as any
    if (!answer.ok) throw new Error(JSON.stringify(body))
    return body
  }
  const made = await read(
    await send('POST', '/v1/carts', {
      lines: results.map(({ id }) => ({ variant_id: id, quantity: 1 })),
      country: 'US',
    }),
  )
  const token = made.session.access_token as string
  const authorized = { Authorization: `Bearer ${token}` }
  const address = { line1: '1 Analytical Way', city: 'Springfield', region: 'IL', postal_code: '62701', country: 'US' }
  const details = {
    email: 'ada@shop.example',
    shipping_address: { first_name: 'Ada', last_name: 'Lovelace', ...address },
  }
  const addressed = await read(await send('PATCH', `/v1/carts/${made.id}`, details, authorized))
  const option = await read(
    await shopOf(bindings)(
      'PATCH',
      `/v1/carts/${made.id}`,
      { shipping_option_id: await firstOption(bindings) },
      authorized,
    ),
  )
  if (addressed.lines.length !== Number(values.lines)) throw new Error('the demo shop has not so many goods')
  const wish = { payment: { provider: 'test' }, expected_total: option.totals.total }
  return { id: made.id, token, wish: JSON.stringify(wish) }
}

/** A flat rate that the demo shop ships at within the United States. */
async function firstOption({ DB }: Bindings): Promise<string> {
  const row = await DB.prepare(
    `SELECT r.id FROM shipping_rates AS r JOIN shipping_areas AS a ON a.zone_id = r.zone_id AND a.country = 'US'
      WHERE r.kind = 'flat' ORDER BY r.position LIMIT 1`,
  ).first<{ id: string }>()
  if (!row) throw new Error('the demo shop ships nowhere')
  return row.id
}

/** What one complete commits, and answers; and which of the ids in it are of this order alone. */
async function recordComplete(bindings: Bindings, cart: Cart) {
  const { database, batches } = recordBatches(bindings.DB)
  const cartId = copyOf(cart.id, 0)
  const recordedAt = Date.now()
  const response = await shopOf({ ...bindings, DB: database })(
    'POST',
    `/v1/carts/${cartId}/complete`,
    JSON.parse(cart.wish),
    {
      Authorization: `Bearer ${cart.token}`,
      'Idempotency-Key': crypto.randomUUID(),
    },
  )
  const body = await response.text()
  if (response.status !== 200) throw new Error(body)
  const [, ...commits] = batches
  if (commits.length !== 2) throw new Error(`a complete made ${batches.length} trips`)
  const { order, payment } = JSON.parse(body) as { order: { id: string }; payment: { id: string } }
  const sent = JSON.stringify(commits)
  const events = sent.match(/evt_[0-9a-z]{26}/g) ?? []
  const key = await bindings.DB.prepare('SELECT id FROM idempotency_keys').first<{ id: string }>()
  const freshIds = [order.id, payment.id, ...events, key?.id ?? '']
  return { commits, body, cartId, freshIds: [...new Set(freshIds)], recordedAt }
}
