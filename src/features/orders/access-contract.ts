import * as z from 'zod'
import { shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import { ACCESS_HOURS, type OrderAccess } from './access.ts'
import { OrderView } from './contract.ts'

const MAX_ACCESS_HOURS = 30 * 24

export const LookupInput = shape(() =>
  z
    .strictObject({
      number: z.int().min(1).meta({ description: 'As the shopper was told it: `number` of the order' }),
      email: z.string().trim().max(254).pipe(z.email()),
    })
    .meta({ id: 'LookupInput' }),
)

export const AccessInput = shape(() =>
  z
    .strictObject({ expires_in_hours: z.int().min(1).max(MAX_ACCESS_HOURS).default(ACCESS_HOURS) })
    .meta({ id: 'AccessInput' }),
)

export const AccessView = shape(() =>
  z
    .object({
      token: z
        .string()
        .meta({ description: 'Shows this order, as `Authorization: Bearer ...`, and opens nothing else' }),
      expires_at: z.string(),
    })
    .meta({ id: 'OrderAccess' }),
)

export const LookupView = shape(() =>
  z.object({ order: OrderView(), access: AccessView() }).meta({ id: 'OrderLookup' }),
)

export function toAccessView({ token, expiresAt }: OrderAccess) {
  return { token, expires_at: timestamp(expiresAt.getTime()) }
}
