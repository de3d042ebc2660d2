import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { HandleInput, ImageInput, MetadataShape, SeoInput } from '../../platform/http/shapes.ts'

const categoryFields = () => ({
  title: z.string().trim().min(1).max(255),
  handle: HandleInput(),
  parent_id: idSchema('category').nullable().meta({ description: 'null is the top; what stands below moves along' }),
  position: z.int().min(0).max(1_000_000).meta({ description: 'Its place among its siblings, the lowest first' }),
  description_html: z.string().max(50_000),
  seo: SeoInput(),
  image: ImageInput().nullable(),
  metadata: MetadataShape(),
  private_metadata: MetadataShape(),
})

export const CreateCategory = shape(() => {
  const fields = categoryFields()
  return z
    .strictObject({
      ...fields,
      handle: fields.handle.optional(),
      parent_id: fields.parent_id.default(null),
      position: fields.position.default(0),
      description_html: fields.description_html.default(''),
      seo: fields.seo.default({}),
      image: fields.image.default(null),
      metadata: fields.metadata.default({}),
      private_metadata: fields.private_metadata.default({}),
    })
    .meta({ id: 'CreateCategory' })
})

/** What is left out stays as it is. */
export const UpdateCategory = shape(() => z.strictObject(categoryFields()).partial().meta({ id: 'UpdateCategory' }))

export const CategoryIdParams = shape(() => z.object({ category: idSchema('category') }))
