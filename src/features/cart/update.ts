import type { Address } from '../../domain/address.ts'
import type { Metadata } from '../../domain/product.ts'
import { unshippedPart } from '../../domain/shipping.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid } from '../../platform/http/problem.ts'
import { chooseMarket } from '../markets/choose.ts'
import { customerKey } from '../promotions/customer.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { destinationOf } from './destination.ts'
import { loadShop, withCart } from './load.ts'
import type { ShopData } from './priced.ts'
import { type CartChanges, refuseOptionElsewhere } from './queries.ts'

export interface CartUpdate {
  email?: string | null | undefined
  shipping_address?: Address | null | undefined
  billing_address?: Address | null | undefined
  shipping_option_id?: string | null | undefined
  discount_codes?: string[] | undefined
  currency?: string | undefined
  country?: string | undefined
  locale?: string | undefined
  vat_id?: string | null | undefined
  note?: string | null | undefined
  metadata?: Metadata | undefined
}

/**
 * Changes what `wish` names. The cache may say yes; a refusal is looked up once more in D1, because the operator may
 * have added the market, zone or rate a moment ago.
 * @throws {Problem} invalid_request with a pointer at what the shop does not offer.
 */
export async function updateCart(
  context: Context,
  cartId: string,
  wish: CartUpdate,
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  for (const fresh of [false, true]) {
    const keys = { variants: [], codes: wish.discount_codes ?? [] }
    const shop = await loadShop(context, keys, { ...withCart(context, cartId), fresh })
    try {
      const changes = await decideChanges(wish, shop)
      const writes = optionGuard(cartId, wish, shop)
      return await showChanged(context, await commitChange(context, { cartId, ...options, changes, writes }))
    } catch (error) {
      const notOffered = error instanceof ConstraintError && error.constraint === 'option_not_offered'
      const refusal = notOffered
        ? invalid('/shipping_option_id', 'is not offered for this cart; see its shipping-options')
        : error
      if (fresh || !isRefusal(refusal)) throw refusal
    }
  }
  throw new Error('unreachable')
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message === 'invalid_request'
}

const ELSEWHERE = 'is not in a part of the country that this shop ships to'
const UNSHIPPED = { country: 'is not a country this shop ships to', region: ELSEWHERE, postal_code: ELSEWHERE }

async function decideChanges(wish: CartUpdate, shop: ShopData): Promise<CartChanges> {
  chooseMarket(shop.markets, wish, '')
  const address = wish.shipping_address
  if (address) {
    const part = unshippedPart(shop.zones, destinationOf({ country: address.country, shippingAddress: address }))
    if (part) throw invalid(`/shipping_address/${part}`, UNSHIPPED[part])
  }
  // Whose limits were reached is another matter for another e-mail or other codes: they are asked anew.
  const asksAnew = wish.email !== undefined || wish.discount_codes !== undefined
  return {
    ...(wish.email === undefined ? {} : { email: wish.email, customerKey: await customerKey(wish.email) }),
    ...(address === undefined ? {} : { shippingAddress: address }),
    ...(wish.billing_address === undefined ? {} : { billingAddress: wish.billing_address }),
    ...(wish.shipping_option_id === undefined ? {} : { shippingOptionId: wish.shipping_option_id }),
    ...(wish.discount_codes === undefined ? {} : { discountCodes: wish.discount_codes }),
    ...(asksAnew ? { refusals: {} } : {}),
    ...(wish.currency === undefined ? {} : { currency: wish.currency }),
    ...(wish.country === undefined ? {} : { country: wish.country }),
    ...(wish.locale === undefined ? {} : { locale: wish.locale }),
    ...(wish.vat_id === undefined ? {} : { vatId: wish.vat_id }),
    ...(wish.note === undefined ? {} : { note: wish.note }),
    ...(wish.metadata === undefined ? {} : { metadata: wish.metadata }),
  }
}

/** The option must exist and be offered where the cart goes, which only the batch itself knows for sure. */
function optionGuard(cartId: string, wish: CartUpdate, shop: ShopData): Write[] {
  const id = wish.shipping_option_id
  if (!id) return []
  const zone = shop.zones.find(({ rates }) => rates.some((rate) => rate.id === id))
  const rate = zone?.rates.find((candidate) => candidate.id === id)
  if (!zone || !rate) throw invalid('/shipping_option_id', 'is not a shipping option of this shop')
  // What a carrier asks, and in which currencies, is only known once it is asked.
  const currencies = rate.kind === 'carrier' ? null : rate.steps.map(({ currency }) => currency)
  return [refuseOptionElsewhere(cartId, { areas: zone.areas, currencies })]
}
