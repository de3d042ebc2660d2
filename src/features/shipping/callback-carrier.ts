import * as z from 'zod'
import type { CarrierProvider } from '../../domain/carrier.ts'
import { callBack } from '../../platform/callback.ts'
import type { Context } from '../../platform/http/context.ts'

/**
 * The carrier behind the operator's own address: CARRIER_URL gets `{type: "shipping.prices", data: CarrierRequest}` and
 * answers `{prices: [{service, amount: {amount, currency}}]}`. Null where none is configured.
 */
export function callbackCarrier(context: Context): CarrierProvider | null {
  const { carrier } = context.config
  if (!carrier) return null
  return {
    name: 'callback',
    async listPrices({ destination, value, ...request }, signal) {
      const { postalCode, ...place } = destination
      const data = {
        ...request,
        value: { amount: value, currency: request.currency },
        destination: { ...place, postal_code: postalCode },
      }
      const answer = await callBack(context, carrier, { type: 'shipping.prices', data }, signal)
      const { prices } = parsePrices(answer)
      const ours = prices.filter(({ amount }) => amount.currency === request.currency)
      return new Map(ours.map(({ service, amount }) => [service, amount.amount]))
    },
  }
}

function parsePrices(answer: unknown) {
  const Price = z.object({
    service: z.string(),
    amount: z.object({ amount: z.int().min(0).max(2_000_000_000), currency: z.string() }),
  })
  return z.object({ prices: z.array(Price).max(100) }).parse(answer)
}
