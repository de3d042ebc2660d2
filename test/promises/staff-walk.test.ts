import { describe, expect, it } from 'vitest'
import {
  type Answer,
  type Api,
  addGiftCards,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  violations,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withFault } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'
import { booksOf, usd } from '../support/money.ts'
import { randomFrom } from '../support/random.ts'
import { seedShop } from '../support/shop.ts'

// STAFF_WALKS=300 walks further, STAFF_WALK_SEED=17 begins with the seed of a failure.
const settings = testEnv() as { STAFF_WALKS?: string; STAFF_WALK_SEED?: string }
const WALKS = Number(settings.STAFF_WALKS || 4)
const FIRST_SEED = Number(settings.STAFF_WALK_SEED || 1)
const STEPS = 16
const QUANTITY = 3
const IN_STOCK = 9

interface Walk {
  below: (limit: number) => number
  api: Api
  orderId: string
  paymentId: string
  lineId: string
  total: number
  /** Events of the provider that are still on their way; they come late, twice and in any order. */
  mail: Request[]
  /** Requests of staff, to be sent again. */
  sent: { path: string; body: unknown; key: string }[]
  trail: string[]
  broken: string[]
}

type Operation = (walk: Walk, through: Api) => Promise<Answer | null>

function pick<Item>({ below }: Walk, items: readonly Item[]): Item {
  return items[below(items.length)] as Item
}

async function ask(walk: Walk, through: Api, action: string, body: unknown): Promise<Answer> {
  const request = { path: `/v1/admin/orders/${walk.orderId}/${action}`, body, key: crypto.randomUUID() }
  walk.sent.push(request)
  return send(walk, through, request)
}

async function send(walk: Walk, through: Api, { path, body, key }: Walk['sent'][number]): Promise<Answer> {
  const { staffKey } = await seedShop()
  walk.trail.push(`  ${path.split('/').at(-1)} ${JSON.stringify(body)}`)
  return through.post(path, body, { token: staffKey, key })
}

/** Of a part, mostly; now and then of more than there is. */
const amountOf = (walk: Walk) => usd(1 + walk.below(Math.ceil(walk.total * 0.7)))

const OPERATIONS: Readonly<Record<string, Operation>> = {
  refund: (walk, through) => ask(walk, through, 'refunds', { amount: amountOf(walk) }),
  refundLine: (walk, through) => {
    const restock = pick(walk, ['none', 'return', 'cancel'])
    const lines = [{ line_id: walk.lineId, quantity: 1 + walk.below(2), restock }]
    return ask(walk, through, 'refunds', { lines, ...(walk.below(3) === 0 ? { shipping: 'all' } : {}) })
  },
  capture: (walk, through) => ask(walk, through, 'capture', walk.below(3) === 0 ? {} : { amount: amountOf(walk) }),
  captureFinally: (walk, through) => ask(walk, through, 'capture', { amount: amountOf(walk), final: true }),
  void: (walk, through) => (walk.below(2) === 0 ? ask(walk, through, 'void', {}) : Promise.resolve(null)),
  cancel: (walk, through) =>
    walk.below(3) === 0 ? ask(walk, through, 'cancel', { restock: walk.below(4) > 0 }) : Promise.resolve(null),
  fulfill: (walk, through) =>
    ask(walk, through, 'fulfillments', { lines: [{ line_id: walk.lineId, quantity: 1 + walk.below(2) }] }),
  again: (walk, through) => (walk.sent.length > 0 ? send(walk, through, pick(walk, walk.sent)) : Promise.resolve(null)),
  // What staff do in the provider's dashboard, and banks.
  outside: (walk) => {
    const outcome = pick(walk, [
      'captured',
      'refunded',
      'refunded',
      'voided',
      'disputed',
      'dispute_won',
      'dispute_lost',
    ])
    const part = ['captured', 'refunded'].includes(outcome) && walk.below(3) > 0
    const amount = part ? { amount: amountOf(walk).amount } : {}
    walk.trail.push(`  ${outcome} ${JSON.stringify(amount)}`)
    return dashboardOf(walk).post(`/v1/test-payments/${walk.paymentId}`, { outcome, ...amount })
  },
  mail: async (walk, through) => {
    if (walk.mail.length === 0) return null
    const event = pick(walk, walk.mail)
    // It comes again unless it is taken out.
    if (walk.below(2) === 0) walk.mail.splice(walk.mail.indexOf(event), 1)
    return through.send(event.clone() as Request)
  },
  cron: async (walk, through) => {
    await recoverAfter(through, pick(walk, [0, 2, 45]))
    return null
  },
}
const NAMES = ['outside', 'mail', 'mail', 'again', ...Object.keys(OPERATIONS)]

