import type { Destination } from './area.ts'

/** What a carrier is asked: one parcel to one address. */
export interface CarrierRequest {
  currency: string
  destination: Destination & { city: string }
  /** Of the goods that are shipped, in minor units of `currency`, after discounts. */
  value: number
  grams: number
  items: { sku: string | null; quantity: number; grams: number }[]
  /** The services of the shop's rates, each once. */
  services: string[]
}

/**
 * Where the prices of rates of kind `carrier` come from. Whoever adds a carrier writes this one interface.
 *
 * `listPrices` answers what the services cost, in minor units of the request's currency; a service that is missing is not
 * priced, and its rate's own steps hold. It must not have effects: it is asked when a cart is shown and again when it is
 * charged, and its answer may be remembered for some minutes. It need not keep time: the caller gives up after its own
 * limit, aborts `signal`, and the steps hold.
 */
export interface CarrierProvider {
  readonly name: string
  listPrices(request: CarrierRequest, signal: AbortSignal): Promise<ReadonlyMap<string, number>>
}
