import { describe, expect, it } from 'vitest'
import { type Item, type ItemFilter, matchesItem } from '../../src/domain/item-filter.ts'

const ITEM: Item = {
  productId: 'prod_1',
  variantId: 'var_1',
  collectionIds: ['col_1', 'col_2'],
  tags: ['tea', 'green'],
  reduced: false,
}

describe('a filter of goods', () => {
  it.each<[string, ItemFilter | undefined, Partial<Item>?]>([
    ['none at all', undefined],
    ['an empty one', {}],
    ['empty lists', { product_ids: [], variant_ids: [], collection_ids: [], tags: [] }],
    ['its product', { product_ids: ['prod_0', 'prod_1'] }],
    ['its variant', { variant_ids: ['var_1'] }],
    ['one of its collections', { collection_ids: ['col_2'] }],
    ['one of its tags', { tags: ['green'] }],
    ['any of several lists', { product_ids: ['prod_9'], tags: ['tea'] }],
    ['others excluded', { exclude: { product_ids: ['prod_9'], tags: ['black'] } }],
    ['nothing excluded', { exclude: {} }],
    ['reduced goods excluded, which it is not', { exclude: { reduced: true } }],
    ['reduced goods not excluded', { exclude: { reduced: false } }, { reduced: true }],
  ])('matches: %s', (_what, filter, changes) => {
    expect(matchesItem(filter, { ...ITEM, ...changes })).toBe(true)
  })

  it.each<[string, ItemFilter, Partial<Item>?]>([
    ['another product', { product_ids: ['prod_9'] }],
    ['another variant', { variant_ids: ['var_11'] }],
    ['another collection', { collection_ids: ['col_9'] }],
    ['a tag in other letters', { tags: ['Tea'] }],
    ['its product listed and excluded', { product_ids: ['prod_1'], exclude: { product_ids: ['prod_1'] } }],
    ['its product listed, its variant excluded', { product_ids: ['prod_1'], exclude: { variant_ids: ['var_1'] } }],
    ['all but one of its collections', { exclude: { collection_ids: ['col_1'] } }],
    ['all but one of its tags', { exclude: { tags: ['tea'] } }],
    ['all but reduced goods, which it is', { exclude: { reduced: true } }, { reduced: true }],
    ['goods without any collection', { collection_ids: ['col_1'] }, { collectionIds: [] }],
  ])('does not match: %s', (_what, filter, changes) => {
    expect(matchesItem(filter, { ...ITEM, ...changes })).toBe(false)
  })
})
