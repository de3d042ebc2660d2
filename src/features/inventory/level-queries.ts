import { and, asc, eq, sql } from 'drizzle-orm'
import type { InventoryPolicy } from '../../domain/product.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { listOf, refuseWhen } from '../../platform/db/rows.ts'
import { variants } from '../../platform/db/schema/catalog.ts'
import { locations, stockHolds, stockLevels } from '../../platform/db/schema/inventory.ts'
import { type Fragment, fragment } from '../../platform/db/statement.ts'

/** A variant's stock at a location as staff see it. */
export interface InventoryRow {
  variantId: string
  sku: string | null
  locationId: string
  policy: InventoryPolicy
  backorderLimit: number | null
  lowStockAt: number | null
  onHand: number
  held: number
  incoming: number
  /** The part of `held` whose holds have expired. */
  freeable: number
  /** Whether the location is. */
  active: boolean
}

/**
 * How staff name a variant: by one of the two. By its id also one that has left its product: what stands of it still has to
 * go somewhere. Its SKU may be another one's by now.
 */
export interface VariantName {
  sku?: string | undefined
  variant_id?: string | undefined
}

/** `(SELECT id ...)` of the variant that is meant: empty where there is none. */
export function variantNamed({ sku, variant_id }: VariantName): Fragment {
  // archived is written out, because SQLite uses the partial index on SKUs only where it sees this very term.
  return sku === undefined
    ? fragment`(SELECT id FROM ${variants} WHERE id = ${variant_id ?? ''})`
    : fragment`(SELECT id FROM ${variants} WHERE sku = ${sku} AND archived = 0)`
}

/** Levels of one variant, or a page of all of them in order of variant and location. */
export function listInventory(
  { sku, variant_id }: VariantName,
  after: { variantId: string; locationId: string } | null,
  limit: number,
  now: Date,
): Query<InventoryRow[]> {
  return selectInventory(now)
    .where(
      and(
        sku === undefined ? undefined : eq(variants.sku, sku),
        variant_id === undefined ? sql`${variants.archived} = 0` : eq(stockLevels.variantId, variant_id),
        after
          ? sql`(${stockLevels.variantId}, ${stockLevels.locationId}) > (${after.variantId}, ${after.locationId})`
          : undefined,
      ),
    )
    .orderBy(asc(stockLevels.variantId), asc(stockLevels.locationId))
    .limit(limit)
}

/** All levels of these variants, in the same order. */
export function listLevels(variantIds: readonly string[], now: Date): Query<InventoryRow[]> {
  return selectInventory(now)
    .where(sql`${stockLevels.variantId} IN ${listOf(variantIds)}`)
    .orderBy(asc(stockLevels.variantId), asc(stockLevels.locationId))
}

function selectInventory(now: Date) {
  return q
    .select({
      variantId: stockLevels.variantId,
      sku: variants.sku,
      locationId: stockLevels.locationId,
      policy: stockLevels.policy,
      backorderLimit: stockLevels.backorderLimit,
      lowStockAt: stockLevels.lowStockAt,
      onHand: stockLevels.onHand,
      held: stockLevels.held,
      incoming: stockLevels.incoming,
      freeable: sql<number>`(SELECT coalesce(sum(h.quantity), 0) FROM ${stockHolds} AS h
        WHERE h.variant_id = ${stockLevels.variantId} AND h.location_id = ${stockLevels.locationId}
          AND h.expires_at <= ${now.getTime()})`.as('freeable'),
      active: stockLevels.active,
    })
    .from(stockLevels)
    .innerJoin(variants, eq(variants.id, stockLevels.variantId))
}

/** Which variants are meant. */
export function findVariants(names: readonly VariantName[]): Query<{ id: string; sku: string | null }[]> {
  const skus = names.flatMap(({ sku }) => sku ?? [])
  const ids = names.flatMap(({ variant_id }) => variant_id ?? [])
  return q.all<{
    id: string
    sku: string | null
  }>(sql`SELECT id, sku FROM ${variants} WHERE sku IN ${listOf(skus)} AND archived = 0
    UNION SELECT id, sku FROM ${variants} WHERE id IN ${listOf(ids)}`)
}

/** What staff decide about a variant: the policy at all its locations, the rest at one of them. */
export interface LevelTerms {
  policy: InventoryPolicy
  backorderLimit: number | null
  lowStockAt: number | null
}

/** Those of them that change; what is left out stays as it is. */
export type NewTerms = { [Name in keyof LevelTerms]?: LevelTerms[Name] | undefined }

/**
 * Sets what holds at one level, and the policy at all of the variant's. Where a limit is set, locations without one sell
 * nothing by backorder any more: else the variant had none. Breaks `stock_not_oversold` when live holds or shelves forbid
 * it, and `level_missing` when the level is gone.
 */
export function setTerms(variantId: string, locationId: string, terms: NewTerms, now: Date): Write[] {
  const at = now.getTime()
  const { policy, backorderLimit, lowStockAt } = terms
  return [
    ...(policy === undefined
      ? []
      : [
          q.run(sql`UPDATE ${stockLevels} SET policy = ${policy}, updated_at = ${at}
            WHERE variant_id = ${variantId} AND location_id <> ${locationId} AND policy <> ${policy}`),
        ]),
    ...(backorderLimit === null || backorderLimit === undefined
      ? []
      : [
          q.run(sql`UPDATE ${stockLevels} SET backorder_limit = 0, updated_at = ${at}
            WHERE variant_id = ${variantId} AND location_id <> ${locationId} AND backorder_limit IS NULL`),
        ]),
    // What is not named is not written: somebody else may be changing it at this moment.
    q
      .update(stockLevels)
      .set({ policy, backorderLimit, lowStockAt, updatedAt: at })
      .where(and(eq(stockLevels.variantId, variantId), eq(stockLevels.locationId, locationId))),
    refuseWhen('level_missing', sql`changes() <> 1`),
  ]
}

/** The default location, or the one named, with whether it is open. */
export function findPlaces(ids: readonly string[]): Query<{ id: string; active: number; isDefault: number }[]> {
  return q.all(sql`SELECT id, active, is_default AS isDefault FROM ${locations} WHERE id IN ${listOf(ids)}
    UNION SELECT id, active, is_default FROM ${locations} WHERE is_default = 1`)
}
