import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, createApi } from '../support/api.ts'
import { AT_WORK, type ManyOrder, ManyOrders } from '../support/order-scale.ts'
import { explain, scansOf } from '../support/query-plan.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { costOf } from '../support/scale.ts'
import { seedShop } from '../support/shop.ts'

const shop = new ManyOrders()
const SIZES = [2_000, 20_000]
const LIMIT = 24
const LIST = '/v1/admin/orders'

type Name = 'status' | 'payment_status' | 'fulfillment_status' | 'number' | 'email' | 'created_from' | 'created_to'
type Filter = Readonly<{ [name in Name]?: readonly string[] | undefined }>
const toQuery = (filter: Filter) =>
  Object.entries(filter)
    .flatMap(([name, values = []]) => values.map((value) => `${name}=${encodeURIComponent(value)}`))
    .join('&')

/** Every list that staff work with, and what each page of it may read: about two rows for each that it shows. */
const LISTS: readonly Filter[] = [
  {},
  { status: ['pending'] },
  { status: ['confirmed'] },
  { status: ['completed'] },
  { status: ['cancelled'] },
  { status: ['confirmed', 'cancelled'] },
  { status: ['pending', 'confirmed', 'completed', 'cancelled'] },
  { status: ['confirmed'], fulfillment_status: ['unfulfilled', 'partially_fulfilled'] },
  { fulfillment_status: ['unfulfilled'] },
  { fulfillment_status: ['partially_fulfilled'] },
  { fulfillment_status: ['fulfilled'] },
  { payment_status: ['authorized'] },
  { payment_status: ['paid'] },
  { payment_status: ['voided'] },
  { payment_status: ['pending', 'failed'] },
  { payment_status: ['partially_refunded', 'refunded'] },
  { status: ['completed'], payment_status: ['refunded'] },
  { status: ['confirmed'], payment_status: ['refunded', 'partially_refunded'] },
  { status: ['completed'], fulfillment_status: ['unfulfilled'] },
  { number: ['1501'] },
  { email: ['7@many.example'] },
  { email: ['7@MANY.example'], status: ['completed'] },
  { created_from: ['2026-01-01T10:00:00Z'], created_to: ['2026-01-01T10:30:00Z'] },
  { created_from: ['2026-01-01T05:00:00+01:00'], status: ['confirmed'] },
]

/** The model: every order that the filter finds, newest first. */
function find(orders: readonly ManyOrder[], filter: Filter): string[] {
  const among = (name: Name, value: string) => filter[name] === undefined || filter[name].includes(value)
  const [from] = filter.created_from ?? []
  const [to] = filter.created_to ?? []
  const found = orders.filter(
    ({ status, payment, fulfillment, number, email, at }) =>
      among('status', status) &&
      among('payment_status', payment) &&
      among('fulfillment_status', fulfillment) &&
      among('number', String(number)) &&
      (filter.email?.[0] ?? email).toLowerCase() === email &&
      (from === undefined || at >= Date.parse(from)) &&
      (to === undefined || at < Date.parse(to)),
  )
  return found.map(({ id }) => id).reverse()
}

async function ask(filter: Filter, cursor = '', limit = LIMIT): Promise<Answer> {
  const page = cursor === '' ? '' : `&cursor=${cursor}`
  const answer = await shop.get(`${LIST}?limit=${limit}&${toQuery(filter)}${page}`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer
}

async function walk(filter: Filter): Promise<string[]> {
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await ask(filter, cursor, 100)
    seen.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.next_cursor ?? ''
  } while (cursor !== '')
  return seen
}

/** A page of 25 from each of up to three indexes with the rows behind them, beside all that are at work. */
const AT_MOST = 3 * (LIMIT + 1) + AT_WORK
/** How many rows lie between those that match differs from page to page. */
const NOISE = 60
/** Most of all orders are on these: they are the walk itself. The last finds nothing, and does not begin to walk. */
const WALKED = new Set([
  '',
  'status=completed',
  'status=pending&status=confirmed&status=completed&status=cancelled',
  'fulfillment_status=fulfilled',
  'payment_status=paid',
  'status=completed&fulfillment_status=unfulfilled',
])

