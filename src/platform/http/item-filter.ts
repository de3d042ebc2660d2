import * as z from 'zod'
import type { ItemFilter } from '../../domain/item-filter.ts'
import { idSchema, shape } from './schema.ts'
import { isDistinct } from './shapes.ts'

const MAX_LISTED = 250

/** A list that is left out names nothing; an empty one would be read as naming nothing by some and everything by others. */
export const listed = <Item extends z.ZodType<string>>(item: Item) =>
  z
    .array(item)
    .min(1)
    .max(MAX_LISTED)
    .refine((list) => isDistinct(list), 'must differ from each other')
    .optional()

const lists = () => ({
  product_ids: listed(idSchema('product')),
  variant_ids: listed(idSchema('variant')),
  collection_ids: listed(idSchema('collection')),
  tags: listed(z.string().trim().min(1).max(200)),
})

/**
 * Which goods a rule is about. Ids are checked by their shape alone: a rule may be prepared before what it is for, and
 * what is removed later is simply in no cart.
 */
export const ItemFilterShape = shape(() =>
  z
    .strictObject({
      ...lists(),
      exclude: z
        .strictObject({
          ...lists(),
          reduced: z.boolean().optional().meta({ description: 'Goods sold below their compare-at price' }),
        })
        .optional(),
    })
    .meta({
      id: 'ItemFilter',
      description: 'Goods in any of the lists, all where none is given, without those excluded.',
    }),
)

/** The filter as it is stored: what is not given is not there, which JSON does by itself. */
export function toItemFilter(input: z.output<ReturnType<typeof ItemFilterShape>>): ItemFilter {
  return JSON.parse(JSON.stringify(input)) as ItemFilter
}
