import { describe, expect, it } from 'vitest'
import { createApi, stockOf, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { bringTo, SERVICES, shopAt } from '../support/fakes/services.ts'
import { recoverAfter } from '../support/jobs.ts'
import { type Bought, ledgerOf, orderOf } from '../support/money.ts'
import { orderAt, shelfOf } from '../support/stories.ts'

// DELIVERIES=50 pays so many at each provider, which is what is promised; npm test takes a few.
const settings = testEnv() as { DELIVERIES?: string }
const COUNT = Number(settings.DELIVERIES || 2)
const PIECES = 3

describe.each(SERVICES)(
  `${2 * COUNT} deliveries at the same moment of ${COUNT} payments at $name, each twice`,
  (kind) => {
    it('are all taken, and each is applied once', { timeout: 300_000 }, async () => {
      const service = kind.make('automatic')
      // Even at a distance from the database, where they meet each other.
      const { api } = shopAt(service, { patienceMs: 20_000, bindings: { D1_LATENCY_MS: '5' } })
      const { sku } = await shelfOf(api)
      const before = await stockOf(api, sku)
      const orders: Bought[] = []
      for (let made = 0; made < COUNT; made += 1) orders.push(await orderAt(api, kind))
      for (const { paymentId } of orders) await service.happen(paymentId, 'pay')
      // What is approved at some is taken by us, of which they tell then.
      for (let round = 0; round < 3; round += 1) {
        const deliveries = await service.takeDeliveries()
        const twice = [...deliveries, ...deliveries.toReversed()]
        const answers = await Promise.all(twice.map((delivery) => bringTo(api, service, [delivery])))
        expect(answers.flat().filter(({ status }) => status !== 200)).toEqual([])
        if (round === 0) expect(twice.length).toBeGreaterThanOrEqual(2 * COUNT)
      }
      if (!service.can.signedFacts) await recoverAfter(api, 2)

      for (const bought of orders) {
        const { captured, refunded, moves } = (await ledgerOf(bought)) as Record<string, unknown> & { moves: string[] }
        expect({ captured, refunded }).toEqual({ captured: bought.total, refunded: 0 })
        expect(
          moves.filter((move) => !move.includes('+0 ')),
          'moves that have captured',
        ).toHaveLength(1)
        expect(await orderOf(api, bought)).toMatchObject({ status: 'confirmed', payment_status: 'paid', refunds: [] })
        expect(await service.book(bought.paymentId)).toMatchObject({ captured: bought.total, refunded: 0 })
      }
      if (service.effects) expect(service.effects).toMatchObject({ opened: COUNT, captured: COUNT, refunded: 0 })
      const after = await stockOf(api, sku)
      expect(before.on_hand - after.on_hand).toBe(COUNT * PIECES)
      expect(after.held - before.held).toBe(0)
      const statement = `SELECT count(*) AS twice FROM (SELECT 1 FROM payment_moves WHERE captured > 0 GROUP BY payment_id
      HAVING sum(captured) > (SELECT amount FROM payments WHERE id = payment_id))`
      expect(await testEnv().DB.prepare(statement).first('twice')).toBe(0)
    })
  },
)

it('leaves all ledgers whole', async () => {
  expect(await violations(createApi())).toEqual([])
})
