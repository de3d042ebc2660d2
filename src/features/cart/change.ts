import { CART_LIFETIME_MS, type Warning } from '../../domain/cart.ts'
import type { Write } from '../../platform/db/client.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { sessionOf } from '../sessions/guest.ts'
import { noteSeen } from './line-queries.ts'
import { mustFindCart, priceForDisplay, refuseEnded } from './load.ts'
import type { PricedCart } from './priced.ts'
import { type CartChanges, type CartLineRow, type CartRow, changeCart, findCart, listLines } from './queries.ts'

/**
 * Gives up the pending order that stands on a cart, so that the cart can be edited: closes the provider's session,
 * frees holds and claims. It belongs to checkout, above this feature, and is handed in by app.ts.
 * @throws {Problem} cart_completed when the order turns out to be paid.
 */
export type Reopen = (context: Context, cartId: string) => Promise<void>

/** A cart after a change, with what happened to the wish on the way. */
export interface ChangedCart {
  priced: PricedCart
  warnings: Warning[]
}

export interface CartChange {
  cartId: string
  /** The version `If-Match` asks for. */
  ifMatch: number | null
  changes?: CartChanges
  /** Refusals that come before anything is given up or changed. */
  guards?: readonly Write[]
  /** Writes after the cart's own. */
  writes: readonly Write[]
  reopen: Reopen
}

/**
 * Commits one change of a cart and reads the whole cart back: one trip. A pending order in the way is given up first.
 * @throws {ConstraintError} for refusals of `writes` that the caller answers.
 */
export async function commitChange(
  context: Context,
  change: CartChange,
): Promise<{ cart: CartRow; lines: CartLineRow[] }> {
  const { ownerId } = sessionOf(context)
  const { now, idempotency } = context
  const { cartId } = change
  const expiresAt = now.getTime() + CART_LIFETIME_MS
  for (let reopened = false; ; reopened = true) {
    const begin = changeCart(cartId, ownerId, { ...change.changes, expiresAt }, { version: change.ifMatch, now })
    try {
      const [[cart], lines] = await context.db.commit(
        [...claimKey(idempotency, now, cartId, 200), ...(change.guards ?? []), ...begin, ...change.writes],
        [findCart(cartId, ownerId), listLines(cartId)],
        // With a key the batch is its own proof: the second run of it would fail on the key.
        { repeatable: idempotency !== null },
      )
      if (!cart) throw new Error('the cart just changed is gone')
      return { cart, lines }
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error
      if (error.constraint === 'cart_closed') {
        refuseEnded((await mustFindCart(context, cartId)).cart, now)
        throw new Problem('cart_conflict')
      }
      if (error.constraint !== 'cart_ordered' || reopened) throw error
      await change.reopen(context, cartId)
    }
  }
}

/**
 * Prices a changed cart for its answer. A price that differs from the one last told is shown with the old one beside
 * it, and noted as told, and so is the first price in another currency: one more trip, only then.
 * @param touched lines that this very change has put there: their price is no news, but is noted all the same.
 */
export async function showChanged(
  context: Context,
  { cart, lines }: { cart: CartRow; lines: CartLineRow[] },
  warnings: Warning[] = [],
  touched: (row: CartLineRow) => boolean = () => false,
): Promise<ChangedCart> {
  const priced = await priceForDisplay(context, cart, lines)
  const told = priced.lines.filter(
    ({ row, sellable, previousUnitAmount }) =>
      previousUnitAmount !== null || (sellable !== null && row.seenCurrency !== cart.currency),
  )
  if (told.length > 0) {
    const seen = told.map(({ row, unitAmount, available }) => ({
      id: row.id,
      unitAmount,
      currency: cart.currency,
      available,
    }))
    await context.db.commit(noteSeen(cart.id, seen))
  }
  return { priced: forgetPrevious(priced, touched), warnings }
}

function forgetPrevious(priced: PricedCart, touched: (row: CartLineRow) => boolean): PricedCart {
  const isTouched = new Set(priced.lines.flatMap(({ row }) => (touched(row) ? [row.id] : [])))
  return {
    ...priced,
    lines: priced.lines.map((line) => (isTouched.has(line.row.id) ? { ...line, previousUnitAmount: null } : line)),
    warnings: priced.warnings.filter(
      ({ code, target }) => code !== 'PRICE_CHANGED' || target === null || !isTouched.has(target),
    ),
  }
}
