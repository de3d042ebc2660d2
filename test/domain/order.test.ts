import { describe, expect, it } from 'vitest'
import { canMove, type Lifecycle } from '../../src/domain/order.ts'

/** Every status, and every step that may be taken. Whatever is not here is refused. */
const LIFECYCLES: Record<Lifecycle, { statuses: string; steps: string }> = {
  order: {
    statuses: 'pending confirmed completed cancelled',
    steps: 'pending>confirmed pending>cancelled confirmed>completed confirmed>cancelled',
  },
  payment: {
    statuses: 'pending authorized paid partially_refunded refunded failed voided',
    steps: `pending>authorized pending>paid pending>failed pending>voided failed>pending failed>authorized failed>paid
      failed>voided authorized>paid authorized>voided paid>partially_refunded paid>refunded
      partially_refunded>partially_refunded partially_refunded>refunded voided>paid`,
  },
  fulfillment: {
    statuses: 'unfulfilled partially_fulfilled fulfilled',
    steps: `unfulfilled>partially_fulfilled unfulfilled>fulfilled partially_fulfilled>partially_fulfilled
      partially_fulfilled>fulfilled`,
  },
}

const CASES = Object.entries(LIFECYCLES).flatMap(([lifecycle, { statuses, steps }]) => {
  const all = [...statuses.split(' '), 'unknown']
  const legal = new Set(steps.split(/\s+/))
  return all.flatMap((from) => all.map((to) => [lifecycle as Lifecycle, from, to, legal.has(`${from}>${to}`)] as const))
})

describe('canMove', () => {
  it.each(CASES)('%s: %s to %s is %j', (lifecycle, from, to, legal) => {
    expect(canMove(lifecycle, from, to)).toBe(legal)
  })

  it('knows as many steps as the tables above', () => {
    expect(CASES.filter(([, , , legal]) => legal)).toHaveLength(4 + 15 + 4)
  })
})
