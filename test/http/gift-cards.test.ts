import { beforeAll, describe, expect, it } from 'vitest'
import { type GiftCardRefund, refundToGiftCard } from '../../src/features/giftcards/queries.ts'
import { signRecoveryToken } from '../../src/features/sessions/recovery-token.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { parseConfig } from '../../src/platform/env.ts'
import {
  addGiftCards,
  balanceOf,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  pay,
  type Shopper,
  type TestGiftCard,
  type TestProduct,
  unique,
  violations,
} from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const PATH = '/v1/admin/gift-cards'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const mint = createMint(new Date(), cryptoRandom)
// One piece at 20.00, shipping 5.00, 8 % on the goods.
const TOTAL = 2660
let product: TestProduct

beforeAll(async () => {
  product = await makeProduct(api, { onHand: 10_000 })
})

const shopper = (changes: Record<string, unknown> = {}) =>
  makeShopper(api, [{ sku: product.sku, quantity: 1 }], changes)

const tryCodes = (
  { cartId, token }: Shopper,
  codes: readonly unknown[],
  ask: { key?: string; ifMatch?: string } = {},
) => api.post(`/v1/carts/${cartId}/gift-cards`, { codes }, { token, ...ask })

const remove = ({ cartId, token }: Shopper, { id }: { id: string }) =>
  api.delete(`/v1/carts/${cartId}/gift-cards/${id}`, { token })

const show = async ({ cartId, token }: Shopper) => (await api.get(`/v1/carts/${cartId}`, { token })).body

async function shopperWith(cards: readonly TestGiftCard[], changes: Record<string, unknown> = {}): Promise<Shopper> {
  return addGiftCards(api, await shopper(changes), cards)
}

