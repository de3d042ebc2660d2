import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { ShippedLine } from '../../domain/fulfillment.ts'
import { type Query, q, type Write } from '../../platform/db/client.ts'
import { insertRows, refuseWhen } from '../../platform/db/rows.ts'
import { fulfillmentLines, fulfillments, orderLines } from '../../platform/db/schema/orders.ts'

export type FulfillmentRow = typeof fulfillments.$inferSelect

/** A fulfillment with what is in it. */
export interface Fulfillment extends FulfillmentRow {
  lines: ShippedLine[]
}

const whole = {
  orderId: fulfillments.orderId,
  id: fulfillments.id,
  version: fulfillments.version,
  status: fulfillments.status,
  locationId: fulfillments.locationId,
  tracking: fulfillments.tracking,
  actor: fulfillments.actor,
  createdAt: fulfillments.createdAt,
  updatedAt: fulfillments.updatedAt,
  deliveredAt: fulfillments.deliveredAt,
  // In the order of the order's own lines.
  lines: sql<ShippedLine[]>`(SELECT json_group_array(json_object('lineId', id, 'quantity', quantity)) FROM (
      SELECT l.id, f.quantity FROM ${fulfillmentLines} AS f JOIN ${orderLines} AS l ON l.order_id = f.order_id AND l.id = f.line_id
      WHERE f.order_id = fulfillments.order_id AND f.fulfillment_id = fulfillments.id ORDER BY l.position))`
    .mapWith((text: string) => JSON.parse(text) as ShippedLine[])
    .as('lines'),
}

/** What was shipped of an order, the first parcel first. */
export function listFulfillments(orderId: SQL): Query<Fulfillment[]> {
  return q.select(whole).from(fulfillments).where(eq(fulfillments.orderId, orderId)).orderBy(asc(fulfillments.id))
}

export function findFulfillment(orderId: string, id: string): Query<Fulfillment[]> {
  return q
    .select(whole)
    .from(fulfillments)
    .where(and(eq(fulfillments.orderId, orderId), eq(fulfillments.id, id)))
}

/** A parcel leaves, and its lines count what is in it. Breaks `fulfilled_exceeds_ordered` where that is no longer there. */
export function insertFulfillment({ lines, ...row }: Fulfillment): Write[] {
  const { orderId, id } = row
  return [
    ...insertRows(fulfillments, [row]),
    ...insertRows(
      fulfillmentLines,
      lines.map((line) => ({ orderId, fulfillmentId: id, ...line })),
    ),
    q.run(sql`UPDATE ${orderLines} SET fulfilled_quantity = fulfilled_quantity + (j.value ->> '$.quantity')
      FROM json_each(${JSON.stringify(lines)}) AS j
      WHERE ${orderLines.orderId} = ${orderId} AND ${orderLines.id} = j.value ->> '$.lineId'`),
  ]
}

/** Changes a fulfillment from what it was. Breaks `version_mismatch` when it was changed since. */
export function updateFulfillment(
  { orderId, id, version }: FulfillmentRow,
  changes: Partial<Pick<FulfillmentRow, 'status' | 'tracking' | 'deliveredAt'>> & { updatedAt: number },
): Write[] {
  const known = and(eq(fulfillments.orderId, orderId), eq(fulfillments.id, id), eq(fulfillments.version, version))
  return [
    q
      .update(fulfillments)
      .set({ ...changes, version: version + 1 })
      .where(known),
    refuseWhen('version_mismatch', sql`changes() <> 1`),
  ]
}
