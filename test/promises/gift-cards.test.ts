import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  addGiftCards,
  balanceOf,
  complete,
  makeGiftCard,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  type TestGiftCard,
  type TestProduct,
} from '../support/api.ts'
import { recoverAfter } from '../support/jobs.ts'
import { atOneSpeed } from '../support/speeds.ts'
import { asStaff } from '../support/staff.ts'

// One piece at 20.00, shipping 5.00, 8 % on the goods.
const TOTAL = 2660
const usd = (amount: number) => ({ amount, currency: 'USD' })
const codeOf = ({ status, body }: Answer) => (status === 200 ? 'ordered' : body.code)

atOneSpeed('promise 1: a gift card is never spent past what it holds', (api, _, once) => {
  const staff = asStaff(api)
  let product: TestProduct

  beforeAll(async () => {
    product = await makeProduct(api, { onHand: 10_000 })
  })

  async function shopperWith(cards: readonly TestGiftCard[], sku = product.sku): Promise<Shopper> {
    return addGiftCards(api, await makeShopper(api, [{ sku, quantity: 1 }]), cards)
  }

  const shoppersWith = (count: number, cards: readonly TestGiftCard[]) =>
    Promise.all(Array.from({ length: count }, () => shopperWith(cards)))

  describe('a gift card is spent once', () => {
    it('drained by 20 carts at the same moment, it pays three of them whole and nobody more than it holds', async () => {
      const card = await makeGiftCard(api, 3 * TOTAL)
      const shoppers = await shoppersWith(20, [card])
      for (const { cart } of shoppers) expect(cart.totals.amount_due.amount).toBe(0)
      const answers = await Promise.all(shoppers.map((shopper) => complete(api, shopper)))
      const won = answers.filter(({ status }) => status === 200)
      expect(answers.map(codeOf).sort()).toEqual([...Array(17).fill('cart_changed'), ...Array(3).fill('ordered')])
      expect(won.map(({ body }) => body.order.payment_status)).toEqual(['paid', 'paid', 'paid'])
      expect(await balanceOf(api, card)).toBe(0)
      for (const { body } of answers.filter(({ status }) => status !== 200)) {
        expect(body.cart.totals.amount_due).toEqual(body.cart.totals.total)
        expect(body.cart.gift_cards).toMatchObject([{ amount_used: { amount: 0 }, balance: { amount: 0 } }])
        expect(body.differences).toMatchObject([
          { what: 'amount_due', expected: { amount: 0 }, actual: { amount: TOTAL } },
        ])
      }
      // Who agrees to what is shown now pays all of it otherwise.
      const [index] = answers.flatMap(({ status }, place) => (status === 200 ? [] : [place]))
      const { cart } = answers[index ?? 0]?.body ?? {}
      const again = await complete(api, { ...(shoppers[index ?? 0] as Shopper), cart })
      expect(again.body.order).toMatchObject({ gift_cards: [], payments: [{ amount: { amount: TOTAL } }] })
    })

    once('with three and a half carts on it, its rest goes to one that agrees to pay the other half', async () => {
      const card = await makeGiftCard(api, 3 * TOTAL + 1000)
      const shoppers = await shoppersWith(20, [card])
      let answers = await Promise.all(shoppers.map((shopper) => complete(api, shopper)))
      expect(answers.map(codeOf).filter((code) => code === 'ordered')).toHaveLength(3)
      expect(await balanceOf(api, card)).toBe(1000)
      const left = shoppers.flatMap((shopper, place) => {
        const { status, body } = answers[place] as Answer
        return status === 200 ? [] : [{ ...shopper, cart: body.cart }]
      })
      expect(new Set(left.map(({ cart }) => cart.totals.amount_due.amount))).toEqual(new Set([TOTAL - 1000]))
      answers = await Promise.all(left.map((shopper) => complete(api, shopper)))
      const won = answers.filter(({ status }) => status === 200)
      expect(won).toHaveLength(1)
      expect(won[0]?.body.order.payments).toMatchObject([{ amount: { amount: TOTAL - 1000 } }])
      expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(Array(16).fill('cart_changed'))
      expect(await balanceOf(api, card)).toBe(0)
    })

    it('when two cards lie in 20 carts each, in either order', async () => {
      const [first, second] = [await makeGiftCard(api, TOTAL + 600), await makeGiftCard(api, TOTAL + 600)]
      const shoppers = [...(await shoppersWith(10, [first, second])), ...(await shoppersWith(10, [second, first]))]
      let waiting = shoppers
      let spent = 0
      for (let round = 0; round < 10 && waiting.length > 0; round += 1) {
        const answers = await Promise.all(waiting.map((shopper) => complete(api, shopper)))
        expect(answers.filter(({ status }) => status >= 500 || status === 422)).toEqual([])
        for (const { status, body } of answers)
          if (status === 200) for (const { amount } of body.order.gift_cards) spent += amount.amount
        waiting = waiting.flatMap((shopper, place) => {
          const { status, body } = answers[place] as Answer
          return status === 200 ? [] : [{ ...shopper, cart: body.cart }]
        })
      }
      expect(waiting).toEqual([])
      expect(spent).toBe(2 * (TOTAL + 600))
      expect([await balanceOf(api, first), await balanceOf(api, second)]).toEqual([0, 0])
    })

    it('for one order of 20 parallel completes of one cart, half of them with the same key', async () => {
      const card = await makeGiftCard(api, 5 * TOTAL)
      const shopper = await shopperWith([card])
      const same = crypto.randomUUID()
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => complete(api, shopper, {}, index % 2 ? same : crypto.randomUUID())),
      )
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      expect(new Set(answers.flatMap(({ body }) => body.order?.id ?? [])).size).toBe(1)
      expect(await balanceOf(api, card)).toBe(4 * TOTAL)
    })

    once('when it is disabled or emptied by staff at the moment it is spent', async () => {
      const cards = await Promise.all(Array.from({ length: 8 }, () => makeGiftCard(api, TOTAL)))
      const answers = await Promise.all(
        cards.map(async (card, index) => {
          const shopper = await shopperWith([card])
          const path = `/v1/admin/gift-cards/${card.id}`
          const [answer] = await Promise.all([
            complete(api, shopper),
            index % 2
              ? staff.try('patch', path, { status: 'disabled' })
              : staff.try('post', `${path}/adjustments`, { amount: -TOTAL, reason: 'Taken back' }),
          ])
          return [codeOf(answer), await balanceOf(api, card)] as const
        }),
      )
      for (const [index, [code, balance]] of answers.entries()) {
        expect(['ordered', 'cart_changed']).toContain(code)
        expect(balance).toBe(code === 'ordered' || index % 2 === 0 ? 0 : TOTAL)
      }
    })
  })

  describe('cards and a provider pay one order together', () => {
    const cards = () => Promise.all([makeGiftCard(api, 1000), makeGiftCard(api, 600)])
    const balances = (made: readonly TestGiftCard[]) => Promise.all(made.map((card) => balanceOf(api, card)))

    once('and a declined payment keeps what they pay for the next attempt', async () => {
      const made = await cards()
      const shopper = await shopperWith(made)
      const declined = await complete(api, shopper, { test_outcome: 'declined' })
      expect(declined).toMatchObject({ status: 402, body: { code: 'payment_declined' } })
      expect(await balances(made)).toEqual([0, 0])
      const paid = await complete(api, shopper, { test_outcome: 'succeeded' })
      expect(paid.body.order).toMatchObject({ id: declined.body.order.id, payment_status: 'paid' })
      expect(paid.body.order.payments.map(({ amount }: { amount: unknown }) => amount)).toEqual(
        Array(2).fill({ amount: TOTAL - 1600, currency: 'USD' }),
      )
      expect(await balances(made)).toEqual([0, 0])
    })

    once('until the cart is edited: then both are given up, and counted anew', async () => {
      const made = await cards()
      const [first] = made as [TestGiftCard, TestGiftCard]
      const shopper = await shopperWith(made)
      const pending = await complete(api, shopper)
      const without = await api.delete(`/v1/carts/${shopper.cartId}/gift-cards/${first.id}`, shopper)
      expect(without.body.totals.amount_due.amount).toBe(TOTAL - 600)
      expect(await balances(made)).toEqual([1000, 600])
      // The old session is closed: nobody can pay what the order no longer costs.
      expect((await pay(api, pending.body.payment.id)).status).not.toBe(200)
      const paid = await complete(api, { ...shopper, cart: without.body }, { test_outcome: 'succeeded' })
      expect(paid.body.order).toMatchObject({ payment_status: 'paid', gift_cards: [{ amount: { amount: 600 } }] })
      expect(await balances(made)).toEqual([1000, 0])
    })

    once('and a code that is wrong costs a pending order nothing', async () => {
      const made = await cards()
      const shopper = await shopperWith(made)
      const pending = await complete(api, shopper)
      const wrong = await api.post(`/v1/carts/${shopper.cartId}/gift-cards`, { codes: ['NOPE'] }, shopper)
      expect(wrong.status).toBe(422)
      const missing = await makeGiftCard(api, 10)
      expect((await api.delete(`/v1/carts/${shopper.cartId}/gift-cards/${missing.id}`, shopper)).status).toBe(404)
      const order = await api.get(`/v1/orders/${pending.body.order.id}`, shopper)
      expect(order.body.status).toBe('pending')
      await pay(api, pending.body.payment.id)
      expect((await api.get(`/v1/orders/${pending.body.order.id}`, shopper)).body.payment_status).toBe('paid')
    })

    once('and an order that nobody pays gives the cards back when its session is over', async () => {
      const made = await cards()
      const shopper = await shopperWith(made)
      await complete(api, shopper)
      expect(await balances(made)).toEqual([0, 0])
      await recoverAfter(api, 60 * 24 * 8)
      expect(await balances(made)).toEqual([1000, 600])
    })

    once('and a cancelled order’s cards are not given back twice by parallel edits', async () => {
      const made = await cards()
      const shopper = await shopperWith(made)
      await complete(api, shopper)
      const edits = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          api.patch(`/v1/carts/${shopper.cartId}`, { note: `${index}` }, shopper),
        ),
      )
      expect(edits.filter(({ status }) => status >= 500)).toEqual([])
      expect(await balances(made)).toEqual([1000, 600])
    })
  })

  describe('money goes back to where it came from', () => {
    const refund = (orderId: string, body: unknown) =>
      staff.try('post', `/v1/admin/orders/${orderId}/refunds`, body, { key: crypto.randomUUID() })

    async function paidOrder(card: TestGiftCard): Promise<string> {
      const paid = await complete(api, await shopperWith([card]), { test_outcome: 'succeeded' })
      expect(paid.body.order, JSON.stringify(paid.body)).toMatchObject({ payment_status: 'paid' })
      return paid.body.order.id
    }

    const partsOf = ({ refunds }: { refunds: { gift_card_id: string | null; amount: { amount: number } }[] }) =>
      refunds.map(({ gift_card_id, amount }) => [gift_card_id, amount.amount])

    once('to the payment first and then to the card, never more than came from it', async () => {
      const card = await makeGiftCard(api, 1000)
      const id = await paidOrder(card)
      expect((await refund(id, { amount: usd(TOTAL - 1000 + 300) })).status).toBe(201)
      expect(await balanceOf(api, card)).toBe(300)
      // A card that is disabled or over takes it as well: money owed is owed.
      await staff.patch(`/v1/admin/gift-cards/${card.id}`, { status: 'disabled', expires_at: '2020-01-01T00:00:00Z' })
      expect((await refund(id, { amount: usd(701) })).body.code).toBe('refund_exceeds_payment')
      expect((await refund(id, { amount: usd(700) })).status).toBe(201)
      expect(await balanceOf(api, card)).toBe(1000)
      expect((await refund(id, { amount: usd(1) })).body.code).toBe('refund_exceeds_payment')
      const order = await staff.get(`/v1/admin/orders/${id}`)
      expect(order.payment_status).toBe('refunded')
      expect(partsOf(order)).toEqual(
        expect.arrayContaining([
          [null, TOTAL - 1000],
          [card.id, 300],
          [card.id, 700],
        ]),
      )
    })

    it('once, when 10 refunds of all of it are asked for at the same moment', async () => {
      for (const worth of [1000, 5000]) {
        const card = await makeGiftCard(api, worth)
        const id = await paidOrder(card)
        const answers = await Promise.all(Array.from({ length: 10 }, () => refund(id, { amount: usd(TOTAL) })))
        expect(answers.map(({ status, body }) => (status === 201 ? 'refunded' : body.code)).sort()).toEqual([
          ...Array(9).fill('refund_exceeds_payment'),
          'refunded',
        ])
        expect(await balanceOf(api, card)).toBe(worth)
        expect((await staff.get(`/v1/admin/orders/${id}`)).payment_status).toBe('refunded')
      }
    })

    once('and all of it, when a paid order is cancelled while it is refunded', async () => {
      for (const worth of [1000, 5000]) {
        const card = await makeGiftCard(api, worth)
        const id = await paidOrder(card)
        const cancel = () => staff.try('post', `/v1/admin/orders/${id}/cancel`, {}, { key: crypto.randomUUID() })
        const answers = await Promise.all([cancel(), refund(id, { amount: usd(TOTAL - 1) }), cancel()])
        expect(answers.filter(({ status }) => status >= 500)).toEqual([])
        expect(answers.map(({ status }) => status)).toContain(200)
        expect(await balanceOf(api, card)).toBe(worth)
        expect((await staff.get(`/v1/admin/orders/${id}`)).status).toBe('cancelled')
      }
    })
  })
})
