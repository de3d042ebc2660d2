import { type Json, price, type Walk } from './walk.ts'

interface Sale {
  staffKey: string
  /** A variant that is on the shelf. */
  sku: string
  shipping_address: Json
}

/** An operator ships an order of three in two parcels, a guest looks it up, and one of the three is given money back for. */
export async function fulfil({ step, show, request }: Walk, { staffKey, sku, shipping_address }: Sale): Promise<void> {
  const email = `grace+${Date.now().toString(36)}@example.com`
  const placed = await place()
  const path = `/v1/admin/orders/${placed.id}`
  const [line] = placed.lines

  const query = 'status=confirmed&fulfillment_status=unfulfilled&limit=3'
  const waiting = await step('See what is to be shipped', 'GET', `/v1/admin/orders?${query}`, { token: staffKey })
  for (const { number, email: by, total } of waiting.data) show(`#${number}`, `${by}, ${price(total)}`)

  const first = { lines: [{ line_id: line.id, quantity: 2 }], tracking: track('RR123456785US') }
  tell(await ship('Ship two of three', first))
  const rest = await ship('Ship the rest: it is paid, so that it completes by itself', {
    tracking: track('RR123456794US'),
  })
  tell(rest)

  const found = await step('Look the order up as a guest', 'POST', '/v1/orders/lookup', {
    body: { number: placed.number, email },
  })
  show('opens until', found.access.expires_at)
  const seen = await step('Follow the parcels with the token that came with it', 'GET', `/v1/orders/${placed.id}`, {
    token: found.access.token,
  })
  for (const { lines, tracking } of seen.fulfillments) show(tracking.number, `${lines[0].quantity} x, ${tracking.url}`)

  const [parcel] = rest.fulfillments
  const arrived = await step('Note that the first has arrived', 'PATCH', `${path}/fulfillments/${parcel.id}`, {
    body: { delivered: true },
    token: staffKey,
  })
  show('arrived', arrived.delivered_at)

  const back = { lines: [{ line_id: line.id, quantity: 1, restock: 'return' }], reason: 'did not like it' }
  const refunded = await step(
    'Give back what one of them was paid with; it is on its shelf again',
    'POST',
    `${path}/refunds`,
    {
      body: back,
      token: staffKey,
      key: crypto.randomUUID(),
    },
  )
  for (const { status, amount } of refunded.refunds) show('refund', `${price(amount)}, ${status}`)
  tell(refunded)
  for (const { lifecycle, to, reason } of refunded.timeline) show(`  ${lifecycle} ${to}`, reason)

  async function place(): Promise<Json> {
    const created = await request('POST', '/v1/carts', { body: { email, lines: [{ sku, quantity: 3 }] } })
    const token = created.session.access_token
    const cart = `/v1/carts/${created.id}`
    await request('PATCH', cart, { body: { shipping_address }, token })
    const [option] = (await request('GET', `${cart}/shipping-options`, { token })).data
    const { totals } = await request('PATCH', cart, { body: { shipping_option_id: option.id }, token })
    const completed = await step('Somebody orders three', 'POST', `${cart}/complete`, {
      body: { payment: { provider: 'test', test_outcome: 'succeeded' }, expected_total: totals.total },
      token,
      key: crypto.randomUUID(),
    })
    show('number', String(completed.order.number))
    return completed.order
  }

  function ship(title: string, body: Json): Promise<Json> {
    return step(title, 'POST', `${path}/fulfillments`, { body, token: staffKey, key: crypto.randomUUID() })
  }

  function tell({ status, payment_status, fulfillment_status }: Json): void {
    show('status', `${status}, ${payment_status}, ${fulfillment_status}`)
  }
}

function track(number: string): Json {
  return { carrier: 'Post', number, url: `https://post.example/${number}` }
}
