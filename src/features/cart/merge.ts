import {
  decideQuantity,
  largestAllowed,
  MAX_ATTRIBUTE_BYTES,
  MAX_DISCOUNT_CODES,
  MAX_GIFT_CARDS,
  MAX_LINES,
  MAX_QUANTITY,
  type MergeStrategy,
  mergedQuantity,
  type Warning,
} from '../../domain/cart.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { availableOf } from '../catalog/product.ts'
import type { Sellable } from '../catalog/sellables.ts'
import { sessionOf } from '../sessions/guest.ts'
import { findRevocation, refuseRevoked } from '../sessions/queries.ts'
import { verifyToken } from '../sessions/tokens.ts'
import { type ChangedCart, commitChange, type Reopen, showChanged } from './change.ts'
import { putMergedLines } from './line-queries.ts'
import { refuseEnded, refuseMerged } from './load.ts'
import { reduced } from './quantities.ts'
import { type CartChanges, type CartLineRow, type CartRow, findCart, listLines, mergeAway } from './queries.ts'
import { loadFresh, seenRule } from './wishes.ts'

export interface MergeWish {
  from_cart_id: string
  /** Proves the other cart where it is somebody else's: a guest's, before logging in. */
  from_access_token?: string | undefined
  strategy: MergeStrategy
}

interface WholeCart {
  cart: CartRow
  lines: CartLineRow[]
}

/** Who owns the source, and the session that proves it where that is another than the caller's. */
interface Proof {
  ownerId: string
  sessionId: string | null
}

const MERGE_TRIES = 5
const encoder = new TextEncoder()
const NOT_YOURS = 'is not a cart of yours, nor of the session of from_access_token'

/**
 * Moves what is in another cart into this one and ends the other, in one commit against the versions of both: of two
 * merges of the same cart one wins, and what is added to it meanwhile is either moved as well or refused.
 * Lines that are in one cart only are kept, and so is everything this cart already says.
 * @throws {Problem} invalid_request, cart_gone and cart_completed (of either cart), version_mismatch, cart_conflict.
 */
export async function mergeCarts(
  context: Context,
  cartId: string,
  wish: MergeWish,
  options: { ifMatch: number | null; reopen: Reopen },
): Promise<ChangedCart> {
  if (wish.from_cart_id === cartId) throw invalid('/from_cart_id', 'is this cart itself')
  const proof = await proveSource(context, wish.from_access_token)
  for (let tries = 1; ; tries += 1) {
    const { target, source } = await loadBoth(context, cartId, wish.from_cart_id, proof)
    // Before any order is given up for a merge that is refused anyway.
    if (options.ifMatch !== null && options.ifMatch !== target.cart.version) throw new Problem('version_mismatch')
    const { rows, warnings } = await mergeLines(context, target, source, wish.strategy)
    // In this order: whoever is told that this cart is paid has not lost the other's order for it.
    for (const { cart } of [target, source]) if (cart.orderId !== null) await options.reopen(context, cart.id)
    try {
      const changed = await commitChange(context, {
        cartId,
        ifMatch: options.ifMatch ?? target.cart.version,
        reopen: options.reopen,
        changes: joinedFields(target.cart, source.cart),
        writes: [
          ...(proof.sessionId === null ? [] : [refuseRevoked(proof.sessionId)]),
          ...mergeAway(source.cart, cartId, context.now),
          ...putMergedLines(rows),
        ],
      })
      return showChanged(context, changed, [cartMerged(source.cart.id), ...warnings])
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error
      if (error.constraint === 'session_revoked') throw badToken()
      const raced = error.constraint === 'source_changed' || error.constraint === 'version_mismatch'
      if (!raced || (error.constraint === 'version_mismatch' && options.ifMatch !== null)) throw error
      if (tries >= MERGE_TRIES) throw new Problem('cart_conflict')
    }
  }
}

/** Told by the answer of a merge, and by every replay of it. */
export function cartMerged(sourceId: string): Warning {
  return { code: 'CART_MERGED', message: 'What was in another cart has been moved into this one.', target: sourceId }
}

async function proveSource(context: Context, token: string | undefined): Promise<Proof> {
  if (token === undefined) return { ownerId: sessionOf(context).ownerId, sessionId: null }
  const session = await verifyToken(context.config, token, context.now)
  if (!session) throw badToken()
  return session
}

function badToken(): Problem {
  return invalid('/from_access_token', 'is not a valid, unexpired session token')
}

