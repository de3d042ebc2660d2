import { expect, it } from 'vitest'
import { type Answer, type Api, complete, createApi, makeProduct, makeShopper, stockOf } from '../support/api.ts'
import { deliver, enterLatePayment } from '../support/deliveries.ts'
import { recoverAfter } from '../support/jobs.ts'
import { expectOnceOrNever, purchaseOf } from '../support/purchase.ts'
import { seedShop } from '../support/shop.ts'
import { atOneSpeed } from '../support/speeds.ts'

const IN_STOCK = 5
const times = (count: number) => Array.from({ length: count }, (_, index) => index)
const usd = (amount: number) => ({ amount, currency: 'USD' })
/** A little later each time, so that two requests meet in many ways. */
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

atOneSpeed('promise 3: of what staff ask at the same moment one wins, and money adds up', (api, speed) => {
  const manual = createApi({ bindings: { D1_LATENCY_MS: speed, PAYMENT_CAPTURE: 'manual' } })

  async function order(through: Api, extra: Record<string, unknown> = { test_outcome: 'succeeded' }) {
    const { sku } = await makeProduct(api, { onHand: IN_STOCK })
    const shopper = await makeShopper(api, [{ sku, quantity: 2 }])
    const { status, body } = await complete(through, shopper, extra)
    expect(status, JSON.stringify(body)).toBe(200)
    const total = shopper.cart.totals.total.amount as number
    const [payment] = body.order.payments
    return { shopper, sku, goods: { sku, before: IN_STOCK }, orderId: body.order.id, paymentId: payment.id, total }
  }

  async function ask(orderId: string, action: string, body: unknown = {}): Promise<Answer> {
    const { staffKey } = await seedShop()
    const key = crypto.randomUUID()
    return api.post(`/v1/admin/orders/${orderId}/${action}`, body, { token: staffKey, key })
  }

  const toldOf = (answers: readonly Answer[]) =>
    answers.map(({ status, body }) => (status < 300 ? `${status}` : `${status} ${body.code}`)).sort()

  /** What nobody waits for any more is carried out. */
  const settleAll = () => recoverAfter(api, 2)

  it('complete against cancel, 6 times over', async () => {
    const outcomes = await Promise.all(
      times(6).map(async (index) => {
        const { shopper, goods, orderId } = await order(api, {})
        const [completed, cancelled] = await Promise.all([
          later(index % 2 ? index * 4 : 0).then(() => complete(api, shopper, { test_outcome: 'succeeded' })),
          later(index % 2 ? 0 : index * 4).then(() => ask(orderId, 'cancel')),
        ])
        expect([200, 202, 409, 503], JSON.stringify(completed.body)).toContain(completed.status)
        expect([200, 409, 503], JSON.stringify(cancelled.body)).toContain(cancelled.status)
        return { shopper, goods, orderId, cancelled }
      }),
    )
    await settleAll()
    for (const { shopper, goods, orderId, cancelled } of outcomes) {
      const live = await expectOnceOrNever(api, shopper, goods)
      if (cancelled.status === 200) expect(live?.id).not.toBe(orderId)
    }
  })

  it('a payment against cancel, 6 times over', async () => {
    const outcomes = await Promise.all(
      times(6).map(async (index) => {
        const { shopper, goods, orderId, paymentId, total } = await order(api, {})
        const [, cancelled] = await Promise.all([
          later(index % 2 ? index * 4 : 0).then(async () => {
            await enterLatePayment(paymentId)
            expect((await deliver(api, { paymentId, amount: usd(total) })).status).toBe(200)
          }),
          later(index % 2 ? 0 : index * 4).then(() => ask(orderId, 'cancel')),
        ])
        expect(toldOf([cancelled])).toEqual(['200'])
        return { shopper, goods }
      }),
    )
    await settleAll()
    for (const { shopper, goods } of outcomes) expect(await expectOnceOrNever(api, shopper, goods)).toBeNull()
  })

  it('capture against void, 6 times over', async () => {
    const outcomes = await Promise.all(
      times(6).map(async (index) => {
        const { shopper, orderId, total } = await order(manual)
        const answers = await Promise.all([
          later(index % 2 ? index * 2 : 0).then(() => ask(orderId, 'capture')),
          later(index % 2 ? 0 : index * 2).then(() => ask(orderId, 'void')),
        ])
        return { shopper, answers, total }
      }),
    )
    for (const { shopper, answers, total } of outcomes) {
      const [captured, voided] = answers
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      const refused = toldOf(answers.filter(({ status }) => status !== 200))
      expect(['409 payment_busy', '409 payment_not_authorized']).toContain(refused[0])
      const { orders, payments } = await purchaseOf(shopper)
      const isCaptured = captured?.status === 200
      expect(payments).toMatchObject([{ status: isCaptured ? 'captured' : 'voided', captured: isCaptured ? total : 0 }])
      expect(orders).toMatchObject([{ payment_status: isCaptured ? 'paid' : 'voided' }])
      expect(voided?.status === 200).toBe(!isCaptured)
    }
  })

  it('10 parallel captures of the full amount', async () => {
    const { shopper, orderId, total } = await order(manual)
    const answers = await Promise.all(times(10).map(() => ask(orderId, 'capture')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await purchaseOf(shopper)).payments).toMatchObject([{ status: 'captured', captured: total }])
  })

  it('10 parallel refunds of the full amount', async () => {
    const { shopper, orderId, total } = await order(api)
    const answers = await Promise.all(times(10).map(() => ask(orderId, 'refunds', { amount: usd(total) })))
    expect(toldOf(answers)).toEqual(['201', ...times(9).map(() => '409 refund_exceeds_payment')])
    const { orders, payments } = await purchaseOf(shopper)
    expect(payments).toMatchObject([{ captured: total, refunded: total }])
    expect(orders).toMatchObject([{ payment_status: 'refunded' }])
  })

  it('10 parallel refunds of three tenths: three of them', async () => {
    const { shopper, orderId, total } = await order(api)
    const part = Math.floor(total * 0.3)
    const answers = await Promise.all(times(10).map(() => ask(orderId, 'refunds', { amount: usd(part) })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(new Set(toldOf(answers).slice(3))).toEqual(new Set(['409 refund_exceeds_payment']))
    expect((await purchaseOf(shopper)).payments).toMatchObject([{ captured: total, refunded: 3 * part }])
  })

  it('refunds against cancel: all of it goes back once', async () => {
    const { shopper, sku, orderId, total } = await order(api)
    const answers = await Promise.all([
      ...times(4).map(() => ask(orderId, 'refunds', { amount: usd(Math.floor(total / 2)) })),
      ask(orderId, 'cancel'),
      ...times(4).map(() => ask(orderId, 'refunds', { amount: usd(Math.floor(total / 2)) })),
    ])
    expect(answers[4]?.status).toBe(200)
    await settleAll()
    const { orders, payments } = await purchaseOf(shopper)
    expect(orders).toMatchObject([{ status: 'cancelled', payment_status: 'refunded' }])
    expect(payments).toMatchObject([{ captured: total, refunded: total }])
    expect(await stockOf(api, sku)).toMatchObject({ on_hand: IN_STOCK, held: 0 })
  })

  it('capture against cancel of what is authorized, 6 times over', async () => {
    const outcomes = await Promise.all(
      times(6).map(async (index) => {
        const { shopper, goods, orderId } = await order(manual)
        const [captured, cancelled] = await Promise.all([
          later(index % 2 ? index * 2 : 0).then(() => ask(orderId, 'capture')),
          later(index % 2 ? 0 : index * 2).then(() => ask(orderId, 'cancel')),
        ])
        expect([200, 202, 409], JSON.stringify(captured.body)).toContain(captured.status)
        expect([200, 409], JSON.stringify(cancelled.body)).toContain(cancelled.status)
        return { shopper, goods, cancelled }
      }),
    )
    await settleAll()
    for (const { shopper, goods, cancelled } of outcomes) {
      const live = await expectOnceOrNever(api, shopper, goods)
      expect(live === null).toBe(cancelled.status === 200)
    }
  })
})
