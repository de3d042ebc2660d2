import type { Destination } from '../../domain/area.ts'
import type { Buyer } from '../../domain/price.ts'
import type { PickupLocation } from '../../domain/shipping.ts'
import { pricingMarket } from '../markets/choose.ts'
import type { Market } from '../markets/queries.ts'
import type { CartRow } from './queries.ts'

/** Where the goods go, as far as it is known: the address, once there is one. */
export function destinationOf(cart: Pick<CartRow, 'country' | 'shippingAddress'>): Destination {
  const { shippingAddress: to, country } = cart
  if (!to) return { country, region: null, postalCode: null }
  return toDestination(to)
}

/** People write "ca" as well as "CA". */
function toDestination(place: { country: string; region: string | null; postal_code: string }): Destination {
  return { country: place.country, region: place.region?.toUpperCase() ?? null, postalCode: place.postal_code }
}

/**
 * Where the goods are supplied, which decides the tax: where they are picked up, else where they are sent; what is not
 * sent is supplied where the buyer is at home (Directive 2006/112/EC, articles 32, 33 and 58).
 */
export function supplyOf(
  cart: CartRow,
  requiresShipping: boolean,
  pickup: PickupLocation | null,
): Destination & { city: string | null } {
  const home = requiresShipping ? cart.shippingAddress : (cart.billingAddress ?? cart.shippingAddress)
  const place = pickup ?? home
  if (!place) return { country: cart.country, region: null, postalCode: null, city: null }
  return { ...toDestination(place), city: place.city }
}

/** Whom the cart's prices are for: its currency, the market of its destination, its owner's groups. */
export function buyerOf(
  cart: Pick<CartRow, 'country' | 'shippingAddress' | 'currency' | 'groupIds'>,
  markets: readonly Market[],
): Buyer {
  const { country } = destinationOf(cart)
  const market = markets.find(({ countries }) => countries.includes(country))
  return { currency: cart.currency, marketId: pricingMarket(market, cart.currency), groupIds: cart.groupIds }
}
