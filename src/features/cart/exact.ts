import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { type AddedLine, addLines, refuseChangedLines, setQuantities } from './line-queries.ts'
import { mustFindCart, refuseEnded } from './load.ts'
import { decideQuantities } from './quantities.ts'
import type { CartLineRow } from './queries.ts'
import { loadFresh, seenRule } from './wishes.ts'

/** What a line shall hold when all is done: the sum with what already lies in the cart. */
export interface ExactWish {
  variantId: string
  /** 0 removes. */
  quantity: number
  /** Where the request asks for it: `/lines/0`. */
  pointer: string
  existing: CartLineRow | null
  /** The line to make where there is none yet. */
  added: AddedLine | null
}

const EXACT_TRIES = 8
const FREE = { min: 1, max: null, step: 1 } as const

/**
 * The slow way, for wishes near the end of a stock or against a quantity rule: read the cart, read the variants from D1,
 * decide, and commit against the lines that were read.
 * @throws {Problem} out_of_stock where none is left, invalid_request for a quantity that the variant is not sold in,
 *   cart_conflict where others were faster again and again.
 */
export async function changeExactly(
  context: Context,
  cartId: string,
  options: { ifMatch: number | null; reopen: Reopen },
  wishFor: (current: readonly CartLineRow[]) => ExactWish[],
): Promise<ChangedCart> {
  for (let tries = 1; ; tries += 1) {
    const { cart, lines: current } = await mustFindCart(context, cartId)
    refuseEnded(cart, context.now)
    const wishes = wishFor(current)
    const { kept, added, warnings } = await decideExactly(context, wishes)
    try {
      const changed = await commitChange(context, {
        cartId,
        ...options,
        writes: [
          // Not the cart's version: what happens to other lines is no reason to begin again.
          ...refuseChangedLines(cartId, {
            known: wishes.flatMap(({ existing }) => existing ?? []),
            absent: added,
          }),
          ...(kept.length > 0 ? setQuantities(cartId, kept) : []),
          ...(added.length > 0 ? addLines(cartId, added, context.now) : []),
        ],
      })
      return showChanged(context, changed, warnings, (row) => added.some(({ id }) => id === row.id))
    } catch (error) {
      const raced = error instanceof ConstraintError && error.constraint === 'lines_changed'
      if (!raced) throw error
      if (tries >= EXACT_TRIES) throw new Problem('cart_conflict')
    }
  }
}

async function decideExactly(context: Context, wishes: readonly ExactWish[]) {
  const found = await loadFresh(
    context,
    wishes.map(({ variantId }) => variantId),
  )
  const known = wishes.map((wish) => {
    const sellable = found.get(wish.variantId)
    // What is not for sale any more can be removed only: there is none of it.
    const available = sellable ? availableOf(sellable.levels) : 0
    return { ...wish, sellable, available }
  })
  const { quantities, warnings } = decideQuantities(
    known.map(({ existing, added, quantity, sellable, available, pointer }) => {
      const lineId = existing?.id ?? added?.id ?? ''
      return { quantity, rule: sellable?.quantityRule ?? FREE, available, pointer, lineId }
    }),
  )
  const exact = known.map((line, index) => ({
    ...line,
    quantity: quantities[index] ?? 0,
    seen: line.sellable ? { available: line.available, ...seenRule(line.sellable) } : null,
  }))
  const kept = exact.flatMap(({ existing, quantity, seen }) => (existing ? [{ id: existing.id, quantity, seen }] : []))
  const added = exact.flatMap(({ existing, added: line, quantity, seen }) =>
    !existing && line ? [{ ...line, quantity, ...seen }] : [],
  )
  return { kept, added, warnings }
}