/** The provider's own door: what it has to tell goes into the mail. */
function dashboardOf(walk: Walk): Api {
  return createApi({
    deps: {
      fetch: async (request) => {
        walk.mail.push(request.clone() as Request)
        return new Response(null, { status: 503 })
      },
    },
  })
}

async function begin(seed: number): Promise<Walk> {
  const below = randomFrom(seed)
  const manual = seed % 2 === 0
  const bindings = { D1_LATENCY_MS: '0-3', PAYMENT_CAPTURE: manual ? 'manual' : 'automatic' }
  const api = createApi({ bindings })
  const { sku } = await makeProduct(api, { onHand: IN_STOCK, usd: 1005 })
  const bare = await makeShopper(api, [{ sku, quantity: QUANTITY }])
  const shopper = below(3) === 0 ? await addGiftCards(api, bare, [await makeGiftCard(api, 700)]) : bare
  const { status, body } = await complete(api, shopper, { test_outcome: 'succeeded' })
  expect(status, JSON.stringify(body)).toBe(200)
  const [line] = body.order.lines
  const total = shopper.cart.totals.total.amount
  return {
    ...{ below, api, orderId: body.order.id, paymentId: body.payment.id, lineId: line.id, total },
    ...{ mail: [], sent: [], trail: [], broken: [] },
  }
}

/** One operation; only where a fault was put into its own database may it fail. */
async function act(walk: Walk, withFaults: boolean): Promise<void> {
  const name = pick(walk, NAMES)
  const fault = { call: 1 + walk.below(7), when: pick(walk, ['before', 'after'] as const) }
  const faulty = withFaults && walk.below(3) === 0
  const { database } = withFault(walk.api.bindings.DB, fault)
  const through = faulty ? createApi({ bindings: { ...walk.api.bindings, DB: database, LOG_LEVEL: 'off' } }) : walk.api
  const told = `${name}${faulty ? ` with a fault ${fault.when} call ${fault.call}` : ''}`
  try {
    const answer = await OPERATIONS[name]?.(walk, through)
    const said = answer ? `${answer.status} ${answer.body?.code ?? ''}` : ''
    walk.trail.push(`${told} ${said}`)
    if (answer && answer.status >= 500 && answer.body?.code !== 'provider_unavailable' && !faulty) {
      walk.broken.push(`${told} answered ${said}`)
    }
  } catch (error) {
    walk.trail.push(`${told} threw ${error}`)
    if (!faulty) walk.broken.push(`${told} threw ${error}`)
  }
}

describe('whatever staff, banks and the provider do about an order, money and goods add up', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + WALKS; seed += 1) {
    const withFaults = seed % 3 === 0
    it(`on a walk of ${STEPS} steps${withFaults ? ' with faults' : ''} from seed ${seed}`, async () => {
      const walk = await begin(seed)
      for (let step = 0; step < STEPS; ) {
        const together = Math.min(1 + walk.below(3), STEPS - step)
        walk.trail.push(`-- ${together} at once`)
        await Promise.all(Array.from({ length: together }, () => act(walk, withFaults)))
        step += together
      }
      // All events arrive in the end, the last one first; then the cron carries out what is pending.
      for (const event of walk.mail.toReversed()) {
        const { status } = await walk.api.send(event.clone() as Request)
        if (status !== 200) walk.broken.push(`an event was answered ${status}`)
      }
      // Later than any run before: what could not be done then was put off by its clock.
      for (let times = 0; times < 2; times += 1) await recoverAfter(walk.api, 120)
      const { ours, theirs } = await booksOf(walk)
      const found = { broken: walk.broken, violations: await violations(walk.api), ours }
      expect(found, `seed ${seed}:\n${walk.trail.join('\n')}`).toEqual({ broken: [], violations: [], ours: theirs })
    })
  }
})
