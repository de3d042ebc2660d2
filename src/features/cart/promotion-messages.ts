import { formatMoney } from '../../domain/money.ts'
import type { PromotionRefusal, Unlock } from '../../domain/promotion.ts'

/** What a message speaks of. */
export interface RefusedOffer {
  reason: PromotionRefusal
  unlock: Unlock | null
  /** It is for a first order, and complete has found that this would be another one. */
  isRepeatOrder: boolean
  currency: string
  /** Titles of promotions that apply to the cart, by id. */
  titles: ReadonlyMap<string, string>
}

/** Why a promotion does not apply, and what would change that, in a sentence for the shopper. */
export function refusalMessage(offer: RefusedOffer): string {
  const { reason, unlock } = offer
  if (offer.isRepeatOrder) return 'This offer is for a first order.'
  switch (reason) {
    case 'not_found':
      return 'There is no such code.'
    case 'expired':
      return 'This offer has ended.'
    case 'not_started':
      return unlock?.kind === 'wait'
        ? `This offer starts on ${dayAndTime(unlock.until)}.`
        : 'This offer has not started.'
    case 'minimum_not_met':
    case 'no_entitled_items':
      return unlock ? unlockMessage(unlock, offer) : 'Nothing in the cart is what this offer is for.'
    case 'usage_limit':
      return 'This offer is used up.'
    case 'customer_limit':
      return 'You have used this offer as often as it may be used.'
    case 'not_eligible':
      return 'This offer is for other customers, places or currencies.'
    case 'not_combinable':
      return unlock ? unlockMessage(unlock, offer) : 'Another code of this offer is used already.'
  }
}

function unlockMessage(unlock: Unlock, { currency, titles }: RefusedOffer): string {
  switch (unlock.kind) {
    case 'spend':
      return `Spend ${formatMoney({ amount: unlock.amount, currency })} more${unlock.items ? ' on these goods' : ''}.`
    case 'add':
      return `Add ${unlock.quantity} more${unlock.items ? ' of these goods' : ''}.`
    case 'wait':
      return `Wait until ${dayAndTime(unlock.until)}.`
    case 'choose_shipping':
      return unlock.rate_ids.length > 0
        ? 'Choose a shipping option that this offer is for.'
        : 'Choose a shipping option that costs something.'
    case 'remove_promotion': {
      const others = unlock.promotion_ids.flatMap((id) => titles.get(id) ?? [])
      return others.length > 0
        ? `This offer does not combine with ${others.join(', ')}.`
        : 'This offer does not combine with another one.'
    }
  }
}

/** To the minute, rounded up: whoever comes then is not too early. */
function dayAndTime(at: number): string {
  const minute = new Date(Math.ceil(at / 60_000) * 60_000).toISOString()
  return `${minute.slice(0, 10)} at ${minute.slice(11, 16)} UTC`
}
