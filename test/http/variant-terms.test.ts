import { describe, expect, it } from 'vitest'
import { createApi, unique } from '../support/api.ts'
import { pointersOf } from '../support/refusals.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const USUAL = { tax_category: 'standard', min_quantity: 1, max_quantity: null, quantity_step: 1 }
const PACKS = { tax_category: 'reduced', min_quantity: 12, max_quantity: 48, quantity_step: 6 }

function product(terms: Record<string, unknown>) {
  const sku = unique('TERMS')
  const prices = [{ amount: 500, currency: 'USD' }]
  return { title: unique('Terms'), status: 'active', variants: [{ sku, prices, ...terms }] }
}

describe('the terms of a variant', () => {
  it('are the usual ones where staff say nothing', async () => {
    const { variants, handle } = await staff.post('/v1/admin/products', product({}))
    expect(variants).toMatchObject([USUAL])
    const { body } = await api.get(`/v1/products/${handle}`)
    expect(body.variants[0].quantity).toBeNull()
  })

  it('are shown to staff and, without the tax, to everybody', async () => {
    const { id, variants, handle } = await staff.post('/v1/admin/products', product(PACKS))
    expect(variants).toMatchObject([PACKS])
    expect((await staff.get(`/v1/admin/products/${id}`)).variants).toMatchObject([PACKS])
    for (const path of [`/v1/products/${handle}`, `/v1/products/${handle}/variants`]) {
      const { body } = await api.get(path)
      const [shown] = body.variants ?? body.data
      expect(shown.quantity).toEqual({ min: 12, max: 48, step: 6 })
      expect(shown).not.toHaveProperty('tax_category')
    }
  })

  it('begin with one step where only the step is given', async () => {
    const { variants } = await staff.post('/v1/admin/products', product({ quantity_step: 6 }))
    expect(variants).toMatchObject([{ ...USUAL, min_quantity: 6, quantity_step: 6 }])
  })

  it('change with the product, and what changes nothing keeps its version', async () => {
    const sent = product(PACKS)
    const { id } = await staff.post('/v1/admin/products', sent)
    const path = `/v1/admin/products/${id}`
    expect(await staff.patch(path, { variants: sent.variants })).toMatchObject({ version: 1 })
    for (const [version, change] of [
      [2, { tax_category: 'books' }],
      [3, { max_quantity: null }],
      [4, { min_quantity: 6 }],
      [5, { quantity_step: 2 }],
    ] as const) {
      Object.assign(sent.variants[0] ?? {}, change)
      const saved = await staff.patch(path, { variants: sent.variants })
      expect(saved).toMatchObject({ version, variants: [change] })
    }
    // A change of something else leaves them.
    expect(await staff.patch(path, { title: unique('Other') })).toMatchObject({
      variants: [{ tax_category: 'books', min_quantity: 6, max_quantity: null, quantity_step: 2 }],
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['tax_category', { tax_category: 'Reduced' }],
    ['tax_category', { tax_category: '' }],
    ['tax_category', { tax_category: 'x'.repeat(41) }],
    ['min_quantity', { min_quantity: 0 }],
    ['min_quantity', { min_quantity: 10_000 }],
    ['max_quantity', { max_quantity: 0 }],
    ['quantity_step', { quantity_step: 0 }],
    ['quantity_step', { quantity_step: 1.5 }],
    ['min_quantity', { min_quantity: 5, quantity_step: 2 }],
    ['max_quantity', { max_quantity: 5, quantity_step: 2 }],
    ['max_quantity', { min_quantity: 4, max_quantity: 2 }],
  ])('are refused at %s: %j', async (field, terms) => {
    const answer = await staff.try('post', '/v1/admin/products', product(terms))
    expect(answer.status).toBe(422)
    expect(pointersOf(answer)).toEqual([`/variants/0/${field}`])
  })

  it('stay what they are when an import that cannot say them changes the product', async () => {
    const sent = product(PACKS)
    const { id, handle } = await staff.post('/v1/admin/products', sent)
    const csv = `Handle,Title,Variant SKU,Variant Price\n${handle},Imported,${sent.variants[0]?.sku},7.00\n`
    await staff.post('/v1/admin/imports', csv, { headers: { 'Content-Type': 'text/csv' } })
    const { title, variants } = await staff.get(`/v1/admin/products/${id}`)
    expect({ title, variants }).toMatchObject({
      title: 'Imported',
      variants: [{ ...PACKS, prices: [{ amount: 700 }] }],
    })
  })
})
