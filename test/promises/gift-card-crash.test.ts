import { expect } from 'vitest'
import {
  type Answer,
  type Api,
  addGiftCards,
  balanceOf,
  complete,
  makeGiftCard,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  type TestGiftCard,
} from '../support/api.ts'
import { crashEverywhere, type Scenario } from '../support/crash-points.ts'
import { expectOnceOrNever } from '../support/purchase.ts'
import { seedShop } from '../support/shop.ts'

interface Purchase {
  shopper: Shopper
  sku: string
  cards: TestGiftCard[]
  key: string
}

interface Ordered extends Purchase {
  orderId: string
}

const IN_STOCK = 5
// Two cards that pay a part of it, and one that pays all of it and keeps the rest.
const PARTS = [1000, 600]
const WHOLE = [5000]
// One piece at 20.00, shipping 5.00, 8 % on the goods.
const TOTAL = 2660

async function arrive(api: Api, amounts: readonly number[]): Promise<Purchase> {
  const { sku } = await makeProduct(api, { onHand: IN_STOCK })
  const cards = await Promise.all(amounts.map((amount) => makeGiftCard(api, amount)))
  const shopper = await addGiftCards(api, await makeShopper(api, [{ sku, quantity: 1 }]), cards)
  return { shopper, sku, cards, key: crypto.randomUUID() }
}

async function order(api: Api, amounts: readonly number[], extra: Record<string, unknown> = {}): Promise<Ordered> {
  const purchase = await arrive(api, amounts)
  const { body } = await complete(api, purchase.shopper, extra, purchase.key)
  return { ...purchase, orderId: body.order.id }
}

async function expectBalances(api: Api, { cards }: Purchase, balances: readonly number[]): Promise<void> {
  expect(await Promise.all(cards.map((card) => balanceOf(api, card)))).toEqual(balances)
}

/** What is left on the cards of `amounts` once they have paid an order. */
function left(amounts: readonly number[]): number[] {
  let due = TOTAL
  return amounts.map((amount) => {
    const used = Math.min(amount, due)
    due -= used
    return amount - used
  })
}

async function payIfAsked(api: Api, { status, body }: Answer): Promise<void> {
  if (status === 200 && body.status === 'requires_action') await pay(api, body.payment.id)
}

const completing = (name: string, amounts: readonly number[]): Scenario<Purchase> => ({
  name,
  arrange: (api) => arrive(api, amounts),
  act: async (api, { shopper, key }) => payIfAsked(api, await complete(api, shopper, {}, key)),
  retry: async (api, { shopper, key }) => {
    const answer = await complete(api, shopper, {}, key)
    expect([200, 202], JSON.stringify(answer.body)).toContain(answer.status)
    await payIfAsked(api, answer)
  },
  expect: async (api, purchase) => {
    const paid = await expectOnceOrNever(api, purchase.shopper, { sku: purchase.sku, before: IN_STOCK })
    expect(paid).toMatchObject({ status: 'confirmed', payment_status: 'paid' })
    await expectBalances(api, purchase, left(amounts))
  },
})

crashEverywhere(completing('complete, paid by cards and on the provider’s page', PARTS), 3)
crashEverywhere(completing('complete, paid by a card alone', WHOLE), 3)
const removeFirst = (api: Api, { shopper, cards }: Purchase) =>
  api.delete(`/v1/carts/${shopper.cartId}/gift-cards/${cards[0]?.id}`, shopper)

/** The cart of a pending order is edited: what it has claimed is on its cards again. */
crashEverywhere<Ordered>({
  name: 'taking a card out of a cart whose order is pending',
  arrange: (api) => order(api, PARTS),
  act: removeFirst,
  // Gone is gone, by the first request or by this one.
  retry: async (api, ordered) => expect([200, 404]).toContain((await removeFirst(api, ordered)).status),
  expect: async (api, ordered) => {
    expect(await expectOnceOrNever(api, ordered.shopper, { sku: ordered.sku, before: IN_STOCK })).toBeNull()
    await expectBalances(api, ordered, PARTS)
  },
})

const byStaff = async (api: Api, { orderId, key }: Ordered, what: string, body: unknown) =>
  api.post(`/v1/admin/orders/${orderId}/${what}`, body, { token: (await seedShop()).staffKey, key })

/** What staff ask for once, with a key: whatever happens it has one effect, and all money is where it came from. */
const givingBack = (name: string, what: string, body: unknown): Scenario<Ordered> => ({
  name,
  arrange: (api) => order(api, PARTS, { test_outcome: 'succeeded' }),
  act: (api, ordered) => byStaff(api, ordered, what, body),
  retry: async (api, ordered) => {
    const { status, body: answer } = await byStaff(api, ordered, what, body)
    expect(status, JSON.stringify(answer)).toBeLessThan(300)
  },
  expect: (api, ordered) => expectBalances(api, ordered, PARTS),
})

const ALL = { amount: { amount: TOTAL, currency: 'USD' } }
crashEverywhere(givingBack('a refund of all to a payment and cards', 'refunds', ALL), 3)
crashEverywhere(givingBack('the cancellation of a paid order', 'cancel', {}), 3)
