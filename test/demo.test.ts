import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CatalogCategory, readCatalog } from '../demo/catalog.ts'
import { BACKORDERS, DELIVERIES, DEPOT_STOCK, LOW_STOCK, PRODUCT_FIELDS, RISES, SALES } from '../demo/shop.ts'
import { checkCustomFields } from '../src/domain/custom-field.ts'

const { catalog, translations } = await readCatalog()
const { products, collections } = catalog
const handles = new Set(products.map(({ handle }) => handle))
const list = (nodes: readonly CatalogCategory[]): string[] =>
  nodes.flatMap(({ handle, children = [] }) => [handle, ...list(children)])
const categories = list(catalog.categories)
const missing = (names: readonly string[], known: Iterable<string>) => {
  const there = new Set(known)
  return names.filter((name) => !there.has(name))
}

describe('the demo shop', () => {
  it('names nothing that is not there', () => {
    expect(new Set(categories).size).toBe(categories.length)
    expect(
      missing(
        products.map(({ category }) => category),
        categories,
      ),
    ).toEqual([])
    expect(
      missing(
        products.flatMap(({ related = [] }) => related),
        handles,
      ),
    ).toEqual([])
    expect(
      missing(
        collections.flatMap(({ products: of = [] }) => of),
        handles,
      ),
    ).toEqual([])
    expect(
      missing(
        SALES.flatMap(({ products: of }) => of),
        handles,
      ),
    ).toEqual([])
    const skus = products.flatMap(({ variants }) => variants.map(({ sku }) => sku))
    expect(
      missing(
        RISES.map(({ sku }) => sku),
        skus,
      ),
    ).toEqual([])
    expect(missing([DEPOT_STOCK, DELIVERIES, BACKORDERS, LOW_STOCK].flatMap(Object.keys), skus)).toEqual([])
    const fields = PRODUCT_FIELDS.map((field) => ({ ...field, options: {} }))
    expect(products.flatMap(({ custom_fields = {} }) => checkCustomFields(custom_fields, fields, ''))).toEqual([])
  })

  it('has a picture of each product', () => {
    const urls = products.flatMap(({ images }) => images.map(({ url }) => url))
    expect(urls.length).toBeGreaterThanOrEqual(products.length)
    expect(urls.filter((url) => !existsSync(path.join(import.meta.dirname, '../public', url)))).toEqual([])
  })

  it('translates only what there is, and every category and collection', () => {
    for (const [locale, of] of Object.entries(translations)) {
      expect(Object.keys(of.categories).sort(), locale).toEqual([...categories].sort())
      expect(Object.keys(of.collections).sort(), locale).toEqual(collections.map(({ handle }) => handle).sort())
      for (const [handle, { options = {} }] of Object.entries(of.products)) {
        const product = products.find((each) => each.handle === handle)
        expect(missing(Object.keys(options), product?.options ?? []), `${locale} ${handle}`).toEqual([])
        for (const [name, { values = {} }] of Object.entries(options)) {
          const chosen = product?.variants.map((variant) => variant.options[name] ?? '') ?? []
          expect(missing(Object.keys(values), chosen), `${locale} ${handle} ${name}`).toEqual([])
        }
      }
    }
  })
})
