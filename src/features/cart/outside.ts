import type { CarrierRequest } from '../../domain/carrier.ts'
import { listRates } from '../../domain/shipping.ts'
import { mayBeProvided, type TaxRequest, toProvidedTaxes } from '../../domain/tax-provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { askOutside } from '../../platform/outside.ts'
import { destinationOf } from './destination.ts'
import { NOTHING_OUTSIDE, type OutsideData, type PricedCart, priceCart, type ShopData } from './priced.ts'
import type { CartLineRow, CartRow } from './queries.ts'

// A shopper waits for it: who takes longer is not heard.
const CARRIER_TIME_LIMIT_MS = 1500
const TAX_TIME_LIMIT_MS = 1500

/**
 * Prices a cart with what carriers and tax providers outside say of it, where any are configured; without them this is
 * `priceCart`. Both are asked once an address is known: by the country alone rates and zones are an estimate anyway. Who
 * does not answer in time is stood in for by the rate's own prices and the zone's rates.
 */
export async function priceWithOutside(
  context: Context,
  cart: CartRow,
  rows: readonly CartLineRow[],
  shop: ShopData,
): Promise<PricedCart> {
  const { now } = context
  const carrierAmounts = await askCarrier(context, cart, rows, shop)
  const known: OutsideData = { ...NOTHING_OUTSIDE, carrierAmounts }
  const priced = priceCart(cart, rows, shop, now, known)
  const provider = context.taxProvider()
  if (!provider || !mayBeProvided(priced.quote)) return priced
  const request = toTaxRequest(priced)
  if (!request) return priceCart(cart, rows, shop, now, { ...known, taxesMissing: true })
  const taxes = await askOutside(context, `tax:${provider.name}`, request, TAX_TIME_LIMIT_MS, async (signal) => {
    const provided = toProvidedTaxes(request, await provider.calculate(request, signal))
    if (!provided) throw new Error('the answer does not fit the question')
    return provided
  })
  return priceCart(cart, rows, shop, now, { ...known, taxes, taxesMissing: taxes === null })
}

/** What the carrier asks for each of the rates that are his, by their ids. */
async function askCarrier(
  context: Context,
  cart: CartRow,
  rows: readonly CartLineRow[],
  shop: ShopData,
): Promise<ReadonlyMap<string, number>> {
  const provider = context.carrier()
  const { rates } = listRates(shop.zones, destinationOf(cart))
  const own = rates.filter(({ kind }) => kind === 'carrier')
  if (!provider || own.length === 0 || !cart.shippingAddress) return NOTHING_OUTSIDE.carrierAmounts
  const priced = priceCart(cart, rows, shop, context.now)
  if (!priced.requiresShipping) return NOTHING_OUTSIDE.carrierAmounts
  const services = [...new Set(own.flatMap(({ service }) => service ?? []))].sort()
  const request = toCarrierRequest(priced, services, cart.shippingAddress.city)
  const prices = await askOutside(context, `carrier:${provider.name}`, request, CARRIER_TIME_LIMIT_MS, (signal) =>
    provider.listPrices(request, signal),
  )
  return new Map(
    own.flatMap(({ id, service }) => {
      const amount = prices?.get(service ?? '')
      return amount === undefined ? [] : [[id, amount] as const]
    }),
  )
}

function toCarrierRequest({ cart, lines }: PricedCart, services: string[], city: string): CarrierRequest {
  const shipped = lines.filter(({ sellable }) => sellable?.requiresShipping)
  return {
    currency: cart.currency,
    destination: { ...destinationOf(cart), city },
    value: shipped.reduce((left, { quoted }) => left + quoted.subtotal - quoted.discount, 0),
    grams: shipped.reduce((left, { row, sellable }) => left + row.quantity * (sellable?.weightGrams ?? 0), 0),
    items: shipped.map(({ row, sellable }) => ({
      sku: sellable?.sku ?? null,
      quantity: row.quantity,
      grams: sellable?.weightGrams ?? 0,
    })),
    services,
  }
}

/** Null while nobody knows where the goods are supplied. */
function toTaxRequest({ cart, lines, quote, supply }: PricedCart): TaxRequest | null {
  if (!supply) return null
  return {
    currency: cart.currency,
    destination: supply,
    included: quote.totals.tax_included,
    lines: lines.flatMap(({ row, sellable, quoted }) =>
      sellable
        ? [
            {
              ...{ id: row.id, variant_id: row.variantId, sku: sellable.sku, category: sellable.taxCategory },
              ...{ quantity: row.quantity, amount: quoted.subtotal - quoted.discount },
            },
          ]
        : [],
    ),
    shipping: (quote.shipping?.amount ?? 0) - (quote.shipping?.discount ?? 0),
  }
}
