import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CountryCode, timestamp } from '../../platform/http/shapes.ts'
import type { PickupRow } from './queries.ts'

const optional = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .nullable()
    .transform((text) => text || null)

const fields = () => ({
  name: z.string().trim().min(1).max(100),
  line1: z.string().trim().min(1).max(200),
  line2: optional(200),
  city: z.string().trim().min(1).max(100),
  region: optional(10).meta({
    description: 'The suffix of ISO 3166-2; with postal_code and country it decides the tax',
  }),
  postal_code: z.string().trim().min(1).max(20),
  country: CountryCode(),
})

export const CreatePickupLocation = shape(() => {
  const { line2, region, ...rest } = fields()
  return z
    .strictObject({ ...rest, line2: line2.default(null), region: region.default(null) })
    .meta({ id: 'CreatePickupLocation' })
})

export const UpdatePickupLocation = shape(() => z.strictObject(fields()).partial().meta({ id: 'UpdatePickupLocation' }))

export const PickupParams = shape(() => z.object({ location: idSchema('pickup') }))

const placeView = () => ({
  id: z.string(),
  name: z.string(),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postal_code: z.string(),
  country: z.string(),
})

/** A place where goods are picked up, as shoppers see it. */
export const PickupPlaceView = shape(() => z.object(placeView()).meta({ id: 'PickupPlace' }))

export const PickupLocationView = shape(() =>
  z
    .object({ ...placeView(), version: z.int(), created_at: z.string(), updated_at: z.string() })
    .meta({ id: 'PickupLocation' }),
)

export function toPickupLocationView({ postalCode, createdAt, updatedAt, ...row }: PickupRow) {
  return { ...row, postal_code: postalCode, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
