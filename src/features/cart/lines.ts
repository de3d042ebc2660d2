import { attributesKey, MAX_LINES, MAX_QUANTITY, type Warning } from '../../domain/cart.ts'
import { priceFor } from '../../domain/price.ts'
import type { Metadata } from '../../domain/product.ts'
import { want } from '../../platform/cache/cache.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import { type Sellable, sellables, skuKey } from '../catalog/sellables.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { loadShop, mustFindCart, refuseEnded, withCart } from './load.ts'
import { type AddedLine, addLines, type CartLineRow, noteSeen, setQuantities } from './queries.ts'

/** A wish as it comes in. */
export interface LineWish {
  variant_id?: string | undefined
  sku?: string | undefined
  quantity: number
  attributes: Metadata
}

/** A wish after a look at the shop: which variant, and how many of it can be had. */
export interface ResolvedLine {
  sellable: Sellable
  quantity: number
  attributes: Metadata
  attributesKey: string
  available: number | null
}

const EXACT_TRIES = 5

/**
 * Finds the variants of `wishes`, joins wishes for the same line, and cuts each to what can be had. The cache may say
 * yes; before anything is refused or cut, D1 is asked.
 * @param cartId the cart they go to, or null for a new one.
 * @throws {Problem} invalid_request for unknown variants, out_of_stock where none is left.
 */
export async function resolveLines(
  context: Context,
  wishes: readonly LineWish[],
  cartId: string | null,
): Promise<{ lines: ResolvedLine[]; warnings: Warning[] }> {
  const keys = wishes.map(keyOf)
  // Everything the answer will be priced with comes in the same trip, if there has to be one.
  const warm = cartId === null ? {} : withCart(context, cartId)
  let found = new Map((await loadShop(context, { variants: keys, codes: [] }, warm)).sellables)
  const doubtful = wishes.filter((wish) => {
    const sellable = found.get(keyOf(wish))
    const available = sellable ? availableOf(sellable.levels) : 0
    return available !== null && available < wish.quantity
  })
  if (doubtful.length > 0) found = new Map([...found, ...(await loadFresh(context, doubtful.map(keyOf)))])

  const joined = new Map<string, ResolvedLine>()
  const unknown: { pointer: string; detail: string }[] = []
  const soldOut: { pointer: string; detail: string }[] = []
  wishes.forEach((wish, index) => {
    const field = wish.sku === undefined ? 'variant_id' : 'sku'
    const sellable = found.get(keyOf(wish))
    if (!sellable) {
      unknown.push({ pointer: `/lines/${index}/${field}`, detail: 'is not a variant that is for sale' })
      return
    }
    const available = availableOf(sellable.levels)
    if (available === 0) soldOut.push({ pointer: `/lines/${index}`, detail: 'is sold out' })
    const key = attributesKey(wish.attributes)
    const id = JSON.stringify([sellable.variantId, key])
    const quantity = (joined.get(id)?.quantity ?? 0) + wish.quantity
    joined.set(id, { sellable, quantity, attributes: wish.attributes, attributesKey: key, available })
  })
  if (unknown.length > 0) throw new Problem('invalid_request', { errors: unknown })
  if (soldOut.length > 0) throw new Problem('out_of_stock', { errors: soldOut })
  return cutToStock([...joined.values()])
}

function cutToStock(lines: readonly ResolvedLine[]): { lines: ResolvedLine[]; warnings: Warning[] } {
  const warnings: Warning[] = []
  const cut = lines.map((line) => {
    const quantity = Math.min(line.quantity, line.available ?? MAX_QUANTITY, MAX_QUANTITY)
    if (quantity < line.quantity) warnings.push(reduced(line.sellable.variantId, quantity))
    return { ...line, quantity }
  })
  return { lines: cut, warnings }
}

function reduced(target: string, quantity: number): Warning {
  return { code: 'QUANTITY_REDUCED', message: `Only ${quantity} can be had; the quantity was lowered.`, target }
}

/** Adds lines to a cart; one trip when the catalog's cache is warm and there is enough of everything. */
export async function addToCart(
  context: Context,
  cartId: string,
  wishes: readonly LineWish[],
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  const { lines, warnings } = await resolveLines(context, wishes, cartId)
  const added = lines.map(
    (line): AddedLine => ({
      id: context.mint('line'),
      variantId: line.sellable.variantId,
      attributesKey: line.attributesKey,
      attributes: line.attributes,
      quantity: line.quantity,
      prices: likelyPrices(line, context.now),
      available: line.available,
    }),
  )
  try {
    const changed = await commitChange(context, { cartId, ...options, writes: addLines(cartId, added, context.now) })
    return showChanged(context, changed, warnings, touchedBy(added))
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error
    if (error.constraint === 'too_many_lines') throw invalid('/lines', `a cart has at most ${MAX_LINES} lines`)
    if (error.constraint === 'no_price') throw invalid('/lines', 'a variant has no price in the currency of the cart')
    if (error.constraint !== 'stock_uncertain') throw error
  }
  // More than one wish can tell: what already lies in the cart counts too. Now look exactly.
  return changeExactly(context, cartId, options, (current) =>
    added.map((line) => {
      const same = current.find((row) => row.variantId === line.variantId && row.attributesKey === line.attributesKey)
      return {
        variantId: line.variantId,
        quantity: (same?.quantity ?? 0) + line.quantity,
        existing: same ?? null,
        added: line,
      }
    }),
  )
}