/** Both carts on one snapshot, neither of them ended. */
async function loadBoth(context: Context, targetId: string, sourceId: string, proof: Proof) {
  const { db, now } = context
  const [[target], targetLines, [source], sourceLines, [revoked]] = await db.read(
    findCart(targetId, sessionOf(context).ownerId),
    listLines(targetId),
    findCart(sourceId, proof.ownerId),
    listLines(sourceId),
    findRevocation(proof.sessionId ?? ''),
  )
  if (!target) throw new Problem('cart_not_found')
  refuseMerged(target)
  refuseEnded(target, now)
  if (revoked) throw badToken()
  if (!source) throw invalid('/from_cart_id', NOT_YOURS)
  refuseEnded(source, now, { errors: [{ pointer: '/from_cart_id', detail: 'has ended' }] })
  return { target: { cart: target, lines: targetLines }, source: { cart: source, lines: sourceLines } }
}

const keyOf = ({ variantId, attributesKey }: CartLineRow) => JSON.stringify([variantId, attributesKey])

/** The lines of the target that a merge makes or changes, with what D1 says of their variants now. */
async function mergeLines(
  context: Context,
  target: WholeCart,
  source: WholeCart,
  strategy: MergeStrategy,
): Promise<{ rows: CartLineRow[]; warnings: Warning[] }> {
  const { mint, now } = context
  const own = new Map(target.lines.map((row) => [keyOf(row), row]))
  const wished = source.lines.flatMap((row, index) => {
    const same = own.get(keyOf(row))
    if (!same) {
      // Behind the target's own lines, in the order they had.
      const moved = { ...row, cartId: target.cart.id, id: mint('line'), createdAt: now.getTime() + index }
      return [{ row: moved, quantity: row.quantity, isNew: true }]
    }
    const quantity = mergedQuantity(strategy, same.quantity, row.quantity)
    return quantity === same.quantity ? [] : [{ row: same, quantity, isNew: false }]
  })
  if (target.lines.length + wished.filter(({ isNew }) => isNew).length > MAX_LINES) {
    throw invalid('/from_cart_id', `together the carts have more than ${MAX_LINES} lines`)
  }
  const together = [...target.lines, ...wished.flatMap(({ row, isNew }) => (isNew ? row : []))]
  if (encoder.encode(together.map(({ attributesKey }) => attributesKey).join('')).length > MAX_ATTRIBUTE_BYTES) {
    throw invalid('/from_cart_id', `together the attributes of the carts have more than ${MAX_ATTRIBUTE_BYTES} bytes`)
  }
  if (wished.length === 0) return { rows: [], warnings: [] }
  const found = await loadFresh(
    context,
    wished.map(({ row }) => row.variantId),
  )
  const warnings: Warning[] = []
  const rows = wished.map(({ row, quantity: wish }) => {
    const sellable = found.get(row.variantId)
    const quantity = fitQuantity(wish, sellable)
    if (quantity < wish) warnings.push(reduced(row.id, quantity))
    const seen = sellable ? { seenAvailable: availableOf(sellable.levels), ...seenRule(sellable) } : {}
    return { ...row, quantity, ...seen }
  })
  return { rows, warnings }
}

/** A merge loses no line: what cannot be had at all, or not in this quantity, stays and is told by its own warning. */
function fitQuantity(wished: number, sellable: Sellable | undefined): number {
  const capped = Math.min(wished, MAX_QUANTITY)
  if (!sellable) return capped
  const available = availableOf(sellable.levels)
  const decision = decideQuantity(wished, sellable.quantityRule, available)
  if (decision.ok) return decision.quantity
  return largestAllowed(Math.min(capped, available ?? capped), sellable.quantityRule) || capped
}

function joinedFields(target: CartRow, source: CartRow): CartChanges {
  const whose = target.email === null ? source : target
  return {
    email: whose.email,
    customerKey: whose.customerKey,
    shippingAddress: target.shippingAddress ?? source.shippingAddress,
    billingAddress: target.billingAddress ?? source.billingAddress,
    shippingOptionId: target.shippingOptionId ?? source.shippingOptionId,
    discountCodes: [...new Set([...target.discountCodes, ...source.discountCodes])].slice(0, MAX_DISCOUNT_CODES),
    giftCardIds: [...new Set([...target.giftCardIds, ...source.giftCardIds])].slice(0, MAX_GIFT_CARDS),
    // Of other codes and another e-mail, limits are asked anew.
    refusals: {},
    note: target.note ?? source.note,
    metadata: Object.keys(target.metadata).length > 0 ? target.metadata : source.metadata,
    vatId: target.vatId ?? source.vatId,
  }
}
