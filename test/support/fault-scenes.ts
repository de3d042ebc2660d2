import { expect } from 'vitest'
import { type Answer, type Api, complete, makeShopper, type Shopper } from './api.ts'
import { testEnv } from './env.ts'
import type { FakeAbilities, Happening, SignedDelivery } from './fakes/fake-service.ts'
import { bringTo, type Service, type ServiceKind } from './fakes/services.ts'
import { recoverAfter } from './jobs.ts'
import { ask, usd } from './money.ts'
import { shelfOf } from './stories.ts'

/** One shopper and what they have at a service. */
export interface Visit {
  service: Service
  kind: ServiceKind
  shopper: Shopper
  sku: string
  orderId: string
  paymentId: string
  key: string
  /** What the service has told and nobody has heard. */
  untold: SignedDelivery[]
  /** How many minutes beyond its time it is. */
  late: number
}

/** What asks the service for something, and must come to a good end whatever becomes of the question. */
export interface Scene {
  name: string
  capture: 'automatic' | 'manual'
  needs: readonly (keyof FakeAbilities)[]
  /** Everything before, when all is well. */
  arrange(api: Api, visit: Visit): Promise<void>
  /** What meets the fault. Answers null where nobody waits for one. */
  act(api: Api, visit: Visit): Promise<Answer | null>
  /** What may be answered beside a success, which is 2xx: 503 where nothing was promised. */
  mayRefuse: boolean
  /** Whether the shopper goes on and pays, when all is well again. */
  pays: boolean
  /** The order, and what was captured and given back of it, in the end. */
  end: { order: string | null; captured: number; refunded: number; payment: string }
}

const WHOLE = 3756

/** Somebody in front of a cart of 37.56. */
export async function arrive(api: Api, service: Service, kind: ServiceKind): Promise<Visit> {
  const { sku } = await shelfOf(api)
  const shopper = await makeShopper(api, [{ sku, quantity: 3 }])
  const none = { orderId: '', paymentId: '', untold: [], late: 0 }
  return { service, kind, shopper, sku, key: crypto.randomUUID(), ...none }
}

export function order(api: Api, { shopper, kind }: Visit, key: string): Promise<Answer> {
  return complete(api, shopper, { provider: kind.name, ...kind.wish }, key)
}

async function place(api: Api, visit: Visit): Promise<void> {
  const { status, body } = await order(api, visit, crypto.randomUUID())
  expect(status, JSON.stringify(body)).toBe(200)
  visit.orderId = body.order.id
  visit.paymentId = body.payment.id
}

/** Brings what the service has to tell, each twice: once more than most are sent. */
export async function hear(api: Api, visit: Visit): Promise<Answer[]> {
  const { service } = visit
  const deliveries = [...visit.untold.splice(0), ...(await service.takeDeliveries())]
  return bringTo(api, service, [...deliveries, ...deliveries])
}

const pay = async (api: Api, visit: Visit) => {
  await place(api, visit)
  await visit.service.happen(visit.paymentId, 'pay')
  await hear(api, visit)
}

const happened = (before: (api: Api, visit: Visit) => Promise<void>, what: Happening, amount?: number) => ({
  arrange: async (api: Api, visit: Visit) => {
    await before(api, visit)
    await visit.service.happen(visit.paymentId, what, amount)
    visit.untold = await visit.service.takeDeliveries()
  },
  act: async (api: Api, { service, untold }: Visit) => {
    const answers = await bringTo(api, service, untold)
    return answers.find(({ status }) => status !== 200) ?? answers.at(-1) ?? null
  },
})

const staff = (action: 'capture' | 'void' | 'refunds' | 'cancel', amount?: number) => (api: Api, visit: Visit) =>
  ask(api, visit, action, amount === undefined ? {} : { amount: usd(amount) }, visit.key)

const edit = (api: Api, { shopper }: Visit) =>
  api.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, { token: shopper.token })

const automatic = { capture: 'automatic', needs: [], mayRefuse: false, pays: false } as const
const manual = { ...automatic, capture: 'manual', needs: ['manualCapture'] } as const
const PAID = { order: 'confirmed', captured: WHOLE, refunded: 0, payment: 'paid' } as const
const GONE = { order: 'cancelled', captured: 0, refunded: 0, payment: 'voided' } as const
const nothing = async () => {}

