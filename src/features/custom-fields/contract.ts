import * as z from 'zod'
import { CUSTOM_FIELD_TYPES } from '../../domain/custom-field.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, timestamp } from '../../platform/http/shapes.ts'
import type { CustomFieldRow } from './queries.ts'

const OptionsShape = shape(() =>
  z
    .strictObject({
      choices: z
        .array(z.string().min(1).max(255))
        .min(1)
        .max(200)
        .refine(isDistinct, 'must differ from each other')
        .optional()
        .meta({ description: 'The only texts allowed: of text and list_of_text' }),
      minimum: z.number().optional().meta({ description: 'Of numbers, and of the length of a text' }),
      maximum: z.number().optional(),
    })
    .meta({ id: 'CustomFieldOptions' }),
)

const fieldParts = () => ({
  title: z.string().trim().min(1).max(255),
  visibility: z.enum(['public', 'private']).meta({ description: 'Private fields are for staff alone' }),
  options: OptionsShape(),
})

export const CreateCustomField = shape(() => {
  const parts = fieldParts()
  return z
    .strictObject({
      subject: z.enum(['product', 'collection']),
      key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case letters, digits and underscores, at most 64'),
      type: z.enum(CUSTOM_FIELD_TYPES),
      ...parts,
      visibility: parts.visibility.default('private'),
      options: parts.options.default({}),
    })
    .meta({ id: 'CreateCustomField' })
})

/** Neither key nor type change: values that are stored would not fit any more. */
export const UpdateCustomField = shape(() => z.strictObject(fieldParts()).partial().meta({ id: 'UpdateCustomField' }))

export const CustomFieldParams = shape(() => z.object({ field: idSchema('customField') }))

export const CustomFieldView = shape(() =>
  z
    .object({
      id: z.string(),
      subject: z.enum(['product', 'collection']),
      key: z.string(),
      title: z.string(),
      type: z.enum(CUSTOM_FIELD_TYPES),
      visibility: z.enum(['public', 'private']),
      options: z.object({
        choices: z.array(z.string()).optional(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
      }),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'CustomField' }),
)

/** Values in the answer of their subject. */
export const PublicFieldsView = shape(() =>
  z
    .record(z.string(), z.object({ type: z.enum(CUSTOM_FIELD_TYPES), value: z.unknown() }))
    .meta({ id: 'CustomFieldValues', description: 'Public custom fields that are set, by key' }),
)

/** Values as staff send them with their subject. @param subjects as the description names them. */
export const fieldValues = (subjects: 'products' | 'collections') =>
  z
    .record(z.string().max(64), z.unknown())
    .meta({ description: `Values by the key of a custom field of ${subjects}; null unsets one` })

export function toCustomFieldView({ createdAt, updatedAt, ...row }: CustomFieldRow) {
  return { ...row, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
