import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, pay, type Shopper, violations } from '../support/api.ts'
import { InjectedFault, withHook } from '../support/faults.ts'
import { recoverAfter } from '../support/jobs.ts'

const api = createApi()
const db = api.bindings.DB

/** A pending order whose only attempt is closed: recover died between closing its session and giving the order up. */
async function withClosedAttempt(): Promise<Shopper> {
  await recoverAfter(api, 5000)
  const { sku } = await makeProduct(api, { onHand: 5 })
  const shopper = await makeShopper(api, [{ sku, quantity: 1 }])
  const { body } = await complete(api, shopper)
  const statusOf = () => db.prepare('SELECT status FROM payments WHERE id = ?').bind(body.payment.id).first('status')
  const dying = withHook(db, async () => {
    if ((await statusOf()) === 'closed') throw new InjectedFault('before')
  })
  await recoverAfter(createApi({ bindings: { DB: dying, LOG_LEVEL: 'off' } }), 41).catch(() => {})
  expect(await statusOf()).toBe('closed')
  expect((await api.get(`/v1/orders/${body.order.id}`, shopper)).body.status).toBe('pending')
  return shopper
}

const edit = (on: typeof api, shopper: Shopper) =>
  on.patch(`/v1/carts/${shopper.cartId}`, { note: 'Ring twice' }, shopper)

describe('a further attempt and the end of its order exclude each other', () => {
  it('when the order is given up right before the attempt is committed', async () => {
    const shopper = await withClosedAttempt()
    const slow = withHook(db, (call) => (call === 2 ? edit(api, shopper) : undefined))
    const { body } = await complete(createApi({ bindings: { DB: slow } }), shopper)
    expect(body.order).toMatchObject({ status: 'pending' })
    expect((await pay(api, body.payment.id)).status).toBe(200)
    expect((await api.get(`/v1/orders/${body.order.id}`, shopper)).body).toMatchObject({
      status: 'confirmed',
      refunds: [],
    })
    expect(await violations(api)).toEqual([])
  })

  it('when the attempt is committed right before the order is given up', async () => {
    const shopper = await withClosedAttempt()
    const attempts: Awaited<ReturnType<typeof complete>>[] = []
    const slow = withHook(db, async (call) => {
      if (call === 3) attempts.push(await complete(api, shopper))
    })
    expect((await edit(createApi({ bindings: { DB: slow } }), shopper)).status).toBe(200)
    // The session of the attempt was closed with the order: nobody can pay for nothing.
    expect(await pay(api, attempts[0]?.body.payment.id)).toMatchObject({
      status: 409,
      body: { code: 'payment_closed' },
    })
    expect(await violations(api)).toEqual([])
  })
})
