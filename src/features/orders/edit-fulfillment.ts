import type { Tracking } from '../../domain/fulfillment.ts'
import type { Context } from '../../platform/http/context.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { type Fulfillment, findFulfillment, updateFulfillment } from './fulfillment-queries.ts'

export interface FulfillmentEdit {
  /** Null takes it away, undefined leaves it. */
  tracking: Tracking | null | undefined
  /** Whether it has arrived. */
  delivered: boolean
}

/**
 * Changes how a parcel is followed, or notes that it has arrived; one that changes nothing keeps the version.
 * @throws {Problem} fulfillment_not_found, version_mismatch
 */
export async function editFulfillment(
  context: Context,
  place: { orderId: string; id: string },
  { tracking, delivered }: FulfillmentEdit,
  ifMatch: number | null,
): Promise<Fulfillment> {
  const [[found]] = await context.db.read(findFulfillment(place.orderId, place.id))
  const old = mustBe(found, 'fulfillment_not_found', ifMatch)
  const at = context.now.getTime()
  const arrives = delivered && old.status === 'shipped'
  const wanted = {
    status: arrives ? 'delivered' : old.status,
    tracking: tracking === undefined ? old.tracking : tracking,
    deliveredAt: arrives ? at : old.deliveredAt,
  }
  const { status, tracking: followed, deliveredAt } = old
  const fields = changedFields({ status, tracking: followed, deliveredAt }, wanted)
  if (fields.length === 0) return old
  const [[saved]] = await commitStaffChange(context, {
    writes: updateFulfillment(old, { ...wanted, updatedAt: at }),
    reads: [findFulfillment(place.orderId, place.id)],
    action: arrives ? 'fulfillment.delivered' : 'fulfillment.updated',
    subjectId: old.id,
    change: { order_id: old.orderId, fields, version: old.version + 1 },
    status: null,
    tags: null,
  })
  if (!saved) throw new Error('the fulfillment just saved is gone')
  return saved
}
