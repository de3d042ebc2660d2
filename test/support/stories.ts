import { expect } from 'vitest'
import { type Api, complete, makeProduct, makeShopper, type TestProduct } from './api.ts'
import type { FakeAbilities, Happening, SignedDelivery } from './fakes/fake-service.ts'
import { bringTo, type Service, type ServiceKind } from './fakes/services.ts'
import { recoverAfter } from './jobs.ts'
import { ask, type Bought, ledgerOf, orderOf, usd } from './money.ts'

/** What staff ask of us, where it is not the service that has it first. */
type OurDoing = 'our_capture' | 'our_void' | 'our_refund'

/** What happens to a payment of 37.56, by turns; the amount is of a part, in minor units. */
export type Step = readonly [what: Happening | OurDoing, amount?: number]

/** How it ends, wherever it was told in which order. */
export interface End {
  status: string
  captured: number
  released: number
  refunded: number
  disputed: number
  accepted: number
  order: string
  payment_status: string
  /** `succeeded 1000`, and `won 3756`. */
  refunds: readonly string[]
  disputes: readonly string[]
  /** Captures and voids of ours that nobody has said the end of. */
  under_way: number
}

export interface Story {
  name: string
  capture: 'automatic' | 'manual'
  steps: readonly Step[]
  needs: readonly (keyof FakeAbilities)[]
  end: End
  /** How it may end as well, where what came last was heard of first. */
  or: End | null
}

const WHOLE = 3756

const paid: End = {
  ...{ status: 'captured', captured: WHOLE, released: 0, refunded: 0, disputed: 0, accepted: 1 },
  ...{ order: 'confirmed', payment_status: 'paid', refunds: [], disputes: [], under_way: 0 },
}
const unpaid: End = { ...paid, captured: 0, accepted: 0, order: 'pending', payment_status: 'failed', status: 'failed' }
const partly = { payment_status: 'partially_refunded' }

/** Lives of a payment, each of up to 6 happenings. */
const STORIES: readonly Story[] = [
  tell('paid', ['pay'], paid),
  tell('declined, then paid', ['decline', 'pay'], paid),
  tell('under way, then paid', ['pend', 'pay'], paid, ['pending']),
  tell('under way, then declined', ['pend', 'decline'], unpaid, ['pending']),
  tell('paid and given back in parts by us and by the service', ['pay', ['our_refund', 1000], ['refund', 700]], {
    ...{ ...paid, ...partly, refunded: 1700, refunds: ['succeeded 1000', 'succeeded 700'] },
  }),
  tell('given back in parts that are alike', ['pay', ['refund', 500], ['refund', 500], ['refund', 500]], {
    ...{ ...paid, ...partly, refunded: 1500, refunds: ['succeeded 500', 'succeeded 500', 'succeeded 500'] },
  }),
  tell('declined, paid and all given back', ['decline', 'pay', ['refund', 1756], ['refund', 2000]], {
    ...{ ...paid, payment_status: 'refunded', refunded: WHOLE, refunds: ['succeeded 1756', 'succeeded 2000'] },
  }),
  tell('paid, asked back by the bank and lost', ['pay', 'dispute', 'lose_dispute'], lost(WHOLE), ['disputes']),
  tell(
    'partly given back, the rest asked back and won',
    ['pay', ['refund', 1000], ['dispute', 2000], 'win_dispute'],
    {
      ...{ ...paid, ...partly, refunded: 1000, refunds: ['succeeded 1000'], disputes: ['won 2000'] },
    },
    ['disputes'],
  ),
  tell('authorized and captured', ['pay', 'capture'], paid, ['manualCapture']),
  // An authorization that was let go before the shop has heard of it confirms no order: nobody has been promised anything.
  tell('authorized and let go', ['pay', 'void'], letGo(), ['manualCapture'], {
    ...{ ...letGo(), accepted: 0, order: 'pending', payment_status: 'pending' },
  }),
  tell('declined, authorized and let go by us', ['decline', 'pay', 'our_void'], letGo(), ['manualCapture']),
  tell(
    'captured by us and given back',
    ['pay', 'our_capture', ['refund', 300], ['our_refund', 400]],
    {
      ...{ ...paid, ...partly, refunded: 700, refunds: ['succeeded 300', 'succeeded 400'] },
    },
    ['manualCapture'],
  ),
  tell(
    'captured in parts, the rest let go, and given back',
    ['pay', ['capture', 1000], ['capture', 1500], 'void', ['refund', 400], ['refund', 600]],
    {
      ...{ ...paid, ...partly, captured: 2500, released: 1256, refunded: 1000 },
      refunds: ['succeeded 400', 'succeeded 600'],
    },
    ['manualCapture', 'severalCaptures'],
  ),
  tell(
    'captured in parts by us, the rest let go, and given back',
    ['pay', ['our_capture', 1000], ['our_capture', 1500], 'our_void', ['refund', 400]],
    { ...paid, ...partly, captured: 2500, released: 1256, refunded: 400, refunds: ['succeeded 400'] },
    ['manualCapture', 'severalCaptures'],
  ),
  tell(
    'captured in parts by us and by the service',
    ['pay', ['our_capture', 1000], ['capture', 500], 'our_capture', ['our_refund', 256]],
    { ...paid, ...partly, refunded: 256, refunds: ['succeeded 256'] },
    ['manualCapture', 'severalCaptures'],
  ),
]

