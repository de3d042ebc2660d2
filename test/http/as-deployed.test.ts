import { expect, it } from 'vitest'
import { routes } from '../../src/app.ts'
import { CartView } from '../../src/features/cart/contract.ts'

// Proved here for all tests in workerd: what they run does without, as what is deployed does.
it('runs without what only the document of the API says', () => {
  expect(routes.filter((route) => 'summary' in route || 'problems' in route)).toEqual([])
  expect(CartView().meta()).toBeUndefined()
})
