import { isAllowedQuantity, type Warning } from '../../domain/cart.ts'
import { decideGiftCard, type GiftCardRefusal } from '../../domain/gift-card.ts'
import type { PromotionRefusal } from '../../domain/promotion.ts'
import { isBackordered } from '../../domain/stock.ts'
import { toLevels } from '../catalog/product.ts'
import type { PricedLine } from './priced-lines.ts'
import type { CartRow } from './queries.ts'

/** What is worth telling of one line. */
export function warnLine(line: PricedLine): Warning[] {
  const { row, sellable, available } = line
  const warn = (code: Warning['code'], message: string): Warning => ({ code, message, target: row.id })
  if (!sellable) return [warn('ITEM_UNAVAILABLE', 'This item is no longer for sale; remove it to go on.')]
  const warnings: Warning[] = []
  if (line.previousUnitAmount !== null) {
    const direction = line.quoted.unitAmount > line.previousUnitAmount ? 'risen' : 'fallen'
    warnings.push(warn('PRICE_CHANGED', `The price has ${direction} since you last looked.`))
  }
  if (available === 0) warnings.push(warn('OUT_OF_STOCK', 'This item is sold out.'))
  else if (available !== null && available < row.quantity) {
    warnings.push(warn('LOW_STOCK', `Only ${available} left.`))
  }
  if (!isAllowedQuantity(row.quantity, sellable.quantityRule)) {
    warnings.push(warn('QUANTITY_NOT_ALLOWED', 'This item is not sold in this quantity any more; change it to go on.'))
  }
  const backordered = isBackordered(toLevels(sellable.levels), row.quantity)
  if (backordered) warnings.push(warn('BACKORDERED', 'Part of this item ships when it is in stock again.'))
  return warnings
}

/** What is worth telling of the cart as a whole: its codes, its shipping and its tax. */
export function warnCart(
  cart: CartRow,
  {
    isRemoved,
    codes,
    taxEstimated,
  }: {
    isRemoved: boolean
    codes: readonly { code: string; reason: PromotionRefusal | null; message: string }[]
    taxEstimated: boolean
  },
): Warning[] {
  const warnings: Warning[] = codes.flatMap(({ code, reason, message }) =>
    reason === null
      ? []
      : [
          {
            code: `DISCOUNT_${reason.toUpperCase() as Uppercase<PromotionRefusal>}` as const,
            message,
            target: code,
          },
        ],
  )
  if (cart.shippingOptionId !== null && isRemoved) {
    const message = 'The chosen shipping option is not offered any more.'
    warnings.push({ code: 'SHIPPING_OPTION_REMOVED', message, target: cart.shippingOptionId })
  }
  if (taxEstimated) {
    warnings.push({ code: 'TAX_ESTIMATED', message: 'The tax is an estimate.', target: null })
  }
  return warnings
}

/** Why a card that lies in the cart pays nothing, for its shopper. */
const PAYS_NOTHING: Readonly<Record<GiftCardRefusal, string>> = {
  disabled: 'cannot be used any more',
  expired: 'has expired',
  other_currency: 'is in another currency than the cart',
  other_customer: 'is store credit of another e-mail address',
  used_up: 'is used up',
}

/** The cart's gift cards that pay nothing. They stay in it: some will pay again, and none goes without a word. */
export function warnGiftCards(cart: CartRow, now: Date): Warning[] {
  return cart.giftCards.flatMap((card) => {
    const decision = decideGiftCard(card, cart, now)
    if (decision.ok) return []
    const message = `The gift card ending in ${card.last4} ${PAYS_NOTHING[decision.why]}.`
    return [{ code: 'GIFT_CARD_UNUSABLE' as const, message, target: card.id }]
  })
}
