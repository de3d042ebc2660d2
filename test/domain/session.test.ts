import { expect, it } from 'vitest'
import { scopesFor } from '../../src/domain/session.ts'

it('writing includes reading, never the other way round', () => {
  expect(scopesFor('orders:read')).toEqual(['orders:read', 'orders:write', '*'])
  expect(scopesFor('orders:write')).toEqual(['orders:write', '*'])
})
