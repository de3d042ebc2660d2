import { expect, it } from 'vitest'
import { complete, makeProduct, makeShopper, pay } from '../support/api.ts'
import { seedShop } from '../support/shop.ts'
import { atOneSpeed } from '../support/speeds.ts'
import { adjust, levelAt, levelsOf, makeLocation, setTerms, transfer } from '../support/stock.ts'

const { locationId: main, staffKey: token } = await seedShop()

atOneSpeed('promise 1: never oversold, over two locations', (api) => {
  it.each([1, 2, 3])(
    'keeps every number true under 20 transfers, adjustments and completes at once (round %i)',
    async () => {
      const depot = await makeLocation(api, { country: 'US' })
      const { sku } = await makeProduct(api, { onHand: 6 })
      await adjust(api, sku, { location_id: depot, delta: 6, incoming_delta: 4 })
      const shoppers = await Promise.all(
        [1, 2, 3, 4, 1, 2, 3, 4].map((quantity) => makeShopper(api, [{ sku, quantity }])),
      )
      const answers = await Promise.all([
        ...shoppers.map((shopper) => complete(api, shopper, { test_outcome: 'succeeded' })),
        ...[2, 3, 4].flatMap((quantity) => [
          transfer(api, [main, depot], [{ sku, quantity }]),
          transfer(api, [depot, main], [{ sku, quantity }]),
        ]),
        ...[-2, 1, -3].map((delta) => adjust(api, sku, { delta })),
        ...[3, 2, 1].map((delta) => adjust(api, sku, { location_id: depot, delta, incoming_delta: -delta })),
      ])
      expect(answers).toHaveLength(20)
      const codes = answers.filter(({ status }) => status >= 300).map(({ body }) => body.code)
      expect(codes.filter((code) => !['out_of_stock', 'incoming_exceeded', 'cart_conflict'].includes(code))).toEqual([])
      const levels = Object.values(await levelsOf(api, sku))
      expect(levels.every(({ on_hand, held, incoming }) => on_hand >= 0 && held === 0 && incoming >= 0)).toBe(true)
      const ledger = await api.get(`/v1/admin/inventory/movements?sku=${sku}&limit=100`, { token })
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
      const rows = ledger.body.data as { delta: number; incoming_delta: number }[]
      expect(sum(levels.map((level) => level.on_hand))).toBe(sum(rows.map(({ delta }) => delta)))
      expect(sum(levels.map((level) => level.incoming))).toBe(sum(rows.map((row) => row.incoming_delta)))
    },
  )

  it('keeps all of three terms that staff change at the same moment', async () => {
    const { sku } = await makeProduct(api, { onHand: 3 })
    const changes = [{ policy: 'backorder' }, { backorder_limit: 5 }, { low_stock_at: 2 }]
    const answers = await Promise.all(changes.map((change) => setTerms(api, sku, change)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await levelAt(api, sku, main)).toMatchObject(Object.assign({}, ...changes))
  })

  it('orders a cart once that only fits over two locations, of ten that race for it', async () => {
    const depot = await makeLocation(api)
    const { sku } = await makeProduct(api, { onHand: 3 })
    await adjust(api, sku, { location_id: depot, delta: 2 })
    const shoppers = await Promise.all(Array.from({ length: 10 }, () => makeShopper(api, [{ sku, quantity: 5 }])))
    const answers = await Promise.all(shoppers.map((shopper) => complete(api, shopper)))
    const won = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(won).toHaveLength(1)
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [409, 'out_of_stock']))
    expect([(await levelAt(api, sku, main)).held, (await levelAt(api, sku, depot)).held]).toEqual([3, 2])
    await pay(api, won[0]?.body.payment.id)
    expect([(await levelAt(api, sku, main)).on_hand, (await levelAt(api, sku, depot)).on_hand]).toEqual([0, 0])
  })

  it('sells backorders up to the limits of both locations and not one more', async () => {
    const depot = await makeLocation(api)
    const { sku } = await makeProduct(api, { onHand: 1, policy: 'backorder' })
    await api.patch('/v1/admin/inventory', { sku, backorder_limit: 2 }, { token })
    await adjust(api, sku, { location_id: depot, delta: 1 })
    await api.patch('/v1/admin/inventory', { sku, location_id: depot, backorder_limit: 3 }, { token })
    const shoppers = await Promise.all(Array.from({ length: 20 }, () => makeShopper(api, [{ sku, quantity: 1 }])))
    const answers = await Promise.all(shoppers.map((shopper) => complete(api, shopper, { test_outcome: 'succeeded' })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect([(await levelAt(api, sku, main)).on_hand, (await levelAt(api, sku, depot)).on_hand]).toEqual([-2, -3])
  })

  it('neither holds nor stocks at a location that closes at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const depot = await makeLocation(api, { country: 'US' })
      const { sku } = await makeProduct(api, { onHand: 0, policy: 'backorder' })
      await api.patch('/v1/admin/inventory', { sku, backorder_limit: 0 }, { token })
      await adjust(api, sku, { location_id: depot, delta: 1 })
      await adjust(api, sku, { location_id: depot, delta: -1 })
      await api.patch('/v1/admin/inventory', { sku, location_id: depot, backorder_limit: 9 }, { token })
      const shoppers = await Promise.all([1, 2, 3].map((quantity) => makeShopper(api, [{ sku, quantity }])))
      const [closed, ...others] = await Promise.all([
        api.patch(`/v1/admin/locations/${depot}`, { active: false }, { token }),
        ...shoppers.map((shopper) => complete(api, shopper)),
        adjust(api, sku, { location_id: depot, delta: 1 }),
      ])
      expect([200, 409]).toContain(closed?.status)
      expect(others.filter(({ status }) => status >= 500)).toEqual([])
      const level = await levelAt(api, sku, depot)
      if (closed?.status === 200) expect([level.on_hand, level.held]).toEqual([0, 0])
    }
  })
})
