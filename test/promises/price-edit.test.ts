import { describe, expect, it } from 'vitest'
import { type Api, createApi, makeProduct, unique } from '../support/api.ts'
import { holdNextRead } from '../support/faults.ts'
import { seedShop } from '../support/shop.ts'

const SECOND = 1000
/** `freshMs` of the families: docs/storage.md. */
const BOUND = 60 * SECOND

async function priceOf(api: Api, handle: string): Promise<number> {
  const { status, body } = await api.get(`/v1/products/${handle}`)
  expect(status).toBe(200)
  return body.variants[0].price.amount
}

async function cardPriceOf(api: Api, vendor: string): Promise<number> {
  return (await api.get(`/v1/products?vendor=${vendor}`)).body.data[0].price_range.min.amount
}

async function setPrice(api: Api, id: string, sku: string, amount: number): Promise<void> {
  const { staffKey: token } = await seedShop()
  const variants = [{ sku, prices: [{ currency: 'USD', amount }], inventory: { on_hand: 100 } }]
  expect((await api.patch(`/v1/admin/products/${id}`, { variants }, { token })).status).toBe(200)
}

/** An isolate of its own, `seconds` later. */
const isolate = (seconds = 0) => createApi({ deps: { clock: () => new Date(Date.now() + seconds * SECOND) } })

describe('a price that staff edit', () => {
  it('is seen by the next read in the same isolate, hot answers and lists too', async () => {
    const api = createApi()
    const vendor = unique('Vendor')
    const { id, handle, sku } = await makeProduct(api, { vendor })
    for (const amount of [2500, 1800]) {
      // Twice, so that the second read is answered from what the isolate has rendered.
      await priceOf(api, handle)
      await priceOf(api, handle)
      await cardPriceOf(api, vendor)
      await setPrice(api, id, sku, amount)
      expect(await priceOf(api, handle)).toBe(amount)
      expect(await cardPriceOf(api, vendor)).toBe(amount)
    }
  })

  it('is seen by every other isolate within the stated bound', async () => {
    const editor = createApi()
    const vendor = unique('Vendor')
    const { id, handle, sku } = await makeProduct(editor, { vendor })
    let later = 0
    const other = createApi({ deps: { clock: () => new Date(Date.now() + later) } })
    expect(await priceOf(other, handle)).toBe(2000)
    expect(await cardPriceOf(other, vendor)).toBe(2000)
    await setPrice(editor, id, sku, 2500)
    later = BOUND
    expect(await priceOf(other, handle)).toBe(2500)
    expect(await cardPriceOf(other, vendor)).toBe(2500)
  })

  it('is not undone by a refill that was held up across the edit, in this isolate or through KV', async () => {
    const held = holdNextRead(createApi().bindings.DB)
    const api = createApi({ bindings: { DB: held.database } })
    const { id, handle, sku } = await makeProduct(api)
    held.arm()
    const slow = priceOf(api, handle)
    await held.caught
    await setPrice(api, id, sku, 2500)
    held.release()
    // It began before the edit: what it answers may be either. What comes after may not.
    await slow
    for (let again = 0; again < 3; again += 1) expect(await priceOf(api, handle)).toBe(2500)
    expect(await priceOf(isolate(), handle)).toBe(2500)
  })

  it('is seen within the bound even where the refill that was held up is another isolate’s', async () => {
    const editor = createApi()
    const { id, handle, sku } = await makeProduct(editor)
    const held = holdNextRead(editor.bindings.DB)
    const other = createApi({ bindings: { DB: held.database } })
    held.arm()
    const slow = priceOf(other, handle)
    await held.caught
    await setPrice(editor, id, sku, 2500)
    held.release()
    await slow
    expect(await priceOf(editor, handle)).toBe(2500)
    expect(await priceOf(isolate(BOUND / SECOND), handle)).toBe(2500)
  })
})
