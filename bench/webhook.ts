// npm run bench:webhook: what a payment's webhook costs beside the least that must be done for it: a Worker that makes the
// same two batches. Then the second delivery of an event, and a forged one. --rounds 9 --seed 1 --lines 3 --provider test
// as they are.

import { parseArgs } from 'node:util'
import { seedDemo } from '../demo/seed.ts'
import { bundleOther, compatibilityDate, inScratchFolder } from '../scripts/local/bundle.ts'
import { makeSessionKeys } from '../scripts/local/session-keys.ts'
import { defaultDeps } from '../src/app.ts'
import { systemContext } from '../src/jobs/context.ts'
import type { Bindings } from '../src/platform/env.ts'
import { type Contest, compare, reportCpu } from './rig/compare.ts'
import { countOf } from './rig/copies.ts'
import type { Target } from './rig/load.ts'
import { inMemory } from './rig/memory.ts'
import { migrate, serveWorkers } from './rig/servers.ts'
import { SHOP_WITH_TEST_PROVIDER } from './rig/shop.ts'
import { bareDeliveriesWorker } from './webhook/bare.ts'
import { copyOfPending, layOutGoods, layOutOrders, makePending, type Pending } from './webhook/orders.ts'
import { mintedIn, recordDelivery } from './webhook/record.ts'
import { type Delivery, type Sender, senders } from './webhook/senders.ts'

// CPU a request of ours, by that of the bare Worker; and D1 trips.
const BAR = 1.5
const MOST_TRIPS = { settle: 2, duplicate: 1, forged: 0 }
// More than a slice or the warming up can pay; the last one is for duplicates.
const ORDERS = 4000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '3' },
    provider: { type: 'string', default: 'test' },
  },
})
const { provider } = values

await inMemory('bench-webhook', (stateDir) => inScratchFolder((folder) => measureWebhook(folder, stateDir)))

async function measureWebhook(folder: string, stateDir: string): Promise<void> {
  const sender = senders[provider]
  if (!sender) throw new Error(`nobody signs as ${provider}: ${Object.keys(senders).join(', ')}`)
  const date = await compatibilityDate()
  const { code } = await bundleOther(folder, { 'worker.js': SHOP_WITH_TEST_PROVIDER })
  // The order is placed with the test provider, whoever tells of its payment. Without a binding for webhooks there is no
  // rate limit: all come from one sender.
  const vars = {
    ...{ STAGE: 'production', LOG_LEVEL: 'error', SESSION_KEYS: await makeSessionKeys() },
    ...senders.test?.vars,
    ...sender.vars,
  }
  const first = await serveWorkers([{ name: 'own', code, vars }], date, stateDir)
  const bindings = { ...((await first.miniflare.getBindings('own')) as unknown as Bindings), ...vars }
  await migrate(bindings.DB)
  await seedDemo(systemContext('seed', bindings, defaultDeps(), () => {}))
  const pending = await makePending(bindings, Number(values.lines))
  await layOutGoods(bindings.DB, pending, ORDERS)
  await layOutOrders(bindings.DB, pending, provider, 1)
  const source = await recordKinds(bindings, sender, pending)
  await first.miniflare.dispose()

  const bare = await bundleOther(folder, { 'worker.js': source })
  const workers = [
    { name: 'own', code, vars },
    { name: 'bare', code: bare.code },
  ]
  const { miniflare, url } = await serveWorkers(workers, date, stateDir)
  try {
    const served = { ...((await miniflare.getBindings('own')) as unknown as Bindings), ...vars }
    console.log(`beside a bare Worker that makes the same batches; ${values.rounds} rounds, seed ${values.seed}`)
    const contests = contestsOf(sender, pending, served, url)
    const verdicts = await compare(contests, Number(values.rounds), Number(values.seed))
    for (const verdict of verdicts) {
      // The two others are told, and have no bar: of a forged one the bare Worker does nothing at all.
      if (!reportCpu(verdict, verdict.name === 'settle' ? BAR : null)) process.exitCode = 1
    }
  } finally {
    await miniflare.dispose()
  }
}

/** Has the shop handle each kind once, prints what it took, and answers the source of the Worker that does the same. */
async function recordKinds(bindings: Bindings, { sign, forge }: Sender, pending: Pending): Promise<string> {
  const { paymentId, amount, orderId, cartId, variantIds } = copyOfPending(pending, 0)
  const recordedAt = Date.now()
  const event = { id: 'evt_recorded', paymentId, amount }
  const delivery = sign(event, new Date(recordedAt))
  const settle = await recordDelivery(bindings, provider, delivery)
  const duplicate = await recordDelivery(bindings, provider, delivery)
  const forged = await recordDelivery(bindings, provider, forge(event, new Date(recordedAt)))
  const kinds = { settle, duplicate, forged }
  for (const name of ['settle', 'duplicate', 'forged'] as const) {
    const { batches, status, cost } = kinds[name]
    const sizes = batches.map(({ length }) => length).join(' and ')
    console.log(`${name}: ${status}, ${cost}${sizes ? `; batches of ${sizes} statements` : ''}`)
    if (batches.length > MOST_TRIPS[name]) {
      console.log(`  more than ${MOST_TRIPS[name]} trips`)
      process.exitCode = 1
    }
  }
  const row = await bindings.DB.prepare('SELECT status, detail FROM webhook_events').first<{ status: string }>()
  if (row?.status !== 'processed') throw new Error(`a webhook was not applied: ${JSON.stringify(row)} ${settle.body}`)
  const counted = [orderId, cartId, paymentId, ...variantIds]
  const minted = mintedIn(settle.batches)
  return bareDeliveriesWorker(kinds, { counted, minted, eventId: event.id, payload: delivery.body, recordedAt })
}

/** A delivery, with what the bare Worker is told of it. Null when there is no order left. */
type Tell = () => Delivery | null

function contestsOf(
  { sign, forge }: Sender,
  pending: Pending,
  bindings: Bindings,
  url: (name: string) => URL,
): Contest[] {
  const tell = (signed: Sender['sign'], index: number, id: string): Delivery => {
    const { paymentId, amount } = copyOfPending(pending, index)
    const { body, headers } = signed({ id, paymentId, amount }, new Date())
    return { body, headers: { ...headers, 'X-Copy': countOf(index), 'X-Event': id } }
  }
  const contest = (name: string, status: number, told: Tell, prepare?: Contest['prepare']): Contest => {
    const target = (at: URL): Target => ({
      ...{ url: at, bytes: null, status, method: 'POST' },
      next: () => {
        const delivery = told()
        return delivery && { url: at, ...delivery }
      },
    })
    const own = target(new URL(`/v1/webhooks/${provider}`, url('own')))
    const contested = { name, own, bare: target(new URL(`/${name}`, url('bare'))) }
    return prepare ? { ...contested, prepare } : contested
  }
  const last = ORDERS - 1
  let next = 0
  const payNext = () => {
    if (next >= last) return null
    next += 1
    return tell(sign, next - 1, `evt_${next}`)
  }
  const layOut = async () => {
    await layOutOrders(bindings.DB, pending, provider, ORDERS)
    next = 0
  }
  const repeat = () => tell(sign, last, 'evt_again')
  const deliverOnce = async () => {
    const { status, body } = await recordDelivery(bindings, provider, repeat())
    if (status !== 200) throw new Error(body)
  }
  return [
    contest('settle', 200, payNext, layOut),
    contest('duplicate', 200, repeat, deliverOnce),
    contest('forged', 401, () => tell(forge, last, 'evt_forged')),
  ]
}
