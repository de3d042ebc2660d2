import { describe, expect, it } from 'vitest'
import {
  type CustomFieldDefinition,
  type CustomFieldOptions,
  type CustomFieldType,
  checkCustomFields,
  checkOptions,
  publicFields,
} from '../../src/domain/custom-field.ts'

const field = (type: CustomFieldType, options: CustomFieldOptions = {}): CustomFieldDefinition => ({
  key: 'field',
  type,
  visibility: 'public',
  options,
})
const isGood = (definition: CustomFieldDefinition, value: unknown) =>
  checkCustomFields({ field: value }, [definition], '').length === 0

const TABLE: readonly [CustomFieldDefinition, good: unknown[], bad: unknown[]][] = [
  [field('text'), ['', 'wool', 'x'.repeat(5000)], ['x'.repeat(5001), 1, true, [], {}]],
  [field('text', { choices: ['wool', 'silk'] }), ['wool', 'silk'], ['', 'Wool', 'wool ', ['wool']]],
  [field('text', { minimum: 2, maximum: 3 }), ['ab', 'abc'], ['a', 'abcd', 2]],
  [field('integer'), [0, -1, 9007199254740991], [0.5, '1', 9007199254740992, Number.NaN, true, []]],
  [field('integer', { minimum: 1, maximum: 5 }), [1, 5], [0, 6, -1]],
  [field('number'), [0, -0.5, 1e21], [Number.NaN, Number.POSITIVE_INFINITY, '1', [1]]],
  [field('number', { minimum: 0 }), [0, 1e9], [-0.001]],
  [field('boolean'), [true, false], ['true', 0, 1, []]],
  [
    field('date'),
    ['2026-11-24', '2024-02-29'],
    ['2026-02-29', '2026-13-01', '2026-11-31', '24.11.2026', '2026-11-24T00:00:00Z', 20261124],
  ],
  [
    field('url'),
    ['https://shop.example', 'http://a.b/c?d=e#f'],
    ['shop.example', 'javascript:alert(1)', 'https://', 'https://a b', 'ftp://a', `https://a/${'x'.repeat(2000)}`, 1],
  ],
  [
    field('money'),
    [
      { amount: 0, currency: 'EUR' },
      { amount: 1999, currency: 'JPY' },
    ],
    [
      { amount: 19.99, currency: 'EUR' },
      { amount: 1, currency: 'XYZ' },
      { amount: 1 },
      { amount: '1', currency: 'EUR' },
      1999,
      [],
      { amount: 1, currency: 'EUR', tax: 1 },
    ],
  ],
  [
    field('list_of_text'),
    [[], ['a', 'b'], Array(100).fill('a')],
    ['a', [1], [['a']], Array(101).fill('a'), ['x'.repeat(5001)]],
  ],
  [field('list_of_text', { choices: ['a', 'b'] }), [[], ['a'], ['b', 'a']], [['c'], ['a', 'c'], 'a']],
  [field('json'), [0, 'text', [], { a: { b: [null] } }, false], ['x'.repeat(10_000), { a: 'x'.repeat(10_000) }]],
]

describe('a value of a custom field', () => {
  it.each(TABLE.map(([definition, good, bad]) => ({ type: definition.type, definition, good, bad })))(
    'of type $type is held to it',
    ({ definition, good, bad }) => {
      for (const value of good) expect(isGood(definition, value), JSON.stringify(value)).toBe(true)
      for (const value of bad) expect(isGood(definition, value), JSON.stringify(value)?.slice(0, 80)).toBe(false)
      // Null unsets a field of any type.
      expect(isGood(definition, null)).toBe(true)
    },
  )

  it('of a key that is no field is refused, with a pointer that can be read', () => {
    const faults = checkCustomFields({ 'a/b~c': 1 }, [field('text')], '/custom_fields')
    expect(faults).toEqual([{ pointer: '/custom_fields/a~1b~0c', detail: 'is not a custom field; there are: field' }])
    expect(checkCustomFields({ x: 1 }, [], '')[0]?.detail).toContain('there are: none')
    expect(checkCustomFields({ toString: 1, constructor: 1 }, [field('json')], '')).toHaveLength(2)
  })

  it('is shown where its field is public and set', () => {
    const definitions = [field('text'), { ...field('integer'), key: 'cost', visibility: 'private' as const }]
    expect(publicFields({ field: 'wool', cost: 3, gone: 'x' }, definitions)).toEqual({
      field: { type: 'text', value: 'wool' },
    })
    expect(publicFields({}, definitions)).toEqual({})
  })

  it('show nothing that was left by a field of the same key and another type', () => {
    expect(publicFields({ field: 'supplier 12' }, [field('integer')])).toEqual({})
    // Limits that came later are no reason to hide what was right before.
    expect(publicFields({ field: 7 }, [field('integer', { maximum: 5 })])).toEqual({
      field: { type: 'integer', value: 7 },
    })
  })
})

describe('the options of a custom field', () => {
  it('go with its type, and their bounds are in order', () => {
    expect(checkOptions('text', { choices: ['a'], minimum: 1, maximum: 1 })).toEqual([])
    expect(checkOptions('number', { minimum: -1 })).toEqual([])
    expect(checkOptions('boolean', {})).toEqual([])
    expect(checkOptions('integer', { choices: ['a'] })).toMatchObject([{ pointer: '/choices' }])
    expect(checkOptions('date', { minimum: 1, maximum: 2 })).toMatchObject([
      { pointer: '/minimum' },
      { pointer: '/maximum' },
    ])
    expect(checkOptions('integer', { minimum: 2, maximum: 1 })).toMatchObject([{ pointer: '/minimum' }])
  })
})