/** Sets quantities by line id, 0 removes; one trip unless more is asked than was last seen. */
export async function setLineQuantities(
  context: Context,
  cartId: string,
  wishes: readonly { id: string; quantity: number }[],
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  let { ifMatch } = options
  try {
    const changed = await commitChange(context, { cartId, ...options, writes: setQuantities(cartId, wishes) })
    const shown = await showChanged(context, changed)
    const ids = new Set(wishes.map(({ id }) => id))
    const short = shown.priced.lines.some(
      ({ row, sellable, available }) =>
        sellable !== null && ids.has(row.id) && available !== null && available > 0 && available < row.quantity,
    )
    if (!short) return shown
    // The wish has taken effect; cutting it goes on from the version that it made.
    if (ifMatch !== null) ifMatch = changed.cart.version
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error
    if (error.constraint === 'line_not_found') throw await whichLineIsMissing(context, cartId, wishes)
    if (error.constraint !== 'stock_uncertain') throw error
  }
  return changeExactly(context, cartId, { ...options, ifMatch }, (current) =>
    wishes.map(({ id, quantity }) => {
      const existing = current.find((row) => row.id === id)
      if (!existing) throw new Problem('cart_conflict')
      return { variantId: existing.variantId, quantity, existing, added: null }
    }),
  )
}

interface ExactWish {
  variantId: string
  quantity: number
  existing: CartLineRow | null
  added: AddedLine | null
}

/**
 * The slow way, for wishes near the end of a stock: read the cart, read the stock from D1, cut to it, and commit
 * against the version that was read. @throws {Problem} out_of_stock where none is left.
 */
async function changeExactly(
  context: Context,
  cartId: string,
  options: { ifMatch: number | null; reopen: Reopen },
  wishFor: (current: readonly CartLineRow[]) => ExactWish[],
): Promise<ChangedCart> {
  for (let tries = 1; ; tries += 1) {
    const { cart, lines: current } = await mustFindCart(context, cartId)
    refuseEnded(cart, context.now)
    const wishes = wishFor(current)
    const found = await loadFresh(
      context,
      wishes.map(({ variantId }) => variantId),
    )
    const warnings: Warning[] = []
    const exact = wishes.map((wish) => {
      const sellable = found.get(wish.variantId)
      const available = sellable ? availableOf(sellable.levels) : 0
      if (wish.quantity > 0 && available === 0) {
        throw new Problem('out_of_stock', { errors: [{ pointer: '/lines', detail: `${wish.variantId} is sold out` }] })
      }
      const quantity = Math.min(wish.quantity, available ?? MAX_QUANTITY, MAX_QUANTITY)
      if (quantity < wish.quantity) warnings.push(reduced(wish.existing?.id ?? wish.variantId, quantity))
      return { ...wish, quantity, available }
    })
    const kept = exact.flatMap(({ existing, quantity, available }) =>
      existing ? [{ id: existing.id, quantity, available }] : [],
    )
    const added = exact.flatMap(({ existing, added: line, quantity, available }) =>
      !existing && line ? [{ ...line, quantity, available }] : [],
    )
    const seen = kept.flatMap(({ id, available }) => {
      const row = current.find((line) => line.id === id)
      return row
        ? [{ id, unitAmount: row.seenUnitAmount ?? 0, currency: row.seenCurrency ?? cart.currency, available }]
        : []
    })
    try {
      const changed = await commitChange(context, {
        cartId,
        ifMatch: options.ifMatch ?? cart.version,
        reopen: options.reopen,
        writes: [
          ...noteSeen(cartId, seen),
          ...(kept.length > 0 ? setQuantities(cartId, kept) : []),
          ...(added.length > 0 ? addLines(cartId, added, context.now) : []),
        ],
      })
      return showChanged(context, changed, warnings, touchedBy(added))
    } catch (error) {
      const raced = error instanceof ConstraintError && error.constraint === 'version_mismatch'
      if (!raced || options.ifMatch !== null || tries >= EXACT_TRIES) throw error
    }
  }
}

/** What a piece costs everybody, by currency: most likely what this cart will show, which only pricing it tells. */
function likelyPrices({ sellable: { pricing }, quantity }: ResolvedLine, now: Date): Record<string, number> {
  return Object.fromEntries(
    pricing.prices.map(({ currency, marketId, amount }) => {
      const everywhere = priceFor(pricing, { currency, marketId: null, groupIds: [] }, quantity, now)
      const inMarket = priceFor(pricing, { currency, marketId, groupIds: [] }, quantity, now)
      return [currency, (everywhere ?? inMarket)?.amount ?? amount]
    }),
  )
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
  if (index < 0) return new Problem('cart_conflict')
  return new Problem('line_not_found', {
    errors: [{ pointer: `/lines/${index}/id`, detail: 'is not a line of this cart' }],
  })
}

async function loadFresh({ cache, now }: Context, keys: readonly string[]): Promise<Map<string, Sellable>> {
  const [found] = await cache.load([want(sellables(now), keys)], { fresh: true })
  return new Map([...found].map(([key, { value }]) => [key, value]))
}

/** Where the cache keeps the variant of a wish. */
export function keyOf(wish: LineWish): string {
  return wish.sku === undefined ? (wish.variant_id ?? '') : skuKey(wish.sku)
}
