import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { CountryCode, timestamp } from '../../platform/http/shapes.ts'
import type { LocationRow } from './location-queries.ts'

const fields = () => ({
  name: z.string().trim().min(1).max(100),
  country: CountryCode().nullable().meta({ description: 'Orders to this country are sent from here first' }),
  priority: z
    .int()
    .min(0)
    .max(1_000_000)
    .meta({ description: 'Of locations that are equally near, goods are sent from the one with the lowest first' }),
  is_default: z.boolean().meta({
    description:
      'Where stock goes that names no location. Exactly one is: making another one the default takes it away here',
  }),
  active: z.boolean().meta({
    description: 'Nothing is sold from a closed location and none can be put there. It closes only when empty',
  }),
})

export const CreateLocation = shape(() => {
  const { name, country, priority, is_default, active } = fields()
  return z
    .strictObject({
      name,
      country: country.default(null),
      priority: priority.default(1000),
      is_default: is_default.default(false),
      active: active.default(true),
    })
    .meta({ id: 'CreateLocation' })
})

export const UpdateLocation = shape(() => z.strictObject(fields()).partial().meta({ id: 'UpdateLocation' }))

export const LocationParams = shape(() => z.object({ location: idSchema('location') }))

export const LocationView = shape(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      country: z.string().nullable(),
      priority: z.int(),
      is_default: z.boolean(),
      active: z.boolean(),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Location' }),
)

export function toLocationView({ isDefault, createdAt, updatedAt, ...row }: LocationRow) {
  return { ...row, is_default: isDefault, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
