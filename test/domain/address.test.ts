import { expect, it } from 'vitest'
import { normaliseEmail } from '../../src/domain/address.ts'

it('e-mail addresses are compared trimmed and in lower case', () => {
  expect(normaliseEmail('  Ada@Shop.Example\n')).toBe('ada@shop.example')
})