describe('staff', () => {
  it('issue a card whose code is shown once, and never again', async () => {
    const made = await staff.post(PATH, { amount: usd(5000), note: 'For Ada' })
    expect(made).toMatchObject({
      ...{ kind: 'gift_card', status: 'active', version: 1, note: 'For Ada', expires_at: null },
      ...{ initial_amount: usd(5000), balance: usd(5000) },
      entries: [{ kind: 'issued', amount: 5000, order_id: null }],
    })
    expect(made.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    expect(made.code.endsWith(made.last4)).toBe(true)
    const again = await staff.get(`${PATH}/${made.id}`)
    expect(again).not.toHaveProperty('code')
    const { code: _, ...rest } = made
    expect(again).toEqual(rest)
    const listed = await staff.get(`${PATH}?last4=${made.last4.toLowerCase()}`)
    expect(listed.data.map(({ id }: { id: string }) => id)).toContain(made.id)
    expect(JSON.stringify(listed)).not.toContain(made.code)
    expect(await trailOf(made.id)).toEqual(['gift_card.issued'])
  })

  it('who retry the request get the same card without its code', async () => {
    const ask = { key: crypto.randomUUID() }
    const first = await staff.post(PATH, { amount: usd(700) }, ask)
    const retried = await staff.try('post', PATH, { amount: usd(700) }, ask)
    expect(retried.status).toBe(201)
    expect(retried.headers.get('Idempotent-Replayed')).toBe('true')
    expect(retried.body).toEqual({ ...first, code: null })
  })

  it('find no trace of a code in the database, in answers or in the log', async () => {
    const logged: string[] = []
    const { log, error, warn } = console
    for (const name of ['log', 'error', 'warn', 'info', 'debug'] as const) {
      console[name] = (...parts: unknown[]) => void logged.push(JSON.stringify(parts))
    }
    const loud = createApi({ bindings: { LOG_LEVEL: 'debug' } })
    let card: TestGiftCard
    const answers: unknown[] = []
    try {
      card = await makeGiftCard(loud, 500)
      const owner = await shopper()
      const path = `/v1/carts/${owner.cartId}/gift-cards`
      const ask = { token: owner.token, key: crypto.randomUUID() }
      answers.push(await loud.post(path, { codes: [card.code] }, ask))
      answers.push(await loud.post(path, { codes: [card.code] }, ask))
      answers.push(await loud.post(path, { codes: [card.code, 'NO-SUCH-CODE'] }, { token: owner.token }))
      answers.push(await complete(loud, { ...owner, cart: await show(owner) }, { test_outcome: 'succeeded' }))
    } finally {
      Object.assign(console, { log, error, warn })
    }
    const { results } = await testEnv()
      .DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf*'")
      .all<{ name: string }>()
    const dumps = await Promise.all(
      results.map(async ({ name }) =>
        JSON.stringify((await testEnv().DB.prepare(`SELECT * FROM ${name}`).all()).results),
      ),
    )
    for (const code of [card.code, card.code.replaceAll('-', '')]) {
      expect(dumps.filter((dump) => dump.includes(code))).toEqual([])
      expect(JSON.stringify(answers)).not.toContain(code)
      expect(logged.join('\n')).not.toContain(code)
    }
    expect(dumps.some((dump) => dump.includes(card.id))).toBe(true)
  })

  it('change status, end and note against a version', async () => {
    const { id } = await makeGiftCard(api, 500)
    const path = `${PATH}/${id}`
    const end = '2099-12-31T00:00:00.000Z'
    const changed = await staff.patch(path, { expires_at: end, note: 'Lost' }, { ifMatch: '"1"' })
    expect(changed).toMatchObject({ version: 2, expires_at: end, note: 'Lost', status: 'active', balance: usd(500) })
    expect(await staff.try('patch', path, { status: 'disabled' }, { ifMatch: '"1"' })).toMatchObject({ status: 412 })
    expect(await staff.patch(path, { status: 'disabled' })).toMatchObject({
      version: 3,
      status: 'disabled',
      note: 'Lost',
    })
    expect(await staff.patch(path, {})).toMatchObject({ version: 3 })
    expect(await staff.patch(path, { note: null, expires_at: null })).toMatchObject({ note: null, expires_at: null })
    expect(await trailOf(id)).toEqual(['gift_card.issued', ...Array(3).fill('gift_card.updated')])
  })

  it('adjust a balance with a reason, never below nothing, and a retry once', async () => {
    const card = await makeGiftCard(api, 500)
    const path = `${PATH}/${card.id}/adjustments`
    const ask = { key: crypto.randomUUID() }
    const less = { amount: -200, reason: 'Sold too high' }
    expect(await staff.post(path, less, ask)).toMatchObject({ balance: usd(300), initial_amount: usd(500), version: 1 })
    expect(await staff.post(path, less, ask)).toMatchObject({ balance: usd(300) })
    const more = await staff.post(path, { amount: 50, reason: 'Sorry' })
    expect(more.entries.map(({ kind, amount, reason }: Record<string, unknown>) => [kind, amount, reason])).toEqual(
      expect.arrayContaining([
        ['adjusted', 50, 'Sorry'],
        ['adjusted', -200, 'Sold too high'],
        ['issued', 500, null],
      ]),
    )
    for (const amount of [-351, -1_000_000_000_000]) {
      const refused = await staff.try('post', path, { amount, reason: 'Too much' })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount' }] } })
    }
    const full = await staff.try('post', path, { amount: 1_000_000_000_000, reason: 'Far too much' })
    expect(full).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount' }] } })
    expect(await balanceOf(api, card)).toBe(350)
    expect(await violations(api)).toEqual([])
  })

  it('are refused amounts that are no amount, and store credit of nobody', async () => {
    const refused: [unknown, string][] = [
      [{ amount: usd(0) }, '/amount/amount'],
      [{ amount: usd(-1) }, '/amount/amount'],
      [{ amount: usd(0.5) }, '/amount/amount'],
      [{ amount: usd(1_000_000_000_001) }, '/amount/amount'],
      [{ amount: { amount: 100, currency: 'usd' } }, '/amount/currency'],
      [{ amount: usd(100), kind: 'store_credit' }, '/email'],
      [{ amount: usd(100), email: 'ada@shop.example' }, '/email'],
      [{ amount: usd(100), code: 'MY-OWN-CODE' }, '/code'],
    ]
    for (const [body, pointer] of refused) {
      const answer = await staff.try('post', PATH, body)
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    }
    const { id } = await makeGiftCard(api, 500)
    for (const amount of [0, 1.5, 1_000_000_000_001, -1_000_000_000_001]) {
      const answer = await staff.try('post', `${PATH}/${id}/adjustments`, { amount, reason: 'Odd' })
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount' }] } })
    }
    expect((await staff.try('patch', `${PATH}/${id}`, { balance: usd(1) })).status).toBe(422)
    expect((await api.get(`${PATH}/${mint('giftCard')}`, { token: '' })).status).toBe(401)
  })

  it('page through the cards, the newest first', async () => {
    const made: string[] = []
    for (let index = 0; index < 3; index += 1) made.unshift((await makeGiftCard(api, 100)).id)
    const seen: string[] = []
    for (let cursor = ''; seen.length < 3; ) {
      const page = await staff.get(`${PATH}?limit=1${cursor}`)
      seen.push(page.data[0].id)
      cursor = `&cursor=${page.next_cursor}`
    }
    expect(new Set(seen)).toEqual(new Set(made))
    expect((await api.get(`${PATH}?limit=1&cursor=x`, { token: (await seedShop()).staffKey })).status).toBe(422)
  })
})

describe('a cart', () => {
  it('is paid by its cards in the order they were added, and owes the rest', async () => {
    const [first, second, third] = [
      await makeGiftCard(api, 1000),
      await makeGiftCard(api, 9000),
      await makeGiftCard(api, 50),
    ]
    const owner = await shopper()
    const typed = ` ${first.code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `
    const one = await tryCodes(owner, [typed])
    expect(one.status, JSON.stringify(one.body)).toBe(200)
    expect(one.body).toMatchObject({
      version: owner.cart.version + 1,
      totals: { total: usd(TOTAL), amount_due: usd(1660) },
    })
    expect(one.headers.get('ETag')).toBe(`"${one.body.version}"`)
    const all = await tryCodes(owner, [second.code, third.code, first.code, second.code])
    expect(all.body.gift_cards).toEqual([
      { id: first.id, last4: first.last4, amount_used: usd(1000), balance: usd(1000) },
      { id: second.id, last4: second.last4, amount_used: usd(1660), balance: usd(9000) },
      { id: third.id, last4: third.last4, amount_used: usd(0), balance: usd(50) },
    ])
    const { totals, warnings } = all.body
    expect(totals).toEqual({ ...owner.cart.totals, amount_due: usd(0) })
    expect(warnings).toEqual([])
    const without = await remove(owner, second)
    expect(without.body.totals.amount_due).toEqual(usd(TOTAL - 1050))
    expect(await show(owner)).toEqual(without.body)
  })

  it('takes cards as any other change: versioned, repeated once, and never a stranger’s', async () => {
    const card = await makeGiftCard(api, 1000)
    const owner = await shopper()
    const stale = await tryCodes(owner, [card.code], { ifMatch: '"1"' })
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    const key = crypto.randomUUID()
    const added = await tryCodes(owner, [card.code], { key })
    const repeated = await tryCodes(owner, [card.code], { key })
    expect(repeated.body).toEqual(added.body)
    expect(repeated.headers.get('Idempotent-Replayed')).toBe('true')
    const other = await shopper()
    const foreign = { ...owner, token: other.token }
    expect((await tryCodes(foreign, [card.code])).body.code).toBe('cart_not_found')
    expect((await remove(foreign, card)).body.code).toBe('cart_not_found')
    // Knowing an id is never enough: only a code puts a card into a cart.
    expect((await remove(other, card)).body.code).toBe('gift_card_not_found')
    expect((await tryCodes(other, [card.id])).status).toBe(422)
    expect((await api.patch(`/v1/carts/${other.cartId}`, { gift_card_ids: [card.id] }, other)).status).toBe(422)
    expect((await remove(owner, card)).status).toBe(200)
    expect((await remove(owner, card)).body.code).toBe('gift_card_not_found')
  })

  it('refuses codes one by one with a pointer, and takes none of them then', async () => {
    const good = await makeGiftCard(api, 100)
    const disabled = await makeGiftCard(api, 100)
    await staff.patch(`${PATH}/${disabled.id}`, { status: 'disabled' })
    const expired = await makeGiftCard(api, 100, { expires_at: '2020-01-01T00:00:00Z' })
    const usedUp = await makeGiftCard(api, 100)
    await staff.post(`${PATH}/${usedUp.id}/adjustments`, { amount: -100, reason: 'Spent' })
    const euros = await makeGiftCard(api, 100, { currency: 'EUR' })
    const credit = await makeGiftCard(api, 100, { kind: 'store_credit', email: `${unique('bob')}@shop.example` })
    const owner = await shopper()
    const codes = [good, disabled, expired, usedUp, euros, credit].map(({ code }) => code)
    const answer = await tryCodes(owner, [...codes, '0000-0000-0000-0000', 'Ω'])
    expect(answer.status).toBe(422)
    const details = new Map<string, string>(
      answer.body.errors.map(({ pointer, detail }: Record<string, string>) => [pointer, detail]),
    )
    expect([...details.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7].map((index) => `/codes/${index}`))
    // What staff have disabled is answered like what never was.
    expect(details.get('/codes/1')).toBe(details.get('/codes/6'))
    expect(details.get('/codes/7')).toBe(details.get('/codes/6'))
    expect(new Set(details.values()).size).toBe(5)
    expect(await show(owner)).toEqual(owner.cart)
  })

  it('holds at most ten', async () => {
    const cards = await Promise.all(Array.from({ length: 11 }, () => makeGiftCard(api, 10)))
    const owner = await shopperWith(cards.slice(0, 9))
    const codes = cards.slice(9).map(({ code }) => code)
    expect(await tryCodes(owner, codes)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/codes' }] } })
    expect(
      (
        await tryCodes(
          owner,
          cards.map(({ code }) => code),
        )
      ).status,
    ).toBe(422)
    const parallel = await Promise.all(codes.map((code) => tryCodes(owner, [code])))
    expect(parallel.map(({ status }) => status).sort()).toEqual([200, 422])
    expect((await show(owner)).gift_cards).toHaveLength(10)
  })

  it('loses no card to parallel changes', async () => {
    const cards = await Promise.all(Array.from({ length: 6 }, () => makeGiftCard(api, 10)))
    const owner = await shopper()
    const answers = await Promise.all(cards.map(({ code }) => tryCodes(owner, [code])))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const held = (await show(owner)).gift_cards.map(({ id }: { id: string }) => id)
    expect(new Set(held)).toEqual(new Set(cards.map(({ id }) => id)))
  })

  it('warns of a card that has become unusable, and uses it again when it can', async () => {
    const card = await makeGiftCard(api, 1000)
    const owner = await shopperWith([card])
    const warning = { code: 'GIFT_CARD_UNUSABLE', target: card.id, message: expect.stringContaining(card.last4) }
    const isOut = (cart: Shopper['cart']) => {
      expect(cart.gift_cards).toMatchObject([{ id: card.id, amount_used: { amount: 0 } }])
      expect(cart.totals.amount_due).toEqual(cart.totals.total)
      expect(cart.warnings).toContainEqual(warning)
    }
    await staff.patch(`${PATH}/${card.id}`, { status: 'disabled' })
    isOut(await show(owner))
    await staff.patch(`${PATH}/${card.id}`, { status: 'active', expires_at: '2020-01-01T00:00:00Z' })
    isOut(await show(owner))
    await staff.patch(`${PATH}/${card.id}`, { expires_at: null })
    isOut((await api.patch(`/v1/carts/${owner.cartId}`, { currency: 'EUR' }, owner)).body)
    const back = (await api.patch(`/v1/carts/${owner.cartId}`, { currency: 'USD' }, owner)).body
    expect(back.totals.amount_due).toEqual(usd(TOTAL - 1000))
    expect(back.warnings).toEqual([])
    await staff.post(`${PATH}/${card.id}/adjustments`, { amount: -1000, reason: 'Spent' })
    isOut(await show(owner))
  })

  it('spends store credit for its e-mail alone, however that is written', async () => {
    const email = `${unique('Ada')}@shop.example`
    const credit = await makeGiftCard(api, 1000, { kind: 'store_credit', email })
    expect(JSON.stringify(await staff.get(`${PATH}/${credit.id}`))).not.toContain(email)
    const owner = await shopperWith([credit], { email: email.toUpperCase() })
    expect(owner.cart.totals.amount_due).toEqual(usd(TOTAL - 1000))
    const other = (await api.patch(`/v1/carts/${owner.cartId}`, { email: 'eve@shop.example' }, owner)).body
    expect(other.totals.amount_due).toEqual(usd(TOTAL))
    expect(other.warnings).toMatchObject([{ code: 'GIFT_CARD_UNUSABLE', target: credit.id }])
    const nobody = await api.post('/v1/carts', {})
    const anonymous = { cartId: nobody.body.id, token: nobody.body.session.access_token, cart: nobody.body }
    expect((await tryCodes(anonymous, [credit.code])).status).toBe(422)
    const unpaid = await complete(api, { ...owner, cart: other }, { test_outcome: 'succeeded' })
    expect(unpaid.body.order).toMatchObject({ gift_cards: [], totals: { amount_due: usd(TOTAL) } })
    expect(await balanceOf(api, credit)).toBe(1000)
  })

  it('keeps the cards of both when carts are merged', async () => {
    const cards = await Promise.all([100, 200, 300].map((amount) => makeGiftCard(api, amount)))
    const [first, second, third] = cards as [TestGiftCard, TestGiftCard, TestGiftCard]
    const [target, source] = [await shopperWith([first, second]), await shopperWith([second, third])]
    const wish = { from_cart_id: source.cartId, from_access_token: source.token }
    const merged = await api.post(`/v1/carts/${target.cartId}/merge`, wish, target)
    expect(merged.body.gift_cards.map(({ id }: { id: string }) => id)).toEqual(cards.map(({ id }) => id))
    expect(merged.body.totals.total.amount - merged.body.totals.amount_due.amount).toBe(600)
  })

  it('gives no card to whoever follows its recovery link', async () => {
    const owner = await shopperWith([await makeGiftCard(api, 1000)])
    const end = { subject: owner.cartId, expiresAt: new Date(Date.now() + 3600_000) }
    const token = await signRecoveryToken(parseConfig(api.bindings), end, new Date(), mint)
    const recovered = await api.post('/v1/carts/recover', { token })
    expect(recovered).toMatchObject({ status: 201, body: { lines: [{ quantity: 1 }], gift_cards: [] } })
  })
})

describe('complete', () => {
  it('pays a part by cards and the rest by a provider', async () => {
    const [first, second] = [await makeGiftCard(api, 1000), await makeGiftCard(api, 600)]
    const owner = await shopperWith([first, second])
    const { status, body } = await complete(api, owner)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.order.gift_cards).toEqual([
      { id: first.id, last4: first.last4, amount: usd(1000) },
      { id: second.id, last4: second.last4, amount: usd(600) },
    ])
    expect(body.order.payments).toMatchObject([{ amount: usd(TOTAL - 1600) }])
    expect([await balanceOf(api, first), await balanceOf(api, second)]).toEqual([0, 0])
    // The cart goes on to show what it has claimed as its own; nobody else can spend it.
    expect((await show(owner)).totals.amount_due).toEqual(usd(TOTAL - 1600))
    expect((await tryCodes(await shopper(), [first.code])).body.errors[0].detail).toContain('used up')
    await pay(api, body.payment.id)
    const order = (await api.get(`/v1/orders/${body.order.id}`, owner)).body
    expect(order).toMatchObject({ status: 'confirmed', payment_status: 'paid', gift_cards: body.order.gift_cards })
    const ledger = await staff.get(`${PATH}/${first.id}`)
    expect(ledger.entries).toContainEqual(
      expect.objectContaining({ kind: 'claimed', amount: -1000, order_id: body.order.id, reason: null }),
    )
    expect(await violations(api)).toEqual([])
  })

  it('needs no provider where cards pay all of it', async () => {
    const card = await makeGiftCard(api, 5000)
    const owner = await shopperWith([card])
    const wish = { expected_total: owner.cart.totals.total, expected_amount_due: usd(0) }
    const ask = { token: owner.token, key: crypto.randomUUID() }
    const { status, body } = await api.post(`/v1/carts/${owner.cartId}/complete`, wish, ask)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ status: 'completed', payment: null, order: { payment_status: 'paid', payments: [] } })
    expect(body.order.number).toEqual(expect.any(Number))
    expect(await balanceOf(api, card)).toBe(5000 - TOTAL)
    const replayed = await api.post(`/v1/carts/${owner.cartId}/complete`, wish, ask)
    expect(replayed.body).toEqual(body)
    expect(await balanceOf(api, card)).toBe(5000 - TOTAL)
    expect(await violations(api)).toEqual([])
  })

  it('asks what the shopper has seen is left to pay', async () => {
    const card = await makeGiftCard(api, 1000)
    const owner = await shopperWith([card])
    const ask = (body: Record<string, unknown>) =>
      api.post(
        `/v1/carts/${owner.cartId}/complete`,
        { payment: { provider: 'test' }, expected_total: owner.cart.totals.total, ...body },
        { token: owner.token, key: crypto.randomUUID() },
      )
    const silent = await ask({})
    expect(silent).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expected_amount_due' }] } })
    for (const wrong of [usd(TOTAL), usd(TOTAL - 999), { amount: TOTAL - 1000, currency: 'EUR' }]) {
      const refused = await ask({ expected_amount_due: wrong })
      expect(refused).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
      expect(refused.body.differences).toEqual([
        { what: 'amount_due', target: null, expected: wrong, actual: usd(TOTAL - 1000) },
      ])
    }
    // A card that pays nothing any more is no reason to charge what nobody has agreed to.
    await staff.patch(`${PATH}/${card.id}`, { status: 'disabled' })
    expect((await ask({})).status).toBe(422)
    const { body } = await ask({ payment: undefined, expected_amount_due: usd(TOTAL - 1000) })
    expect(body).toMatchObject({ code: 'cart_changed', cart: { warnings: [{ code: 'GIFT_CARD_UNUSABLE' }] } })
    expect(body.cart).toEqual(await show(owner))
    expect(await balanceOf(api, card)).toBe(1000)
  })

  it('decides anew when a card is disabled, over or emptied between its look and its commit', async () => {
    for (const change of [
      (path: string) => staff.patch(path, { status: 'disabled' }),
      (path: string) => staff.patch(path, { expires_at: '2020-01-01T00:00:00Z' }),
      (path: string) => staff.post(`${path}/adjustments`, { amount: -1, reason: 'Taken back' }),
    ]) {
      const card = await makeGiftCard(api, 1000)
      const owner = await shopperWith([card])
      const before = async (call: number) => (call === 2 ? await change(`${PATH}/${card.id}`) : null)
      const hooked = createApi({ bindings: { DB: withHook(api.bindings.DB, before) } })
      const { status, body } = await complete(hooked, owner)
      expect([status, body.code]).toEqual([409, 'cart_changed'])
      expect(body.cart).toEqual(await show(owner))
      expect((await staff.get(`${PATH}/${card.id}`)).entries.map(({ kind }: { kind: string }) => kind)).not.toContain(
        'claimed',
      )
    }
    expect(await violations(api)).toEqual([])
  })

  it('places another order where other cards pay the same', async () => {
    const [first, second] = [await makeGiftCard(api, 1000), await makeGiftCard(api, 600)]
    const owner = await shopperWith([first, second])
    const pending = await complete(api, owner)
    await staff.patch(`${PATH}/${first.id}`, { status: 'disabled' })
    await staff.post(`${PATH}/${second.id}/adjustments`, { amount: 1000, reason: 'Instead of the other' })
    const again = await complete(api, owner)
    expect(again.body.order.gift_cards).toEqual([{ id: second.id, last4: second.last4, amount: usd(1600) }])
    expect(again.body.order.id).not.toBe(pending.body.order.id)
    expect([await balanceOf(api, first), await balanceOf(api, second)]).toEqual([1000, 0])
    expect(await violations(api)).toEqual([])
  })

  it('costs two rows more for each card, and no trip', async () => {
    const costs = await Promise.all(
      [0, 1, 4].map(async (count) => {
        const cards = await Promise.all(Array.from({ length: count }, () => makeGiftCard(api, 100)))
        const owner = await (count === 0 ? shopper() : shopperWith(cards))
        const timing = (await complete(api, owner)).headers.get('Server-Timing') ?? ''
        return /trips=(\d+) read=\d+ written=(\d+)/.exec(timing)?.slice(1).map(Number) ?? []
      }),
    )
    const [[trips = 0, written = 0] = [], ...others] = costs
    expect(others).toEqual([
      [trips, written + 2],
      [trips, written + 8],
    ])
  })

  it('gives the claim back when the order is given up, to a card that is disabled too', async () => {
    const card = await makeGiftCard(api, 1000)
    const owner = await shopperWith([card])
    const first = await complete(api, owner)
    expect(await balanceOf(api, card)).toBe(0)
    await staff.patch(`${PATH}/${card.id}`, { status: 'disabled' })
    const edited = (await api.patch(`/v1/carts/${owner.cartId}`, { note: 'Ring twice' }, owner)).body
    expect(await balanceOf(api, card)).toBe(1000)
    expect(edited.totals.amount_due).toEqual(usd(TOTAL))
    const given = (await api.get(`/v1/orders/${first.body.order.id}`, owner)).body
    expect(given).toMatchObject({ status: 'cancelled', gift_cards: [{ id: card.id, amount: usd(1000) }] })
    await staff.patch(`${PATH}/${card.id}`, { status: 'active' })
    const again = await complete(api, { ...owner, cart: await show(owner) }, { test_outcome: 'succeeded' })
    expect(again.body.order).toMatchObject({ status: 'confirmed', gift_cards: [{ id: card.id, amount: usd(1000) }] })
    const { entries } = await staff.get(`${PATH}/${card.id}`)
    expect(entries.map(({ kind, amount }: Record<string, unknown>) => `${kind} ${amount}`).sort()).toEqual([
      'claimed -1000',
      'claimed -1000',
      'issued 1000',
      'released 1000',
    ])
    expect(await violations(api)).toEqual([])
  })
})

