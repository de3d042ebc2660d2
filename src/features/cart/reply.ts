import type { Warning } from '../../domain/cart.ts'
import type { Context } from '../../platform/http/context.ts'
import type { ChangedCart } from './change.ts'
import { toCartView } from './contract.ts'
import { mustFindCart, priceForDisplay } from './load.ts'

/** A cart as a change has left it. */
export function changed({ now }: Context, { priced, warnings }: ChangedCart) {
  return { body: toCartView(priced, now, warnings), version: priced.cart.version }
}

/** A cart as it is now. @throws {Problem} cart_not_found */
export async function show(context: Context, id: string, warnings: readonly Warning[] = []) {
  const { cart, lines } = await mustFindCart(context, id)
  const priced = await priceForDisplay(context, cart, lines)
  return { body: toCartView(priced, context.now, warnings), version: cart.version }
}

// Every edit may find the cart ended, changed meanwhile, or ordered by a provider that does not answer.
export const EDIT_PROBLEMS = [
  'cart_not_found',
  'cart_completed',
  'cart_gone',
  'cart_conflict',
  'version_mismatch',
  'provider_unavailable',
] as const