function lost(amount: number): End {
  return { ...paid, disputed: amount, disputes: [`lost ${amount}`] }
}

function letGo(): End {
  return { ...paid, status: 'voided', captured: 0, released: WHOLE, payment_status: 'voided' }
}

function tell(
  name: string,
  steps: readonly (Happening | OurDoing | Step)[],
  end: End,
  needs: readonly (keyof FakeAbilities)[] = [],
  or: End | null = null,
): Story {
  const capture = needs.includes('manualCapture') ? 'manual' : 'automatic'
  return { name, capture, needs, end, or, steps: steps.map((step) => (typeof step === 'string' ? [step] : step)) }
}

/** The stories that can happen at a service. */
export function storiesOf({ make, cannot = [] }: ServiceKind): Story[] {
  const { can } = make('automatic')
  return STORIES.filter(({ name, needs }) => needs.every((need) => can[need]) && !cannot.includes(name))
}

let shelf: Promise<TestProduct> | undefined

/** Goods at 10.05 that never run out. */
export function shelfOf(api: Api): Promise<TestProduct> {
  shelf ??= makeProduct(api, { onHand: 1_000_000, usd: 1005 })
  return shelf
}

/** Orders 3 pieces at 10.05 with 8 % on top and shipping of 5.00, to be paid at `service`: 37.56. */
export async function orderAt(api: Api, { name, wish }: Pick<ServiceKind, 'name' | 'wish'>): Promise<Bought> {
  const { sku } = await shelfOf(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 3 }])
  const { status, body } = await complete(api, shopper, { provider: name, ...wish })
  expect(status, JSON.stringify(body)).toBe(200)
  const { order, payment } = body
  return { orderId: order.id, paymentId: payment.id, shopper, sku, lineId: order.lines[0].id, total: WHOLE }
}

/** In which order, and how often, what the service has to tell is told. */
export type Telling = (deliveries: readonly SignedDelivery[], isLast: boolean) => readonly (readonly SignedDelivery[])[]

/** As it happened, each once. */
export const inOrder: Telling = (deliveries, isLast) => (isLast ? [] : deliveries.map((delivery) => [delivery]))

/** Everything there is, each once or twice, drawn by `below`; some at the same moment. */
export function shuffled(below: (limit: number) => number): Telling {
  return (deliveries) => {
    const rest = deliveries.flatMap((delivery) => (below(2) === 0 ? [delivery] : [delivery, delivery]))
    const groups: SignedDelivery[][] = []
    while (rest.length > 0) groups.push(rest.splice(0, 1 + (below(3) === 0 ? below(3) : 0)))
    const drawn = groups.flat()
    for (let place = drawn.length - 1; place > 0; place -= 1) {
      const other = below(place + 1)
      const [one, two] = [drawn[place], drawn[other]]
      if (one && two) [drawn[place], drawn[other]] = [two, one]
    }
    return groups.map(({ length }) => drawn.splice(0, length))
  }
}

/**
 * Lets a story happen to a new order and tells it to the shop: what we do ourselves needs to have heard of what was before, so
 * all of that is told then; in the end all there ever was is told once more, by a telling that likes to repeat itself.
 */
export async function play(api: Api, service: Service, kind: ServiceKind, { steps }: Story, telling: Telling) {
  const bought = await orderAt(api, kind)
  const { paymentId } = bought
  const told: SignedDelivery[] = []
  const tellAll = async (isLast: boolean) => {
    const fresh = await service.takeDeliveries()
    told.push(...fresh)
    for (const group of telling(telling === inOrder ? fresh : told, isLast)) {
      const answers = await Promise.all(group.map((delivery) => bringTo(api, service, [delivery])))
      for (const { status, body } of answers.flat()) expect(status, JSON.stringify(body)).toBe(200)
    }
  }
  for (const [what, amount] of steps) {
    if (what.startsWith('our_')) {
      if (telling !== inOrder) await tellAll(false)
      const action = what === 'our_refund' ? 'refunds' : what === 'our_void' ? 'void' : 'capture'
      const request = () => ask(api, bought, action, amount === undefined ? {} : { amount: usd(amount) })
      let { status, body } = await request()
      for (let minutes = 1; body.code === 'payment_busy' && minutes < 20; minutes *= 3) {
        // Not every service tells of a capture: recover asks.
        await tellAll(false)
        await recoverAfter(api, minutes)
        ;({ status, body } = await request())
      }
      expect([200, 201, 202], `${what}: ${JSON.stringify(body)}`).toContain(status)
    } else {
      await service.happen(paymentId, what as Happening, amount)
    }
    if (telling === inOrder || kind.stepwise) await tellAll(false)
  }
  await tellAll(telling === inOrder)
  return bought
}

/** How a payment and its order are in the end. */
export async function endOf(api: Api, bought: Bought): Promise<End> {
  const { moves: _, ...sums } = await ledgerOf(bought)
  const { status, payment_status, refunds, disputes, operations } = await orderOf(api, bought)
  const under_way = operations.filter((operation: { status: string }) => operation.status === 'pending').length
  const lines = (rows: readonly { status: string; amount: { amount: number } }[]) =>
    rows.map((row) => `${row.status} ${row.amount.amount}`).sort()
  const told = { order: status, payment_status, refunds: lines(refunds), disputes: lines(disputes), under_way }
  const { captured, released, refunded, disputed, accepted, status: stands } = sums as unknown as End
  return { status: stands, captured, released, refunded, disputed, accepted, ...told }
}
