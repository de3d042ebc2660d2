import * as z from 'zod'
import { MAX_QUERY } from '../../domain/search-query.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, timestamp } from '../../platform/http/shapes.ts'
import type { PinRow } from './pin-queries.ts'

/** The most products that stand first. */
const MAX_PINNED = 20

const pinParts = () => ({
  query: z.string().trim().min(1).max(MAX_QUERY).meta({
    description: 'The words of a search; case, accents and plural do not matter, the order of the words does',
  }),
  product_ids: z
    .array(idSchema('product'))
    .min(1)
    .max(MAX_PINNED)
    .refine(isDistinct, 'must name each product once')
    .meta({ description: 'Come first, in this order; those that are not on sale are left out' }),
})

export const CreatePin = shape(() => z.strictObject(pinParts()).meta({ id: 'CreatePin' }))

/** What is left out stays as it is. */
export const UpdatePin = shape(() => z.strictObject(pinParts()).partial().meta({ id: 'UpdatePin' }))

export const PinParams = shape(() => z.object({ pin: idSchema('pin') }))

export const PinView = shape(() =>
  z
    .object({
      id: z.string(),
      query: z.string(),
      product_ids: z.array(z.string()),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Pin' }),
)

export function toPinView({ id, query, productIds, version, createdAt, updatedAt }: PinRow) {
  return {
    id,
    query,
    product_ids: productIds,
    version,
    created_at: timestamp(createdAt),
    updated_at: timestamp(updatedAt),
  }
}
