import { audit } from '../../platform/audit.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { signOrderToken } from '../sessions/order-token.ts'
import { refuseUnlessOrder } from './queries.ts'
import { mustFindOrder, type WholeOrder } from './read.ts'

/** What shows one order to whoever holds it. */
export interface OrderAccess {
  token: string
  expiresAt: Date
}

export const ACCESS_HOURS = 24

/** An access token of an order that whoever asks has proved to know. */
export async function issueAccess(
  { config, now, mint }: Context,
  orderId: string,
  hours = ACCESS_HOURS,
): Promise<OrderAccess> {
  const expiresAt = new Date(now.getTime() + hours * 3600 * 1000)
  return { token: await signOrderToken(config, { subject: orderId, expiresAt }, now, mint), expiresAt }
}

/** The same for a mail of the shop: who has issued it stays in the trail. @throws {Problem} order_not_found */
export async function issueAccessByStaff(context: Context, orderId: string, hours: number): Promise<OrderAccess> {
  const { db, mint, now, caller, requestId } = context
  const access = await issueAccess(context, orderId, hours)
  const change = { expires_at: access.expiresAt.toISOString() }
  const entry = { actor: actorOf(caller), action: 'order.access_issued', subjectId: orderId, change, requestId }
  await db.commit([refuseUnlessOrder(orderId), audit(mint, now, entry)])
  return access
}

/** The order that the caller may see: the session's own, or the one of their access token.
 *  @throws {Problem} order_not_found, for every other. */
export function mustFindVisibleOrder(context: Context, orderId: string): Promise<WholeOrder> {
  const { caller } = context
  if (caller.kind === 'shopper') return mustFindOrder(context, orderId, caller.session.ownerId)
  if (caller.kind !== 'order') throw new Error('this route needs access: order')
  if (caller.orderId !== orderId) throw new Problem('order_not_found')
  return mustFindOrder(context, orderId, null)
}
