import { decideQuantity, MAX_ATTRIBUTE_BYTES, MAX_LINES } from '../../domain/cart.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { changeExactly } from './exact.ts'
import { type AddedLine, addLines, setQuantities } from './line-queries.ts'
import { mustFindCart, withCart } from './load.ts'
import type { PricedLine } from './priced-lines.ts'
import type { CartLineRow } from './queries.ts'
import { type LineWish, likelyPrices, type ResolvedLine, resolveLines, seenRule } from './wishes.ts'

/** Refusals of a change that more may be known about: the stock or the rule was another when the line was last changed. */
const UNCERTAIN = ['stock_uncertain', 'quantity_uncertain', 'cart_line_quantity']

/**
 * Adds lines to a cart; one trip when the catalog's cache is warm and there is enough of everything.
 * @throws {Problem} invalid_request, out_of_stock.
 */
export async function addToCart(
  context: Context,
  cartId: string,
  wishes: readonly LineWish[],
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  const resolved = await resolveLines(context, wishes, withCart(context, cartId))
  const added = resolved.map((line) => toAdded(context, line))
  // A wish that cannot be had whatever lies in the cart needs no try.
  if (resolved.every(({ quantity, available }) => available === null || quantity <= available)) {
    try {
      const changed = await commitChange(context, { cartId, ...options, writes: addLines(cartId, added, context.now) })
      return await showChanged(context, changed, [], touchedBy(added))
    } catch (error) {
      if (!isUncertain(error)) throw refusalOf(error)
    }
  }
  // More than one wish can tell: what already lies in the cart counts too. Now look exactly.
  const exactly = changeExactly(context, cartId, options, (current) =>
    added.map((line, index) => {
      const same = current.find((row) => row.variantId === line.variantId && row.attributesKey === line.attributesKey)
      return {
        variantId: line.variantId,
        quantity: (same?.quantity ?? 0) + line.quantity,
        pointer: resolved[index]?.pointer ?? '/lines',
        existing: same ?? null,
        added: line,
      }
    }),
  )
  return exactly.catch((error) => {
    throw refusalOf(error)
  })
}

/** Sets quantities by line id, 0 removes; one trip unless more is asked than was last seen. */
export async function setLineQuantities(
  context: Context,
  cartId: string,
  wishes: readonly { id: string; quantity: number }[],
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  const settled = await trySetting(context, cartId, wishes, options)
  const ids = new Set(wishes.map(({ id }) => id))
  if (settled && !settled.priced.lines.some((line) => ids.has(line.row.id) && canBeCut(line))) return settled
  // Where the wish has taken effect, cutting it goes on from the version that it made.
  const ifMatch = settled && options.ifMatch !== null ? settled.priced.cart.version : options.ifMatch
  try {
    return await changeExactly(context, cartId, { ...options, ifMatch }, (current) =>
      wishes.map(({ id, quantity }, index) => {
        const existing = current.find((row) => row.id === id) ?? null
        // A line that is gone, by this very wish or by another, has nothing left to be cut.
        if (!existing && !settled) throw missingLine(index)
        // What has been set may have been changed again by another request: then that is what is cut.
        const wished = settled ? (existing?.quantity ?? 0) : quantity
        const variantId = existing?.variantId ?? ''
        return { variantId, quantity: wished, pointer: `/lines/${index}`, existing, added: null }
      }),
    )
  } catch (error) {
    if (settled && (error instanceof Problem || error instanceof ConstraintError)) return settled
    throw error
  }
}

/** The wish as it is, or null where somebody has to look exactly first. */
async function trySetting(
  context: Context,
  cartId: string,
  wishes: readonly { id: string; quantity: number }[],
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart | null> {
  try {
    const changed = await commitChange(context, { cartId, ...options, writes: setQuantities(cartId, wishes) })
    return await showChanged(context, changed)
  } catch (error) {
    if (isUncertain(error)) return null
    const missing = error instanceof ConstraintError && error.constraint === 'line_not_found'
    throw missing ? await whichLineIsMissing(context, cartId, wishes) : error
  }
}

/** Whether less can be had of the line than it holds, as far as the cache knows. */
function canBeCut({ row, sellable, available }: PricedLine): boolean {
  if (!sellable) return false
  const decision = decideQuantity(row.quantity, sellable.quantityRule, available)
  return decision.ok && decision.quantity < row.quantity
}

function isUncertain(error: unknown): boolean {
  return error instanceof ConstraintError && UNCERTAIN.includes(error.constraint)
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof ConstraintError)) return error
  if (error.constraint === 'too_many_lines') return invalid('/lines', `a cart has at most ${MAX_LINES} lines`)
  if (error.constraint === 'attributes_too_large') {
    return invalid('/lines', `the attributes of a cart have at most ${MAX_ATTRIBUTE_BYTES} bytes`)
  }
  if (error.constraint === 'no_price') return invalid('/lines', 'a variant has no price in the currency of the cart')
  return error
}

function toAdded({ mint, now }: Context, line: ResolvedLine): AddedLine {
  const { sellable, quantity, attributes, attributesKey, available } = line
  return {
    id: mint('line'),
    variantId: sellable.variantId,
    ...{ attributesKey, attributes, quantity, available },
    ...seenRule(sellable),
    prices: likelyPrices(sellable, quantity, now),
  }
}

/** The lines of a wish: what they cost is told by the answer, whatever was told before. */
function touchedBy(added: readonly AddedLine[]): (row: CartLineRow) => boolean {
  return (row) =>
    added.some(({ variantId, attributesKey: key }) => row.variantId === variantId && row.attributesKey === key)
}

async function whichLineIsMissing(
  context: Context,
  cartId: string,
  wishes: readonly { id: string }[],
): Promise<Problem> {
  const { lines } = await mustFindCart(context, cartId)
  const index = wishes.findIndex(({ id }) => !lines.some((line) => line.id === id))
  return index < 0 ? new Problem('cart_conflict') : missingLine(index)
}

function missingLine(index: number): Problem {
  return new Problem('line_not_found', {
    errors: [{ pointer: `/lines/${index}/id`, detail: 'is not a line of this cart' }],
  })
}