const named = LISTS.map((filter) => [toQuery(filter) || 'all orders', filter] as const)
/** Rows read by the first and second page, at each size in order. */
const reads = new Map<string, number[][]>()

beforeAll(async () => {
  await shop.open()
  for (const size of SIZES) {
    await shop.fill(size)
    for (const [name, filter] of named) {
      const first = await ask(filter)
      const second = first.body.next_cursor ? await ask(filter, first.body.next_cursor) : null
      expect(costOf(first).trips).toBe(1)
      const costs = [first, ...(second ? [second] : [])].map((answer) => costOf(answer).read)
      reads.set(name, [...(reads.get(name) ?? []), costs])
    }
  }
}, 120_000)
afterAll(() => shop.close())

describe('lists of orders in a shop of any size', () => {
  it.each(named)('%s: read as much in a large one as in a small one', (name) => {
    const [small = [], large = []] = reads.get(name) ?? []
    for (const [page, read] of large.entries()) {
      expect(read).toBeLessThanOrEqual((small[page] ?? read) + NOISE)
      expect(read).toBeLessThanOrEqual(AT_MOST)
    }
  })

  it.each(named.filter(([, filter]) => !WALKED.has(toQuery(filter))))('%s: walks no table', async (_, filter) => {
    await ask(filter)
    for (const statement of shop.statements) {
      const what = (await explain(shop.database, statement)).join('\n')
      expect(await scansOf(shop.database, statement), what).not.toContain('orders')
    }
  })
})

describe('filters of the list of orders', () => {
  beforeAll(() => shop.fill(1_000), 60_000)

  it.each(named)('%s: finds what it says, newest first, page by page', async (_, filter) => {
    expect(await walk(filter)).toEqual(find(shop.orders, filter))
  })

  it('are AND among each other, and OR within: every pair of them', async () => {
    const statuses = ['pending', 'confirmed', 'completed', 'cancelled']
    const payments = ['pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided']
    const fulfillments = ['unfulfilled', 'partially_fulfilled', 'fulfilled']
    for (const [index, status] of statuses.entries()) {
      for (const payment of payments) {
        for (const filter of [
          { status: [status], payment_status: [payment] },
          { payment_status: [payment, 'refunded'], fulfillment_status: [fulfillments[index % 3] ?? ''] },
          { status: [status, 'confirmed'], payment_status: [payment, 'authorized'], fulfillment_status: fulfillments },
        ]) {
          expect(await walk(filter), toQuery(filter)).toEqual(find(shop.orders, filter))
        }
      }
    }
  }, 60_000)

  it('shows of an order what a list needs', async () => {
    const { body } = await ask({ number: ['1001'] })
    expect(Object.keys(body.data[0] ?? (await ask({})).body.data[0]).sort()).toEqual([
      'confirmed_at',
      'created_at',
      'email',
      'fulfillment_status',
      'id',
      'number',
      'payment_status',
      'status',
      'total',
    ])
  })

  it('refuses what it does not know, and a cursor of another list', async () => {
    const api = createApi()
    const { staffKey: token } = await seedShop()
    for (const [query, pointer] of [
      ['state=pending', '/query/state'],
      ['status=open', '/query/status'],
      ['status=pending&status=open', '/query/status/1'],
      ['number=0', '/query/number'],
      ['number=1001&number=1002', '/query/number'],
      ['email=ada', '/query/email'],
      ['created_from=yesterday', '/query/created_from'],
    ] as const) {
      const answer = await api.get(`${LIST}?${query}`, { token })
      expectRefusal(answer, 422, query)
      expect(pointersOf(answer)[0], query).toContain(pointer.split('/').slice(0, 3).join('/'))
    }
    const { body } = await ask({ status: ['completed'] })
    const other = await shop.get(`${LIST}?status=confirmed&cursor=${body.next_cursor}`)
    expect(other).toMatchObject({ status: 422, body: { code: 'invalid_cursor' } })
  })
})
