import * as z from 'zod'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { toSessionView } from '../sessions/contract.ts'
import { issueGuestToken } from '../sessions/guest.ts'
import type { Reopen } from './change.ts'
import { CartView, ShippingOptionView, toCartView, toShippingOptionView } from './contract.ts'
import { type CreatedCart, createCart } from './create.ts'
import { explainCart } from './explain.ts'
import { ExplainCart, ExplainedCartView, toExplainedCartView } from './explain-contract.ts'
import { giftCardRoutes } from './gift-card-routes.ts'
import { AddLines, CartParams, CreateCart, LineParams, MergeCart, RecoverCart, SetLines, UpdateCart } from './inputs.ts'
import { addToCart, setLineQuantities } from './lines.ts'
import { mustFindCart, priceForDisplay, refuseMerged } from './load.ts'
import { cartMerged, mergeCarts } from './merge.ts'
import { findAnyCart, listLines } from './queries.ts'
import { recoverCart } from './recover.ts'
import { changed, EDIT_PROBLEMS, show } from './reply.ts'
import { updateCart } from './update.ts'

function created({ now }: Context, { priced, warnings, session }: CreatedCart) {
  const view = toCartView(priced, now, warnings)
  return {
    status: 201,
    body: session ? { ...view, session: toSessionView(session) } : view,
    version: priced.cart.version,
    headers: { Location: `/v1/carts/${priced.cart.id}` },
  }
}

/** @param reopen gives up a pending order that stands in the way of an edit; see checkout. */
export function cartRoutes(reopen: Reopen) {
  return [
    route(
      {
        id: 'createCart',
        method: 'post',
        path: '/v1/carts',
        summary: 'Start a cart; without a token a guest session is started with it',
        access: 'optional-session',
        limit: 'cart',
        body: CreateCart,
        returns: CartView,
        statuses: [201],
        problems: ['out_of_stock', 'cart_gone'],
        replay: async (context, id) => {
          const [[cart], lines] = await context.db.read(findAnyCart(id), listLines(id))
          if (!cart) throw new Problem('cart_not_found')
          refuseMerged(cart)
          const view = toCartView(await priceForDisplay(context, cart, lines), context.now)
          // Tokens are not stored: whoever holds the key gets a new one for the same guest.
          const anonymous = context.caller.kind === 'nobody'
          const token = anonymous ? await issueGuestToken(context, { ownerId: cart.ownerId }) : null
          const session = token ? { session: toSessionView(token) } : {}
          const headers = { Location: `/v1/carts/${cart.id}` }
          return { status: 201, body: { ...view, ...session }, version: cart.version, headers }
        },
      },
      async (context, { body }) => created(context, await createCart(context, body)),
    ),
    // Before the routes of one cart, of which none is called "recover".
    route(
      {
        id: 'recoverCart',
        method: 'post',
        path: '/v1/carts/recover',
        summary: 'Start a new cart with what is in an abandoned one, by the token of its recovery link',
        access: 'optional-session',
        limit: 'cart',
        body: RecoverCart,
        returns: CartView,
        statuses: [201],
        problems: ['out_of_stock', 'cart_gone'],
        // It may issue a credential, so that nothing of it is stored: asked twice, it makes two carts.
        replay: 'none',
      },
      async (context, { body }) => created(context, await recoverCart(context, body.token)),
    ),
    route(
      {
        id: 'getCart',
        method: 'get',
        path: '/v1/carts/:cart',
        summary: 'A cart with its quote, warnings and what is still missing',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        returns: CartView,
        problems: ['cart_not_found', 'cart_gone'],
      },
      (context, { params }) => show(context, params.cart),
    ),
    route(
      {
        id: 'updateCart',
        method: 'patch',
        path: '/v1/carts/:cart',
        summary:
          'Set e-mail, addresses, shipping option, discount codes, currency, country, locale, VAT id, note, metadata',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        body: UpdateCart,
        returns: CartView,
        problems: [...EDIT_PROBLEMS],
      },
      async (context, { params, body, ifMatch }) =>
        changed(context, await updateCart(context, params.cart, body, { ifMatch, reopen })),
    ),
    route(
      {
        id: 'addLines',
        method: 'post',
        path: '/v1/carts/:cart/lines',
        summary: 'Add lines; the same variant with the same attributes adds to its line',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        body: AddLines,
        returns: CartView,
        problems: [...EDIT_PROBLEMS, 'out_of_stock'],
        replay: (context, id) => show(context, id),
      },
      async (context, { params, body, ifMatch }) =>
        changed(context, await addToCart(context, params.cart, body.lines, { ifMatch, reopen })),
    ),
    route(
      {
        id: 'setLines',
        method: 'patch',
        path: '/v1/carts/:cart/lines',
        summary: 'Set quantities; 0 removes the line',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        body: SetLines,
        returns: CartView,
        problems: [...EDIT_PROBLEMS, 'line_not_found', 'out_of_stock'],
      },
      async (context, { params, body, ifMatch }) =>
        changed(context, await setLineQuantities(context, params.cart, body.lines, { ifMatch, reopen })),
    ),
    route(
      {
        id: 'removeLine',
        method: 'delete',
        path: '/v1/carts/:cart/lines/:line',
        summary: 'Remove a line',
        access: 'session',
        limit: 'cart',
        params: LineParams,
        returns: CartView,
        problems: [...EDIT_PROBLEMS, 'line_not_found', 'out_of_stock'],
      },
      async (context, { params, ifMatch }) =>
        changed(
          context,
          await setLineQuantities(context, params.cart, [{ id: params.line, quantity: 0 }], { ifMatch, reopen }),
        ),
    ),
    ...giftCardRoutes(reopen),
    route(
      {
        id: 'mergeCarts',
        method: 'post',
        path: '/v1/carts/:cart/merge',
        summary: 'Move what is in another cart into this one; the other one then answers 410 with merged_into',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        body: MergeCart,
        returns: CartView,
        problems: [...EDIT_PROBLEMS],
        replay: (context, id, { body }) => show(context, id, [cartMerged(body.from_cart_id)]),
      },
      async (context, { params, body, ifMatch }) =>
        changed(context, await mergeCarts(context, params.cart, body, { ifMatch, reopen })),
    ),
    route(
      {
        id: 'listShippingOptions',
        method: 'get',
        path: '/v1/carts/:cart/shipping-options',
        summary: 'What can be chosen as shipping_option_id now',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        returns: shape(() => z.object({ data: z.array(ShippingOptionView()) })),
        problems: ['cart_not_found', 'cart_gone'],
      },
      async (context, { params }) => {
        const { cart, lines } = await mustFindCart(context, params.cart)
        const priced = await priceForDisplay(context, cart, lines)
        return { body: { data: priced.shippingOptions.map((option) => toShippingOptionView(option, priced)) } }
      },
    ),
    route(
      {
        id: 'explainCart',
        method: 'post',
        path: '/v1/carts/:cart/explain',
        summary: 'Why each promotion and code applies to the cart or not, and what would unlock it',
        access: 'session',
        limit: 'cart',
        params: CartParams,
        body: ExplainCart,
        returns: ExplainedCartView,
        problems: ['cart_not_found', 'cart_completed', 'cart_gone'],
        // A question: asked again it is answered again.
        replay: 'none',
      },
      async (context, { params, body }) => {
        const explained = await explainCart(context, params.cart, body.discount_codes ?? null)
        return { body: toExplainedCartView(explained) }
      },
    ),
  ]
}
