import { route } from '../../platform/http/route.ts'
import type { Reopen } from './change.ts'
import { CartView } from './contract.ts'
import { addGiftCards, removeGiftCard } from './gift-cards.ts'
import { AddGiftCards, CartParams, GiftCardOfCartParams } from './inputs.ts'
import { changed, EDIT_PROBLEMS, show } from './reply.ts'

/** Tender in a cart. @param reopen as `cartRoutes` has it. */
export function giftCardRoutes(reopen: Reopen) {
  return [
    route(
      {
        id: 'addGiftCards',
        method: 'post',
        path: '/v1/carts/:cart/gift-cards',
        summary: 'Add gift cards or store credit by code; they pay what is due in the order they were added',
        access: 'session',
        // A code is a bearer's secret: who tries many is slowed down like who tries many cards.
        limit: 'checkout',
        params: CartParams,
        body: AddGiftCards,
        returns: CartView,
        problems: [...EDIT_PROBLEMS],
        replay: (context, id) => show(context, id),
      },
      async (context, { params, body, ifMatch }) =>
        changed(context, await addGiftCards(context, params.cart, body.codes, { ifMatch, reopen })),
    ),
    route(
      {
        id: 'removeGiftCard',
        method: 'delete',
        path: '/v1/carts/:cart/gift-cards/:gift_card',
        summary: 'Take a gift card out of the cart',
        access: 'session',
        limit: 'cart',
        params: GiftCardOfCartParams,
        returns: CartView,
        problems: [...EDIT_PROBLEMS, 'gift_card_not_found'],
      },
      async (context, { params, ifMatch }) =>
        changed(context, await removeGiftCard(context, params.cart, params.gift_card, { ifMatch, reopen })),
    ),
  ]
}
