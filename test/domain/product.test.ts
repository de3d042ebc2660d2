import { describe, expect, it } from 'vitest'
import { checkDraft, type ProductDraft, type VariantDraft } from '../../src/domain/product.ts'

const VARIANT: VariantDraft = {
  sku: null,
  options: {},
  prices: [],
  barcode: null,
  weightGrams: 0,
  requiresShipping: true,
  taxable: true,
  imageUrl: null,
  taxCategory: 'standard',
  quantity: { min: 1, max: null, step: 1 },
  unitMeasure: null,
  inventory: { policy: 'deny', onHand: 0 },
}
const price = (currency: string) => ({ currency, marketId: '', minQuantity: 1, amount: 1, compareAtAmount: null })

function draft(variants: Partial<VariantDraft>[], changes: Partial<ProductDraft> = {}): ProductDraft {
  return {
    handle: 'mug',
    title: 'Mug',
    descriptionHtml: '',
    vendor: '',
    productType: '',
    tags: [],
    status: 'draft',
    seo: { title: null, description: null },
    options: [],
    images: [],
    variants: variants.map((variant) => ({ ...VARIANT, ...variant })),
    metadata: {},
    privateMetadata: {},
    publishedAt: null,
    unpublishedAt: null,
    categoryId: null,
    customFields: {},
    relatedIds: [],
    ...changes,
  }
}

const SIZES = { options: ['Size'] }

describe('checkDraft', () => {
  it.each<[string, ProductDraft]>([
    ['one variant without a choice', draft([{}])],
    ['two sizes', draft([{ options: { Size: 'S' } }, { options: { Size: 'M' } }], SIZES)],
    ['several variants without a SKU', draft([{ options: { Size: 'S' } }, { options: { Size: 'M' } }], SIZES)],
    [
      'an image of the product',
      draft([{ imageUrl: 'u' }], { images: [{ url: 'u', alt: '', width: null, height: null }] }),
    ],
    ['a price a currency', draft([{ prices: [price('USD'), price('EUR')] }])],
  ])('finds nothing wrong with %s', (_what, given) => {
    expect(checkDraft(given)).toEqual([])
  })

  it.each<[string, ProductDraft, string[]]>([
    ['a missing choice', draft([{ options: {} }], SIZES), ['/variants/0/options']],
    ['a choice of another name', draft([{ options: { Colour: 'red' } }], SIZES), ['/variants/0/options']],
    ['one choice too many', draft([{ options: { Size: 'S', Colour: 'red' } }], SIZES), ['/variants/0/options']],
    [
      'the same choice twice',
      draft([{ options: { Size: 'S' } }, { options: { Size: 'S' } }], SIZES),
      ['/variants/1/options'],
    ],
    ['two variants without a choice', draft([{}, {}]), ['/variants/1/options']],
    ['an image of another product', draft([{ imageUrl: 'u' }]), ['/variants/0/image_url']],
    ['two prices in one currency', draft([{ prices: [price('USD'), price('USD')] }]), ['/variants/0/prices']],
    [
      'one SKU twice',
      draft(
        [
          { sku: 'A', options: { Size: 'S' } },
          { sku: 'A', options: { Size: 'M' } },
        ],
        SIZES,
      ),
      ['/variants'],
    ],
  ])('points at %s', (_what, given, pointers) => {
    expect(checkDraft(given).map(({ pointer }) => pointer)).toEqual(pointers)
  })

  it.each(['constructor', 'toString', '__proto__'])('takes no option for chosen that every object has: %s', (name) => {
    const faults = checkDraft(draft([{ options: { Size: 'M' } }], { options: [name] }))
    expect(faults).toMatchObject([{ pointer: '/variants/0/options' }])
  })
})

describe('how many may be ordered', () => {
  it.each<[VariantDraft['quantity'], string[]]>([
    [{ min: 1, max: null, step: 1 }, []],
    [{ min: 6, max: 24, step: 6 }, []],
    [{ min: 6, max: 6, step: 6 }, []],
    [{ min: 1, max: null, step: 6 }, ['min_quantity']],
    [{ min: 6, max: 20, step: 6 }, ['max_quantity']],
    [{ min: 7, max: 20, step: 6 }, ['min_quantity', 'max_quantity']],
    [{ min: 12, max: 6, step: 6 }, ['max_quantity']],
  ])('%j is refused at %j', (quantity, fields) => {
    const faults = checkDraft(draft([{}, { quantity, options: {} }]))
    const pointers = faults.map(({ pointer }) => pointer).filter((pointer) => pointer.endsWith('_quantity'))
    expect(pointers).toEqual(fields.map((field) => `/variants/1/${field}`))
  })
})
