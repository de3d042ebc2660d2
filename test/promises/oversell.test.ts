import { expect, it } from 'vitest'
import {
  type Answer,
  type Api,
  complete,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  stockOf,
  type TestProduct,
} from '../support/api.ts'
import { atEachSpeed } from '../support/speeds.ts'

// More at a time than any shop's checkout sees; a crowd all at once would measure how long D1's queue is instead.
const AT_A_TIME = 64

/** Does `work` for each item, in their order, the next as soon as one is done. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const rest = items.entries()
  const takeNext = async () => {
    for (const [index, item] of rest) results[index] = await work(item, index)
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, takeNext))
  return results
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A cart of one to three products: one piece of each scarce product, some of what there is plenty of. */
function mixedCart(scarce: readonly TestProduct[], plenty: readonly TestProduct[], index: number) {
  const beside = plenty.slice(0, index % (4 - scarce.length))
  const lines = [...scarce.map(({ sku }) => ({ sku, quantity: 1 })), ...beside.map(({ sku }) => ({ sku, quantity: 2 }))]
  // Statements take the lines as they come: neither place is the one that is safe.
  return index % 2 ? lines.toReversed() : lines
}

/** A refusal that helps: 409 with the fresh cart, whose line is no longer asked for in full. */
function expectCleanRefusals(answers: readonly Answer[]): void {
  const refusals = answers.map(({ status, body }) => `${status} ${body.code} ${body.cart ? 'with its cart' : ''}`)
  const clean = ['409 out_of_stock with its cart', '409 cart_changed with its cart']
  expect(refusals.filter((refusal) => !clean.includes(refusal))).toEqual([])
}

async function soldOf(api: Api, { sku }: TestProduct, before: number): Promise<number> {
  const { on_hand, held } = await stockOf(api, sku)
  expect(on_hand).toBeGreaterThanOrEqual(0)
  expect(held, 'holds that are left').toBe(0)
  return before - on_hand
}

// For a machine that is busy with other things.
const PATIENCE = { timeout: 180_000 }

atEachSpeed('promise 1: never oversold', (api, _, once) => {
  it('sells exactly 10 of 10 to 200 shoppers with mixed carts, and refuses the others cleanly', PATIENCE, async () => {
    const scarce = await makeProduct(api, { onHand: 10 })
    const plenty = [await makeProduct(api, { onHand: 5000 }), await makeProduct(api, { onHand: 5000 })]
    const shoppers = await inParallel(times(200), (index) => makeShopper(api, mixedCart([scarce], plenty, index)))
    const answers = await inParallel(shoppers, (shopper) => complete(api, shopper, { test_outcome: 'succeeded' }))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(10)
    expect(new Set(won.map(({ body }) => body.order.status))).toEqual(new Set(['confirmed']))
    expectCleanRefusals(answers.filter(({ status }) => status !== 200))
    expect(await soldOf(api, scarce, 10)).toBe(10)
    const taken = won.flatMap(({ body }) => body.order.lines).filter(({ sku }) => sku !== scarce.sku)
    const pieces = taken.reduce((sum, { quantity }) => sum + quantity, 0)
    expect(
      (await soldOf(api, plenty[0] as TestProduct, 5000)) + (await soldOf(api, plenty[1] as TestProduct, 5000)),
    ).toBe(pieces)
  })

  once(
    'sells all of several scarce products in the end, though some are declined, some give up and some pay late',
    PATIENCE,
    async () => {
      const [one, other] = [await makeProduct(api, { onHand: 6 }), await makeProduct(api, { onHand: 4 })]
      const plenty = [await makeProduct(api, { onHand: 5000 })]
      const wanted = [[one], [other], [one, other]]
      let waiting = await inParallel(times(40), (index) =>
        makeShopper(api, mixedCart(wanted[index % wanted.length] ?? [], plenty, index)),
      )
      // Who gives up stays away; who was refused or declined comes again, until a round brings nothing any more.
      for (let round = 0, sold = -1; sold !== 0; round += 1) {
        const outcomes = await inParallel(waiting, (shopper, index) => visit(api, shopper, round === 0 ? index : 0))
        sold = outcomes.filter((outcome) => outcome !== 'refused').length
        waiting = waiting.filter((_, index) => outcomes[index] !== 'sold' && outcomes[index] !== 'gave up')
        expect(round).toBeLessThan(10)
      }
      expect(await soldOf(api, one, 6)).toBe(6)
      expect(await soldOf(api, other, 4)).toBe(4)
    },
  )
})

/** One try of a shopper to buy. @param way 0 is to pay at once. */
async function visit(api: Api, shopper: Shopper, way: number): Promise<'sold' | 'refused' | 'declined' | 'gave up'> {
  const [outcome = null] = [['succeeded', null, 'declined', null][way % 4]]
  const answer = await complete(api, shopper, outcome ? { test_outcome: outcome } : {})
  if (answer.status === 409) {
    expectCleanRefusals([answer])
    return 'refused'
  }
  if (answer.status === 402) return 'declined'
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  if (answer.body.status === 'completed') return 'sold'
  if (way % 4 === 3) {
    const lines = shopper.cart.lines.map(({ id }: { id: string }) => ({ id, quantity: 0 }))
    const edited = await api.patch(`/v1/carts/${shopper.cartId}/lines`, { lines }, shopper)
    expect(edited.status, JSON.stringify(edited.body)).toBe(200)
    return 'gave up'
  }
  expect((await pay(api, answer.body.payment.id)).body).toMatchObject({ delivered: true })
  return 'sold'
}
