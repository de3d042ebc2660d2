import * as z from 'zod'
import { shape } from '../../platform/http/schema.ts'
import { integerParameter, pageQuery, several, Timestamp } from '../../platform/http/shapes.ts'
import { customerKey } from '../promotions/customer.ts'
import { statuses } from './contract.ts'
import type { OrderFilter } from './list-queries.ts'

const MAX_NUMBER = 10 ** 15 - 1
const MAX_VALUES = 10

/** What staff filter orders by: repeated values of one filter are OR, different filters AND. */
export const StaffOrdersQuery = shape(() => {
  const { status, payment_status, fulfillment_status } = statuses()
  return z.strictObject({
    ...pageQuery(),
    status: several(status, MAX_VALUES).optional(),
    payment_status: several(payment_status, MAX_VALUES).optional(),
    fulfillment_status: several(fulfillment_status, MAX_VALUES).optional(),
    number: integerParameter(1, MAX_NUMBER).optional(),
    email: z
      .string()
      .trim()
      .max(254)
      .pipe(z.email())
      .optional()
      .meta({ description: 'The whole address; capitals make no difference' }),
    created_from: Timestamp().optional(),
    created_to: Timestamp().optional().meta({ description: 'Orders made before this time' }),
  })
})

export async function toOrderFilter(query: z.output<ReturnType<typeof StaffOrdersQuery>>): Promise<OrderFilter> {
  return {
    number: query.number ?? null,
    customerKey: query.email === undefined ? null : await customerKey(query.email),
    status: query.status ?? [],
    paymentStatus: query.payment_status ?? [],
    fulfillmentStatus: query.fulfillment_status ?? [],
    createdFrom: query.created_from ?? null,
    createdTo: query.created_to ?? null,
  }
}
