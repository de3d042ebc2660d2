import type { Json, Walk } from './walk.ts'

const SKU = 'KJELE'
const COMING = 'ULL-RUS'

/** Works in the stockroom of the demo shop as its operator. In another shop it is left out. */
export async function workInStock({ step, show, request }: Walk, token: string): Promise<void> {
  const locations = await request('GET', '/v1/admin/locations', { token })
  const levelsOf = async (sku: string): Promise<Json[]> =>
    (await request('GET', `/v1/admin/inventory?sku=${sku}`, { token })).data
  const [levels, expected] = [await levelsOf(SKU), await levelsOf(COMING)]
  const [first, second] = levels
  if (!second || expected.length === 0) return
  const nameOf = (id: string) => locations.data.find((location: Json) => location.id === id)?.name ?? id
  const tell = (level: Json) =>
    show(
      nameOf(level.location_id),
      `${level.on_hand} on hand, ${level.held} held, ${level.incoming} incoming, ${level.available ?? 'any number'} to sell`,
    )

  const [from, to] = first.on_hand > second.on_hand ? [first, second] : [second, first]
  const body = {
    from_location_id: from.location_id,
    to_location_id: to.location_id,
    items: [{ sku: SKU, quantity: 1 }],
    reason: 'fill up',
  }
  const title = `Move a kettle from ${nameOf(from.location_id)} to ${nameOf(to.location_id)}`
  const moved = await step(title, 'POST', '/v1/admin/inventory/transfers', { body, token, key: crypto.randomUUID() })
  for (const level of moved.data) tell(level)

  const announce = { sku: COMING, incoming_delta: 5, reason: 'ordered' }
  const ordered = await step('Order five blankets', 'POST', '/v1/admin/inventory/adjustments', {
    body: announce,
    token,
    key: crypto.randomUUID(),
  })
  for (const level of ordered.data) tell(level)
  const arrive = { sku: COMING, delta: 5, incoming_delta: -5, reason: 'delivery' }
  const received = await step('Take them in', 'POST', '/v1/admin/inventory/adjustments', {
    body: arrive,
    token,
    key: crypto.randomUUID(),
  })
  for (const level of received.data) tell(level)

  const ledger = await step('Ask why', 'GET', `/v1/admin/inventory/movements?sku=${COMING}&limit=4`, { token })
  for (const { reason, delta, incoming_delta } of ledger.data)
    show(reason, `${signed(delta)} on hand, ${signed(incoming_delta)} incoming`)
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value)
}
