import { MAX_GIFT_CARDS } from '../../domain/cart.ts'
import { decideGiftCard, type GiftCard, type GiftCardRefusal, normaliseGiftCode } from '../../domain/gift-card.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { listByCode } from '../giftcards/queries.ts'
import { sessionOf } from '../sessions/guest.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { mustFindCart, refuseEnded, refuseMerged } from './load.ts'
import {
  type CartRow,
  findCart,
  refuseManyGiftCards,
  refuseMissingGiftCard,
  withGiftCards,
  withoutGiftCard,
} from './queries.ts'

interface Options {
  ifMatch: number | null
  reopen: Reopen
}

/** One answer for what is not there and for what may not be told: a code that staff have disabled is no code. */
const NO_CARD = 'is not the code of a gift card that can be used'

const REFUSED: Readonly<Record<GiftCardRefusal, string>> = {
  disabled: NO_CARD,
  expired: 'is the code of a gift card that has expired',
  other_currency: 'is the code of a gift card in another currency than the cart',
  other_customer: 'is the code of store credit of another e-mail than the cart has',
  used_up: 'is the code of a gift card that is used up',
}

const TOO_MANY = `a cart has at most ${MAX_GIFT_CARDS} gift cards`

/**
 * Adds the cards behind `codes` to a cart, all of them or none; one that is in it already stays where it is. The codes
 * are judged before anything is changed: a wrong one costs the cart no order.
 * @throws {Problem} cart_not_found, cart_completed, cart_gone; invalid_request with a pointer for each code that is refused.
 */
export async function addGiftCards(
  context: Context,
  cartId: string,
  codes: readonly string[],
  options: Options,
): Promise<ChangedCart> {
  const { db, now } = context
  const hashes = await Promise.all(codes.map((code) => sha256Hex(normaliseGiftCode(code))))
  const [[cart], found] = await db.read(findCart(cartId, sessionOf(context).ownerId), listByCode(hashes))
  if (!cart) throw new Problem('cart_not_found')
  refuseMerged(cart)
  refuseEnded(cart, now)
  const byHash = new Map(found.map((card) => [card.codeHash, card]))
  const judged = hashes.map((hash) => judge(byHash.get(hash), cart, now))
  const errors = judged.flatMap((verdict, index) =>
    typeof verdict === 'string' ? [{ pointer: `/codes/${index}`, detail: verdict }] : [],
  )
  if (errors.length > 0) throw new Problem('invalid_request', { errors })
  const ids = [...new Set(judged.flatMap((verdict) => (typeof verdict === 'string' ? [] : verdict.id)))]
  if (new Set([...cart.giftCardIds, ...ids]).size > MAX_GIFT_CARDS) throw invalid('/codes', TOO_MANY)
  try {
    const changed = await commitChange(context, {
      cartId,
      ...options,
      changes: { giftCardIds: withGiftCards(ids) },
      writes: [refuseManyGiftCards(cartId, MAX_GIFT_CARDS)],
    })
    return await showChanged(context, changed)
  } catch (error) {
    throw isRefusal(error, 'too_many_gift_cards') ? invalid('/codes', TOO_MANY) : error
  }
}

/** The card that may be added, or what is wrong with its code. */
function judge(card: GiftCard | undefined, cart: CartRow, now: Date): GiftCard | string {
  if (!card) return NO_CARD
  // The cart's own has what its pending order claimed, which an edit gives back.
  const own = cart.giftCards.find(({ id }) => id === card.id) ?? card
  const decision = decideGiftCard(own, cart, now)
  return decision.ok ? own : REFUSED[decision.why]
}

/** Takes a card out of a cart. One trip. @throws {Problem} gift_card_not_found where the cart does not have it. */
export async function removeGiftCard(
  context: Context,
  cartId: string,
  giftCardId: string,
  options: Options,
): Promise<ChangedCart> {
  try {
    const changed = await commitChange(context, {
      cartId,
      ...options,
      guards: [refuseMissingGiftCard(cartId, giftCardId)],
      changes: { giftCardIds: withoutGiftCard(giftCardId) },
      writes: [],
    })
    return await showChanged(context, changed)
  } catch (error) {
    if (!isRefusal(error, 'gift_card_missing')) throw error
    refuseEnded((await mustFindCart(context, cartId)).cart, context.now)
    throw new Problem('gift_card_not_found')
  }
}

function isRefusal(error: unknown, constraint: string): boolean {
  return error instanceof ConstraintError && error.constraint === constraint
}
