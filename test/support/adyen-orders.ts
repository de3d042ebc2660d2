import type { Api } from './api.ts'
import { fakeAdyen } from './fakes/adyen.ts'
import type { SignedDelivery } from './fakes/fake-service.ts'
import { bringAll, shopWith } from './fakes/rig.ts'
import { type Bought, buy, orderOf } from './money.ts'

export const WISH = { provider: 'adyen', return_url: 'http://localhost:3000/thanks' }
export const DAY_MS = 24 * 3600_000

/** A shop with Adyen, an order of 37.56 that waits for its shopper, and a way to let things happen and be told. */
export async function ordered(bindings: Record<string, string> = {}, settings: Record<string, string> = {}) {
  const fake = fakeAdyen(settings)
  const api = shopWith(fake, bindings)
  const bought = await buy(api, WISH)
  const happens = async (...what: Parameters<typeof fake.happen> extends [string, ...infer Rest] ? Rest : never) => {
    await fake.happen(bought.paymentId, ...what)
    return bringAll(api, fake)
  }
  return { fake, api, bought, happens }
}

export async function authorized(settings: Record<string, string> = {}) {
  const at = await ordered({ PAYMENT_CAPTURE: 'manual' }, settings)
  await at.happens('pay')
  return at
}

export const operationsOf = async (api: Api, bought: Bought) =>
  (await orderOf(api, bought)).operations.map(
    ({ kind, status, amount }: { kind: string; status: string; amount: { amount: number } }) =>
      `${kind} ${amount.amount} ${status}`,
  )

/** A delivery with something in it written otherwise, and signed anew. */
export function resign(
  fake: ReturnType<typeof fakeAdyen>,
  delivery: SignedDelivery | undefined,
  from: string,
  to: string,
): SignedDelivery {
  const body = JSON.parse((delivery?.body ?? '').replaceAll(from, to))
  return fake.notify(
    body.notificationItems.map((wrapped: { NotificationRequestItem: object }) => wrapped.NotificationRequestItem),
  )
}

export async function eventStatuses(api: Api, { paymentId }: Bought): Promise<Record<string, string>> {
  const { results } = await api.bindings.DB.prepare('SELECT type, status FROM webhook_events WHERE payment_id = ?')
    .bind(paymentId)
    .all<{ type: string; status: string }>()
  return Object.fromEntries(results.map(({ type, status }) => [type, status]))
}

export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))
}
