import { type SQL, sql } from 'drizzle-orm'
import { firstIdAt } from '../../domain/id.ts'
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../../domain/order.ts'
import { type Query, q } from '../../platform/db/client.ts'
import { listOf } from '../../platform/db/rows.ts'
import { orders } from '../../platform/db/schema/orders.ts'
import type { OrderRow } from './queries.ts'

/** What a list shows of an order. */
export type OrderSummaryRow = Pick<
  OrderRow,
  | 'id'
  | 'number'
  | 'status'
  | 'paymentStatus'
  | 'fulfillmentStatus'
  | 'email'
  | 'currency'
  | 'totalAmount'
  | 'createdAt'
  | 'confirmedAt'
>

const SUMMARY = sql.raw(`id, number, status, payment_status AS paymentStatus, fulfillment_status AS fulfillmentStatus,
  email, currency, total_amount AS totalAmount, created_at AS createdAt, confirmed_at AS confirmedAt`)

/** What staff ask for. An empty list is no filter; several values of one filter are OR, filters AND. */
export interface OrderFilter {
  number: number | null
  customerKey: string | null
  status: readonly OrderStatus[]
  paymentStatus: readonly PaymentStatus[]
  fulfillmentStatus: readonly FulfillmentStatus[]
  /** Unix milliseconds: from this one on, and before that one. */
  createdFrom: number | null
  createdTo: number | null
}

/**
 * Orders for staff, newest first. A page reads what it shows and little more, however many orders there are, because it walks
 * an index that holds nothing else (`shelvesOf`). A combination that few of the orders on its shelf match, such as paid and
 * cancelled, reads on until it has a page of them.
 */
export function listStaffOrders(filter: OrderFilter, before: string | null, limit: number): Query<OrderSummaryRow[]> {
  const rest = restOf(filter, before)
  const page = (shelf: SQL) => sql`SELECT ${SUMMARY} FROM ${orders} ${shelf} ${rest} ORDER BY id DESC LIMIT ${limit}`
  const pages = shelvesOf(filter).map((shelf) => sql`SELECT * FROM (${page(shelf)})`)
  return q.all(sql`${sql.join(pages, sql` UNION ALL `)} ORDER BY id DESC LIMIT ${limit}`)
}

function restOf(
  { status, paymentStatus, fulfillmentStatus, createdFrom, createdTo }: OrderFilter,
  before: string | null,
) {
  const among = (column: string, values: readonly string[]) =>
    values.length === 0 ? [] : [sql`${sql.raw(column)} IN ${listOf(values)}`]
  return sql.join(
    [
      ...among('status', status),
      ...among('payment_status', paymentStatus),
      ...among('fulfillment_status', fulfillmentStatus),
      // An id begins with the moment it was made, the same that the order was: the key itself is the index of times.
      ...(createdFrom === null ? [] : [sql`id >= ${firstIdAt('order', createdFrom)}`]),
      ...(createdTo === null ? [] : [sql`id < ${firstIdAt('order', createdTo)}`]),
      ...(before === null ? [] : [sql`id < ${before}`]),
    ].map((term) => sql`AND ${term}`),
    sql` `,
  )
}

// The terms are written out, because only the very term of a partial index leads to it.
const ALL = sql`WHERE true`
const PENDING = sql`INDEXED BY orders_pending WHERE status = 'pending'`
const CONFIRMED = sql`INDEXED BY orders_confirmed WHERE status = 'confirmed'`
const CANCELLED = sql`INDEXED BY orders_cancelled WHERE status = 'cancelled'`
const AUTHORIZED = sql`INDEXED BY orders_authorized WHERE payment_status = 'authorized'`
const REFUNDED = sql`INDEXED BY orders_refunded WHERE payment_status IN ('partially_refunded', 'refunded')`

const BY_STATUS: Readonly<Record<OrderStatus, SQL>> = {
  pending: PENDING,
  confirmed: CONFIRMED,
  completed: ALL,
  cancelled: CANCELLED,
}
/** Those of which the shelf holds nothing else; the others are too many, or on several. */
const BY_PAYMENT: Readonly<Partial<Record<PaymentStatus, SQL>>> = {
  pending: PENDING,
  failed: PENDING,
  authorized: AUTHORIZED,
  partially_refunded: REFUNDED,
  refunded: REFUNDED,
}

/** What an order may be whose money or shipping stands there. */
const STATUS_OF_PAYMENT: Readonly<Record<PaymentStatus, readonly OrderStatus[]>> = {
  pending: ['pending'],
  failed: ['pending'],
  authorized: ['confirmed', 'cancelled'],
  paid: ['confirmed', 'completed', 'cancelled'],
  partially_refunded: ['confirmed', 'completed', 'cancelled'],
  refunded: ['confirmed', 'completed', 'cancelled'],
  voided: ['confirmed', 'cancelled'],
}
const STATUS_OF_FULFILLMENT: Readonly<Record<FulfillmentStatus, readonly OrderStatus[]>> = {
  unfulfilled: ['pending', 'confirmed', 'cancelled'],
  partially_fulfilled: ['confirmed'],
  fulfilled: ['confirmed', 'completed'],
}

/** The indexes that together hold all that the filter finds: none of them twice, and the shortest that there are. */
function shelvesOf(filter: OrderFilter): SQL[] {
  const { number, customerKey, paymentStatus } = filter
  if (number !== null) return [sql`INDEXED BY orders_number WHERE number = ${number}`]
  if (customerKey !== null) return [sql`INDEXED BY orders_by_customer WHERE customer_key = ${customerKey}`]
  const statuses = possibleStatuses(filter)
  if (statuses.length === 0) return [sql`WHERE false`]
  const byStatus = statuses.map((status) => BY_STATUS[status])
  // Few orders are at work at any time.
  if (!statuses.includes('completed') && !statuses.includes('cancelled')) return byStatus
  const byPayment = paymentStatus.map((status) => BY_PAYMENT[status] ?? ALL)
  if (byPayment.length > 0 && !byPayment.includes(ALL)) return [...new Set(byPayment)]
  return statuses.includes('completed') ? [ALL] : byStatus
}

function possibleStatuses({ status, paymentStatus, fulfillmentStatus }: OrderFilter): OrderStatus[] {
  const byPayment = new Set(paymentStatus.flatMap((each) => STATUS_OF_PAYMENT[each]))
  const byFulfillment = new Set(fulfillmentStatus.flatMap((each) => STATUS_OF_FULFILLMENT[each]))
  const all: readonly OrderStatus[] = ['pending', 'confirmed', 'completed', 'cancelled']
  return all.filter(
    (each) =>
      (status.length === 0 || status.includes(each)) &&
      (paymentStatus.length === 0 || byPayment.has(each)) &&
      (fulfillmentStatus.length === 0 || byFulfillment.has(each)),
  )
}
