import * as z from 'zod'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { toSessionView } from '../sessions/contract.ts'
import { issueGuestToken } from '../sessions/guest.ts'
import type { ChangedCart, Reopen } from './change.ts'
import {
  AddLines,
  CartParams,
  CartView,
  CreateCart,
  LineParams,
  SetLines,
  ShippingOptionView,
  toCartView,
  toShippingOptionView,
  UpdateCart,
} from './contract.ts'
import { createCart } from './create.ts'
import { addToCart, setLineQuantities } from './lines.ts'
import { mustFindCart, priceForDisplay } from './load.ts'
import { findAnyCart, listLines } from './queries.ts'
import { updateCart } from './update.ts'

function changed({ now }: Context, { priced, warnings }: ChangedCart) {
  return { body: toCartView(priced, now, warnings), version: priced.cart.version }
}

async function show(context: Context, id: string) {
  const { cart, lines } = await mustFindCart(context, id)
  return { body: toCartView(await priceForDisplay(context, cart, lines), context.now), version: cart.version }
}

// Every edit may find the cart ended, changed meanwhile, or ordered by a provider that does not answer.
const EDIT_PROBLEMS = [
  'cart_not_found',
  'cart_completed',
  'cart_gone',
  'cart_conflict',
  'version_mismatch',
  'provider_unavailable',
] as const

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
        problems: ['out_of_stock'],
        replay: async (context, id) => {
          const [[cart], lines] = await context.db.read(findAnyCart(id), listLines(id))
          if (!cart) throw new Problem('cart_not_found')
          const view = toCartView(await priceForDisplay(context, cart, lines), context.now)
          // Tokens are not stored: whoever holds the key gets a new one for the same guest.
          const anonymous = context.caller.kind === 'nobody'
          const token = anonymous ? await issueGuestToken(context, { ownerId: cart.ownerId }) : null
          const session = token ? { session: toSessionView(token) } : {}
          const headers = { Location: `/v1/carts/${cart.id}` }
          return { status: 201, body: { ...view, ...session }, version: cart.version, headers }
        },
      },
      async (context, { body }) => {
        const { priced, warnings, session } = await createCart(context, body)
        const view = toCartView(priced, context.now, warnings)
        return {
          status: 201,
          body: session ? { ...view, session: toSessionView(session) } : view,
          version: priced.cart.version,
          headers: { Location: `/v1/carts/${priced.cart.id}` },
        }
      },
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
        problems: ['cart_not_found'],
      },
      (context, { params }) => show(context, params.cart),
    ),
    route(
      {
        id: 'updateCart',
        method: 'patch',
        path: '/v1/carts/:cart',
        summary: 'Set e-mail, addresses, shipping option, discount codes, currency, country, locale, note, metadata',
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
        problems: ['cart_not_found'],
      },
      async (context, { params }) => {
        const { cart, lines } = await mustFindCart(context, params.cart)
        const { shippingOptions } = await priceForDisplay(context, cart, lines)
        return { body: { data: shippingOptions.map((option) => toShippingOptionView(option, cart.currency)) } }
      },
    ),
  ]
}