describe('money that goes back to a card', () => {
  const commit = (refund: Partial<GiftCardRefund>) => {
    const { db, now } = systemContext('test', testEnv(), api.deps, () => {})
    const whole = { giftCardId: '', orderId: '', refundId: mint('refund'), amount: 1, actor: 'system:test', ...refund }
    return db.commit(refundToGiftCard(whole, now))
  }

  it('is at most what the order took from it, each refund once, and none of an order that was given up', async () => {
    const [card, other] = [await makeGiftCard(api, 1000), await makeGiftCard(api, 1000)]
    const owner = await shopperWith([card])
    const orderId = (await complete(api, owner)).body.order.id
    const back = { giftCardId: card.id, orderId }
    const refundId = mint('refund')
    await commit({ ...back, refundId, amount: 400 })
    await expect(commit({ ...back, refundId, amount: 100 })).rejects.toThrow('gift_card_entries.gift_card_id')
    await expect(commit({ ...back, amount: 601 })).rejects.toThrow('refund_exceeds_captured')
    await expect(commit({ ...back, giftCardId: other.id })).rejects.toThrow('refund_exceeds_captured')
    await expect(commit({ ...back, orderId: mint('order') })).rejects.toThrow('refund_exceeds_captured')
    expect([await balanceOf(api, card), await balanceOf(api, other)]).toEqual([400, 1000])
    expect(await violations(api)).toEqual([])
    const { DB } = testEnv()
    await DB.batch([
      DB.prepare('DELETE FROM gift_card_entries WHERE reference = ?').bind(refundId),
      DB.prepare('UPDATE gift_cards SET balance = 0 WHERE id = ?').bind(card.id),
    ])
    await api.patch(`/v1/carts/${owner.cartId}`, { note: 'Given up' }, owner)
    await expect(commit({ ...back, amount: 1 })).rejects.toThrow('refund_exceeds_captured')
    expect(await balanceOf(api, card)).toBe(1000)
    expect(await violations(api)).toEqual([])
  })
})
