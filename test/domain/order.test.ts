import { describe, expect, it } from 'vitest'
import {
  canMove,
  type FulfillableLine,
  fulfillmentStatusOf,
  isFinished,
  type Lifecycle,
  type PaymentStatus,
  paymentStatusOf,
} from '../../src/domain/order.ts'

/** Every status, and every step that may be taken. Whatever is not here is refused. */
const LIFECYCLES: Record<Lifecycle, { statuses: string; steps: string }> = {
  order: {
    statuses: 'pending confirmed completed cancelled',
    steps: 'pending>confirmed pending>cancelled confirmed>completed confirmed>cancelled',
  },
  payment: {
    statuses: 'pending authorized paid partially_refunded refunded failed voided',
    steps: `pending>authorized pending>paid pending>failed pending>voided failed>pending failed>authorized failed>paid
      failed>voided authorized>paid authorized>partially_refunded authorized>refunded authorized>voided
      paid>partially_refunded paid>refunded partially_refunded>partially_refunded partially_refunded>refunded
      partially_refunded>paid refunded>partially_refunded refunded>paid voided>paid voided>partially_refunded
      voided>refunded`,
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
    expect(CASES.filter(([, , , legal]) => legal)).toHaveLength(4 + 22 + 4)
  })
})

describe('where the payment of a confirmed order stands', () => {
  const none = { due: 1000, captured: 0, capturable: 0, tendered: 0, returned: 0 }
  it.each<[PaymentStatus, string, Partial<typeof none>]>([
    ['authorized', 'all of it may still be captured', { capturable: 1000 }],
    [
      'authorized',
      'a part was captured, and some of that given back',
      { captured: 400, capturable: 600, returned: 100 },
    ],
    ['voided', 'nothing was captured, and nothing will be', {}],
    ['voided', 'nothing was captured, whatever a gift card paid', { due: 400, tendered: 600, returned: 600 }],
    ['paid', 'all was captured', { captured: 1000 }],
    ['paid', 'a part was, and no more will be', { captured: 400 }],
    ['paid', 'gift cards paid all', { due: 0, tendered: 1000 }],
    ['paid', 'there was nothing to pay', { due: 0 }],
    ['partially_refunded', 'a part of what was captured went back', { captured: 400, returned: 399 }],
    ['partially_refunded', 'only the payment went back', { due: 400, captured: 400, tendered: 600, returned: 400 }],
    ['refunded', 'all that was captured went back', { captured: 400, returned: 400 }],
    ['refunded', 'all went back, to cards too', { due: 400, captured: 400, tendered: 600, returned: 1000 }],
  ])('%s: %s', (status, _, sums) => {
    expect(paymentStatusOf({ ...none, ...sums })).toBe(status)
  })

  it('is finished once it is shipped, and all that will be captured is', () => {
    const finished = (['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'voided'] as const).filter(
      (paymentStatus) => isFinished({ paymentStatus, fulfillmentStatus: 'fulfilled' }),
    )
    expect(finished).toEqual(['paid', 'partially_refunded', 'refunded'])
    expect(isFinished({ paymentStatus: 'paid', fulfillmentStatus: 'partially_fulfilled' })).toBe(false)
  })
})

describe('where the shipping of an order stands', () => {
  const line = (quantity: number, fulfilledQuantity: number, removedQuantity = 0): FulfillableLine => ({
    ...{ quantity, fulfilledQuantity, removedQuantity },
  })
  it.each<[string, FulfillableLine[]]>([
    ['unfulfilled', []],
    ['unfulfilled', [line(2, 0), line(1, 0)]],
    ['unfulfilled', [line(2, 0, 2)]],
    ['partially_fulfilled', [line(2, 1)]],
    ['partially_fulfilled', [line(2, 2), line(1, 0)]],
    ['fulfilled', [line(2, 2), line(1, 1)]],
    ['fulfilled', [line(2, 1, 1), line(1, 0, 1)]],
  ])('%s: %j', (status, lines) => {
    expect(fulfillmentStatusOf(lines)).toBe(status)
  })
})
