import type * as z from 'zod'
import { shelfOf } from '../../domain/stock.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem, type ProblemError } from '../../platform/http/problem.ts'
import { commitStaffChange } from '../../platform/http/staff-change.ts'
import type { TransferInput } from './contract.ts'
import { transferStock } from './ledger-queries.ts'
import { findPlaces, findVariants, type InventoryRow, listLevels } from './level-queries.ts'

type Input = z.output<ReturnType<typeof TransferInput>>

/**
 * Moves goods from one location to another, all of them or none. What checkouts hold stays where it is.
 * @throws {Problem} invalid_request (no such variant, no such location or a closed one), out_of_stock.
 */
export async function transfer(context: Context, input: Input): Promise<{ id: string; levels: InventoryRow[] }> {
  const { mint, now } = context
  const { from_location_id: from, to_location_id: to, reason } = input
  const items = await resolve(context, input)
  const id = mint('transfer')
  try {
    const [levels] = await commitStaffChange(context, {
      writes: transferStock(items, { from, to, reason, reference: id, at: now }),
      reads: [listLevels(variantIdsOf(items), now)],
      action: 'stock.transferred',
      subjectId: id,
      change: { from, to, reason, items: items.length },
      status: 201,
      // What can be sold in all is the same as before.
      tags: null,
      faults: { stock_location_unknown: { pointer: '/to_location_id', detail: 'is no active location' } },
    })
    return { id, levels }
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint !== 'stock_not_oversold') throw error
    throw await tooFew(context, input, items)
  }
}

/** The levels that a transfer has touched, as they are now. */
export async function levelsOfTransfer(context: Context, input: Input): Promise<InventoryRow[]> {
  const items = await resolve(context, input)
  const [levels] = await context.db.read(listLevels(variantIdsOf(items), context.now))
  return levels
}

interface Item {
  variantId: string
  quantity: number
  /** Where the request names it. */
  pointers: string[]
}

/** The items by variant: who is named twice goes in one movement. */
async function resolve({ db }: Context, { from_location_id: from, to_location_id: to, items }: Input): Promise<Item[]> {
  const [variants, places] = await db.read(findVariants(items), findPlaces([from, to]))
  const bySku = new Map(variants.map(({ id, sku }) => [sku, id]))
  const ids = new Set(variants.map(({ id }) => id))
  const isKnown = (id: string) => places.some((place) => place.id === id && place.active)
  const errors: ProblemError[] = []
  if (!isKnown(from)) errors.push({ pointer: '/from_location_id', detail: 'is no active location' })
  if (!isKnown(to)) errors.push({ pointer: '/to_location_id', detail: 'is no active location' })
  const found = new Map<string, Item>()
  for (const [index, { sku, variant_id, quantity }] of items.entries()) {
    const variantId = sku === undefined ? (variant_id ?? '') : (bySku.get(sku) ?? '')
    const pointer = `/items/${index}`
    if (!ids.has(variantId)) {
      errors.push({ pointer: `${pointer}/${sku === undefined ? 'variant_id' : 'sku'}`, detail: 'is no variant' })
      continue
    }
    const known = found.get(variantId)
    found.set(variantId, {
      variantId,
      quantity: (known?.quantity ?? 0) + quantity,
      pointers: [...(known?.pointers ?? []), pointer],
    })
  }
  if (errors.length > 0) throw new Problem('invalid_request', { errors })
  return [...found.values()]
}

async function tooFew({ db, now }: Context, { from_location_id: from }: Input, items: readonly Item[]) {
  const [levels] = await db.read(listLevels(variantIdsOf(items), now))
  const errors = items.flatMap(({ variantId, quantity, pointers }) => {
    const level = levels.find((each) => each.variantId === variantId && each.locationId === from)
    const free = level ? shelfOf(level) : 0
    return free < quantity
      ? pointers.map((pointer) => ({ pointer, detail: `only ${free} can be moved from there` }))
      : []
  })
  return new Problem('out_of_stock', { detail: 'Not as much is free on the shelf.', errors })
}

function variantIdsOf(items: readonly Item[]): string[] {
  return items.map(({ variantId }) => variantId)
}
