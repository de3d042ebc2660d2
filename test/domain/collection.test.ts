import { expect, it } from 'vitest'
import { type CollectionRule, checkRules, watchesStock } from '../../src/domain/collection.ts'

const tagged: CollectionRule = { field: 'tag', operator: 'is', value: 'in_stock' }
const inStock: CollectionRule = { field: 'in_stock', operator: 'is', value: false }

it('has rules where rules choose, and none where staff do', () => {
  expect(checkRules('rules', [tagged])).toEqual([])
  expect(checkRules('manual', [])).toEqual([])
  expect(checkRules('rules', [])).toMatchObject([{ pointer: '/rules' }])
  expect(checkRules('manual', [tagged])).toMatchObject([{ pointer: '/rules' }])
})

it('watches stock where a rule looks at it, whatever it wants of it', () => {
  expect(watchesStock([tagged])).toBe(false)
  expect(watchesStock([tagged, inStock])).toBe(true)
})
