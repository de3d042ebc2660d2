import { expect, it } from 'vitest'
import { type Answer, createApi, stockOf, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { recoverAfter } from '../support/jobs.ts'
import {
  ask,
  type Bought,
  bookOf,
  buy,
  eventOf,
  ledgerOf,
  manualApi,
  orderOf,
  outside,
  silence,
  usd,
  withProvider,
} from '../support/money.ts'
import { randomFrom } from '../support/random.ts'

// MONEY_WALKS=100 takes more of them, MONEY_WALK_SEED=7 others.
const { MONEY_WALKS, MONEY_WALK_SEED } = testEnv() as unknown as Record<string, string | undefined>
const WALKS = Number(MONEY_WALKS || 4)
const SEED = Number(MONEY_WALK_SEED || 1)
const STEPS = 10

const automatic = createApi()
const manual = manualApi()
/** Hears of nothing that the provider tells. */
const deaf = createApi({ deps: { fetch: async () => new Response(null, { status: 503 }) } })

/** The provider does what it is asked, or does not, and does not answer. */
function mute(random: (limit: number) => number) {
  return withProvider((provider) => {
    const lose =
      <Input extends unknown[]>(call: (...input: Input) => Promise<unknown>) =>
      async (...input: Input) => {
        if (random(2) === 0) await call(...input)
        return silence()
      }
    return { capture: lose(provider.capture), void: lose(provider.void), refund: lose(provider.refund) }
  }, manual).api
}

type Random = (limit: number) => number
type Step = (bought: Bought, random: Random) => Promise<Answer>

const shopOf = (random: Random) => (random(3) === 0 ? mute(random) : manual)
const some = (random: Random) => usd(1 + random(1500))

const STEPS_OF_STAFF: readonly Step[] = [
  (bought, random) => ask(shopOf(random), bought, 'capture', { amount: some(random), final: random(6) === 0 }),
  (bought, random) => ask(shopOf(random), bought, 'refunds', { amount: some(random) }),
  (bought, random) =>
    ask(shopOf(random), bought, 'refunds', {
      lines: [{ line_id: bought.lineId, quantity: 1 + random(2), restock: random(2) ? 'cancel' : 'none' }],
      ...(random(2) ? { shipping: 'all' } : {}),
    }),
  (bought, random) => outside(manual, bought, 'captured', 1 + random(1500)),
  (bought, random) => outside(manual, bought, 'refunded', 1 + random(800)),
  (bought, random) => outside(manual, bought, random(2) ? 'disputed' : 'dispute_won', 300),
  (bought, random) => outside(deaf, bought, 'captured', 1 + random(500)),
  async (bought, random) => {
    await recoverAfter(manual, 1 + random(2))
    return outside(manual, bought, 'captured', 1)
  },
]
/** Those that end something: few walks would get far with many of them. */
const ENDS: readonly Step[] = [
  (bought, random) => ask(shopOf(random), bought, 'void'),
  (bought, random) => ask(shopOf(random), bought, 'cancel', { restock: true }),
  (bought, random) => ask(shopOf(random), bought, 'capture'),
  (bought) => outside(manual, bought, 'voided'),
]

/** What the provider has taken, and given back, by its own book. */
async function bookSums(bought: Bought): Promise<{ captured: number; refunded: number; isOver: boolean }> {
  const entries = (await bookOf(bought)).map((entry) => entry.split(' '))
  const total = (kind: string) =>
    entries.reduce((sum, [is, amount, status]) => sum + (is === kind && status === 'succeeded' ? Number(amount) : 0), 0)
  const statement = 'SELECT status FROM test_payments WHERE payment_id = ?'
  const book = await testEnv().DB.prepare(statement).bind(bought.paymentId).first<{ status: string }>()
  const captured = total('capture')
  const whole = book?.status === 'succeeded' && captured === 0
  return { captured: whole ? bought.total : captured, refunded: total('refund'), isOver: book?.status === 'succeeded' }
}

it.each(Array.from({ length: WALKS }, (_, index) => SEED * 1000 + index))(
  'promise 3: whatever staff, dashboards and banks do to an order, its money is the provider’s (walk %i)',
  async (seed) => {
    const random = randomFrom(seed)
    const bought = await buy(random(4) === 0 ? automatic : manual)
    const answers: Answer[] = []
    for (let step = 0; step < STEPS; step += 1) {
      const together = Array.from({ length: 1 + random(2) }, () => {
        const steps = random(12) === 0 ? ENDS : STEPS_OF_STAFF
        return steps[random(steps.length)]?.(bought, random) ?? silence()
      })
      answers.push(...(await Promise.all(together)))
    }
    for (const { status, body } of answers) expect(status, JSON.stringify(body)).toBeLessThan(500)
    await recoverAfter(manual, 2)
    await recoverAfter(manual, 4)
    const book = await bookSums(bought)
    if (book.captured > 0) {
      // What a dashboard did unheard is told in the end.
      const details = { of: usd(bought.total), final: book.isOver }
      await eventOf(manual, { outcome: 'captured', paymentId: bought.paymentId, amount: usd(book.captured), details })()
    }
    await recoverAfter(manual, 6)
    await recoverAfter(manual, 8)
    expect(await violations(automatic)).toEqual([])
    const ledger = await ledgerOf(bought)
    const end = await bookSums(bought)
    expect(ledger).toMatchObject({ captured: end.captured, refunded: end.refunded })
    const order = await orderOf(automatic, bought)
    const underWay = [...order.operations, ...order.refunds].filter(({ status }) => status === 'pending')
    expect(underWay).toEqual([])
    const { on_hand: onHand } = await stockOf(automatic, bought.sku)
    expect(onHand).toBe(order.status === 'cancelled' ? 10 : 7 + order.lines[0].removed_quantity)
  },
)
