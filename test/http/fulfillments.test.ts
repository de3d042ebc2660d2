import { describe, expect, it } from 'vitest'
import { complete, createApi, makeProduct, makeShopper, unique, violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { countRows, expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff, trailOf } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)

/** A paid order of two products. @returns it as staff see it. */
async function paidOrder(quantities: readonly number[] = [2, 1]) {
  const lines = []
  for (const quantity of quantities) lines.push({ sku: (await makeProduct(api)).sku, quantity })
  const shopper = await makeShopper(api, lines)
  const { body } = await complete(api, shopper, { test_outcome: 'succeeded' })
  return { shopper, path: `/v1/admin/orders/${body.order.id}`, order: body.order }
}

async function topicsOf(orderId: string): Promise<string[]> {
  const statement = 'SELECT topic FROM outbox WHERE subject_id = ?'
  const { results } = await testEnv().DB.prepare(statement).bind(orderId).all<{ topic: string }>()
  return results.map(({ topic }) => topic)
}

const tracking = { carrier: 'Post', number: 'RR123456785DE', url: 'https://post.example/RR123456785DE' }

describe('shipping an order', () => {
  it('ships it in two parcels, and it completes by itself with the last one', async () => {
    const { path, order, shopper } = await paidOrder([2, 1])
    const [first, second] = order.lines
    const { locationId } = await seedShop()
    const half = await staff.post(`${path}/fulfillments`, {
      lines: [{ line_id: first.id, quantity: 1 }],
      location_id: locationId,
      tracking,
    })
    expect(half).toMatchObject({ status: 'confirmed', fulfillment_status: 'partially_fulfilled' })
    expect(half.lines.map((line: { fulfilled_quantity: number }) => line.fulfilled_quantity)).toEqual([1, 0])
    expect(half.fulfillments).toEqual([
      {
        ...{ id: expect.stringMatching(/^ful_/), status: 'shipped', version: 1, order_id: order.id },
        ...{ location_id: locationId, lines: [{ line_id: first.id, quantity: 1 }], tracking },
        ...{ created_at: expect.any(String), delivered_at: null },
      },
    ])
    const whole = await staff.post(`${path}/fulfillments`, {})
    expect(whole).toMatchObject({ status: 'completed', fulfillment_status: 'fulfilled', payment_status: 'paid' })
    expect(whole.fulfillments[1].lines).toEqual([
      { line_id: first.id, quantity: 1 },
      { line_id: second.id, quantity: 1 },
    ])
    expect(whole.timeline.map(({ lifecycle, to }: Record<string, string>) => `${lifecycle} ${to}`)).toEqual(
      expect.arrayContaining(['fulfillment partially_fulfilled', 'fulfillment fulfilled', 'order completed']),
    )
    expect(await topicsOf(order.id)).toEqual(
      expect.arrayContaining(['order.partially_fulfilled', 'order.fulfilled', 'order.completed']),
    )
    expect(await trailOf(order.id)).toEqual(['order.partially_fulfilled', 'order.fulfilled'])
    const seen = await api.get(`/v1/orders/${order.id}`, { token: shopper.token })
    expect(seen.body.fulfillments[0]).toEqual({
      ...{ id: half.fulfillments[0].id, status: 'shipped', lines: [{ line_id: first.id, quantity: 1 }], tracking },
      ...{ created_at: expect.any(String), delivered_at: null },
    })
    expect(await violations(api)).toEqual([])
  })

  it('passes on in the event whether the shopper is to be told', async () => {
    const { path, order } = await paidOrder([1])
    const { fulfillments } = await staff.post(`${path}/fulfillments`, { notify: false })
    const statement = "SELECT payload FROM outbox WHERE subject_id = ? AND topic = 'order.fulfilled'"
    const row = await testEnv().DB.prepare(statement).bind(order.id).first<{ payload: string }>()
    expect(JSON.parse(row?.payload ?? '')).toEqual({ fulfillment_id: fulfillments[0].id, notify: false })
  })

  it('answers a retried request with what the first one shipped', async () => {
    const { path, order } = await paidOrder([2])
    const body = { lines: [{ line_id: order.lines[0].id, quantity: 1 }] }
    const key = crypto.randomUUID()
    const first = await staff.try('post', `${path}/fulfillments`, body, { key })
    const again = await staff.try('post', `${path}/fulfillments`, body, { key })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.headers.get('Idempotent-Replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    const other = await staff.try('post', `${path}/fulfillments`, {}, { key })
    expectRefusal(other, 422, 'another body under the same key')
    expect((await staff.get(path)).fulfillments).toHaveLength(1)
  })

  it('ships what an order paid later has authorized, and the capture completes it', async () => {
    const manual = createApi({ bindings: { PAYMENT_CAPTURE: 'manual' } })
    const { sku } = await makeProduct(manual)
    const shopper = await makeShopper(manual, [{ sku, quantity: 1 }])
    const { body } = await complete(manual, shopper, { test_outcome: 'succeeded' })
    const path = `/v1/admin/orders/${body.order.id}`
    expect(await staff.post(`${path}/fulfillments`, {})).toMatchObject({
      ...{ status: 'confirmed', payment_status: 'authorized', fulfillment_status: 'fulfilled' },
    })
    const captured = await staff.post(`${path}/capture`, {}, { key: crypto.randomUUID() })
    expect(captured).toMatchObject({ status: 'completed', payment_status: 'paid' })
    expect(await topicsOf(body.order.id)).toContain('order.completed')
    expect(await violations(api)).toEqual([])
  })

  it('completes with the refund that takes the rest out of the order', async () => {
    const { path, order } = await paidOrder([2])
    const lines = [{ line_id: order.lines[0].id, quantity: 1 }]
    await staff.post(`${path}/fulfillments`, { lines })
    const cancelled = { lines: [{ ...lines[0], restock: 'cancel' }] }
    const rest = await staff.post(`${path}/refunds`, cancelled, { key: crypto.randomUUID() })
    expect(rest).toMatchObject({ status: 'completed', fulfillment_status: 'fulfilled' })
    expect(await topicsOf(order.id)).toContain('order.completed')
    expect(await violations(api)).toEqual([])
  })
})

describe('what is not shipped', () => {
  it('says where the request asks for more than is left, and changes nothing', async () => {
    const { path, order } = await paidOrder([2, 1])
    const [first, second] = order.lines
    await staff.post(`${path}/fulfillments`, { lines: [{ line_id: first.id, quantity: 1 }] })
    const stranger = (await paidOrder([1])).order.lines[0].id
    const before = await countRows()
    for (const [lines, pointer] of [
      [
        [
          { line_id: second.id, quantity: 1 },
          { line_id: first.id, quantity: 2 },
        ],
        '/lines/1/quantity',
      ],
      [[{ line_id: stranger, quantity: 1 }], '/lines/0/line_id'],
      [[{ line_id: first.id, quantity: 0 }], '/lines/0/quantity'],
      [
        [
          { line_id: first.id, quantity: 1 },
          { line_id: first.id, quantity: 1 },
        ],
        '/lines',
      ],
      [[], '/lines'],
    ] as const) {
      const answer = await staff.try('post', `${path}/fulfillments`, { lines })
      expectRefusal(answer, 422, JSON.stringify(lines))
      expect(pointersOf(answer)).toEqual([pointer])
    }
    const location_id = 'loc_01k00000000000000000000000'
    const nowhere = await staff.try('post', `${path}/fulfillments`, { location_id })
    expectRefusal(nowhere, 422, 'a location that is none')
    expect(pointersOf(nowhere)).toEqual(['/location_id'])
    for (const url of ['http://post.example/1', 'javascript:alert(1)', 'post.example']) {
      const answer = await staff.try('post', `${path}/fulfillments`, { tracking: { ...tracking, url } })
      expectRefusal(answer, 422, url)
      expect(pointersOf(answer)).toEqual(['/tracking/url'])
    }
    expect(await countRows()).toEqual(before)
  })

  it('says so where nothing is left, or there is no such order', async () => {
    const { path } = await paidOrder([1])
    await staff.post(`${path}/fulfillments`, {})
    const again = await staff.try('post', `${path}/fulfillments`, {})
    expectRefusal(again, 409, 'shipped twice')
    expect(again.body).toMatchObject({
      code: 'order_not_fulfillable',
      order_status: 'completed',
      fulfillment_status: 'fulfilled',
    })
    const nobody = await staff.try('post', '/v1/admin/orders/ord_01k00000000000000000000000/fulfillments', {})
    expect(nobody).toMatchObject({ status: 404, body: { code: 'order_not_found' } })
  })
})

describe('a parcel', () => {
  it('is followed and arrives, each change in the next version', async () => {
    const { path, order } = await paidOrder([1])
    const { fulfillments } = await staff.post(`${path}/fulfillments`, {})
    const [{ id }] = fulfillments
    const parcel = `${path}/fulfillments/${id}`
    const followed = await staff.try(
      'patch',
      parcel,
      { tracking: { carrier: 'Post', number: '1' } },
      { ifMatch: '"1"' },
    )
    expect(followed.body).toMatchObject({ version: 2, tracking: { carrier: 'Post', number: '1', url: null } })
    expect(followed.headers.get('ETag')).toBe('"2"')
    const stale = await staff.try('patch', parcel, { delivered: true }, { ifMatch: '"1"' })
    expect(stale).toMatchObject({ status: 412, body: { code: 'version_mismatch' } })
    const arrived = await staff.patch(parcel, { delivered: true })
    expect(arrived).toMatchObject({
      version: 3,
      status: 'delivered',
      delivered_at: expect.any(String),
      order_id: order.id,
    })
    expect(await staff.patch(parcel, { delivered: true })).toEqual(arrived)
    expect(await staff.patch(parcel, { tracking: null })).toMatchObject({
      version: 4,
      tracking: null,
      status: 'delivered',
    })
    expect(await trailOf(id)).toEqual(['fulfillment.updated', 'fulfillment.delivered', 'fulfillment.updated'])
  })

  it('belongs to its order: under another one it is not there', async () => {
    const mine = await paidOrder([1])
    const other = await paidOrder([1])
    const { fulfillments } = await staff.post(`${mine.path}/fulfillments`, {})
    const answer = await staff.try('patch', `${other.path}/fulfillments/${fulfillments[0].id}`, { delivered: true })
    expect(answer).toMatchObject({ status: 404, body: { code: 'fulfillment_not_found' } })
    expectRefusal(await staff.try('patch', `${mine.path}/fulfillments/${unique('x')}`, {}), 422, 'no id')
  })
})