export const SCENES: readonly Scene[] = [
  {
    ...{ ...automatic, name: 'an order that is placed', arrange: nothing, pays: true, end: PAID },
    act: (api, visit) => order(api, visit, visit.key),
  },
  {
    ...{ ...manual, name: 'an order that is placed, to be captured later', arrange: nothing, pays: true },
    act: (api, visit) => order(api, visit, visit.key),
    end: { ...PAID, captured: 0, payment: 'authorized' },
  },
  {
    ...{ ...automatic, name: 'recover, of an order whose opening was never answered', pays: true, end: PAID },
    arrange: async (api, visit) => {
      visit.service.failNext('cut_before')
      const { status, body } = await order(api, visit, visit.key)
      expect([200, 202], JSON.stringify(body)).toContain(status)
    },
    act: async (api) => {
      await recoverAfter(api, 2)
      return null
    },
  },
  { ...automatic, name: 'the event of a payment', ...happened(place, 'pay'), mayRefuse: true, end: PAID },
  {
    ...{ ...manual, name: 'the event of an authorization', ...happened(place, 'pay'), mayRefuse: true },
    end: { ...PAID, captured: 0, payment: 'authorized' },
  },
  {
    ...{ ...automatic, name: 'the event of a refund', ...happened(pay, 'refund', 1000), mayRefuse: true },
    end: { ...PAID, refunded: 1000, payment: 'partially_refunded' },
  },
  { ...manual, name: 'the event of a capture', ...happened(pay, 'capture'), mayRefuse: true, end: PAID },
  {
    ...{ ...automatic, name: 'the event of a dispute', ...happened(pay, 'dispute'), mayRefuse: true },
    ...{ needs: ['disputes'], end: PAID },
  },
  { ...manual, name: 'a capture', arrange: pay, act: staff('capture'), end: PAID },
  {
    ...{ ...manual, name: 'a capture of a part, and no more', arrange: pay, end: { ...PAID, captured: 1000 } },
    act: (api, visit) => ask(api, visit, 'capture', { amount: usd(1000), final: true }, visit.key),
  },
  {
    ...{ ...manual, name: 'a capture of the rest', needs: ['manualCapture', 'severalCaptures'], end: PAID },
    arrange: async (api, visit) => {
      await pay(api, visit)
      expect([200, 202]).toContain((await ask(api, visit, 'capture', { amount: usd(1000) })).status)
      await hear(api, visit)
    },
    act: staff('capture'),
  },
  { ...manual, name: 'a void', arrange: pay, act: staff('void'), end: { ...PAID, captured: 0, payment: 'voided' } },
  {
    ...{ ...automatic, name: 'a refund', arrange: pay, act: staff('refunds', 1000) },
    end: { ...PAID, refunded: 1000, payment: 'partially_refunded' },
  },
  {
    ...{ ...automatic, name: 'a second refund of the same amount', act: staff('refunds', 1000) },
    arrange: async (api, visit) => {
      await pay(api, visit)
      expect([201, 202]).toContain((await ask(api, visit, 'refunds', { amount: usd(1000) })).status)
      await hear(api, visit)
    },
    end: { ...PAID, refunded: 2000, payment: 'partially_refunded' },
  },
  {
    ...{ ...automatic, name: 'a cancellation of what is paid', arrange: pay, act: staff('cancel') },
    end: { order: 'cancelled', captured: WHOLE, refunded: WHOLE, payment: 'refunded' },
  },
  { ...manual, name: 'a cancellation of what is authorized', arrange: pay, act: staff('cancel'), end: GONE },
  {
    ...automatic,
    name: 'a cancellation by staff of what waits',
    arrange: place,
    act: staff('cancel'),
    mayRefuse: true,
    end: GONE,
  },
  { ...automatic, name: 'an edit of the cart', arrange: place, act: edit, mayRefuse: true, end: GONE },
  {
    ...{ ...automatic, name: 'a new attempt', arrange: place, mayRefuse: true, pays: true, end: PAID },
    act: (api, visit) => order(api, visit, visit.key),
  },
  {
    ...{ ...automatic, name: 'recover, of what nobody has paid in time', arrange: place, end: GONE },
    act: async (api, visit) => {
      // Each time later than before: what was asked in vain is left alone for a while.
      visit.late += 10
      await recoverAfter(api, (await minutesLeft(visit)) + visit.late)
      return null
    },
  },
]

/** How long until recover gives the order up. */
async function minutesLeft({ paymentId }: Visit): Promise<number> {
  const statement = testEnv().DB.prepare('SELECT session_expires_at AS at FROM payments WHERE id = ?')
  const at = (await statement.bind(paymentId).first<number>('at')) ?? 0
  return Math.ceil((at - Date.now()) / 60_000) + 2
}
