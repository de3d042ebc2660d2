import * as z from 'zod'
import {
  type CollectionRule,
  LIST_SORTS,
  MAX_RULES,
  PRICE_OPERATORS,
  TEXT_FIELDS,
  TEXT_OPERATORS,
} from '../../domain/collection.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { HandleInput, ImageInput, isDistinct, MetadataShape, MoneyShape, SeoInput } from '../../platform/http/shapes.ts'
import { fieldValues } from '../custom-fields/contract.ts'

/** One condition, as it comes in and as it goes out. */
export const RuleShape = shape(() =>
  z
    .discriminatedUnion('field', [
      z.strictObject({
        field: z.enum(TEXT_FIELDS),
        operator: z.enum(TEXT_OPERATORS),
        value: z.string().trim().min(1).max(255),
      }),
      z.strictObject({
        field: z.literal('price').meta({ description: 'The lowest regular price everywhere in this currency' }),
        operator: z.enum(PRICE_OPERATORS),
        value: MoneyShape(),
      }),
      z.strictObject({
        field: z.literal('in_stock').meta({ description: 'Whether any of its variants can be sold' }),
        operator: z.literal('is'),
        value: z.boolean(),
      }),
    ])
    .meta({ id: 'CollectionRule' }),
)

type RuleJson = z.output<ReturnType<typeof RuleShape>>

export function toRule(rule: RuleJson): CollectionRule {
  if (rule.field !== 'price') return rule
  const { field, operator, value } = rule
  return { field, operator, value: value.amount, currency: value.currency }
}

export function toRuleView(rule: CollectionRule): RuleJson {
  if (rule.field !== 'price') return rule
  const { field, operator, value, currency } = rule
  return { field, operator, value: { amount: value, currency } }
}

const collectionFields = () => ({
  title: z.string().trim().min(1).max(255),
  handle: HandleInput(),
  description_html: z.string().max(50_000),
  status: z.enum(['draft', 'active']).meta({ description: 'A draft is shown nowhere in the storefront' }),
  kind: z.enum(['manual', 'rules']).meta({
    description: 'Staff choose its products, or its rules do; a change to rules forgets what staff have chosen',
  }),
  match: z.enum(['all', 'any']).meta({ description: 'How many of its rules a product has to meet' }),
  rules: z.array(RuleShape()).max(MAX_RULES),
  position: z.int().min(0).max(1_000_000).meta({ description: 'Its place among collections, the lowest first' }),
  sort: z.enum(LIST_SORTS),
  seo: SeoInput(),
  image: ImageInput().nullable(),
  metadata: MetadataShape(),
  private_metadata: MetadataShape(),
  custom_fields: fieldValues('collections'),
})

export const CreateCollection = shape(() => {
  const fields = collectionFields()
  return z
    .strictObject({
      ...fields,
      handle: fields.handle.optional(),
      description_html: fields.description_html.default(''),
      status: fields.status.default('draft'),
      kind: fields.kind.default('manual'),
      match: fields.match.default('all'),
      rules: fields.rules.default([]),
      position: fields.position.default(0),
      sort: fields.sort.optional(),
      seo: fields.seo.default({}),
      image: fields.image.default(null),
      metadata: fields.metadata.default({}),
      private_metadata: fields.private_metadata.default({}),
      custom_fields: fields.custom_fields.default({}),
    })
    .meta({ id: 'CreateCollection' })
})

/** What is left out stays as it is. */
export const UpdateCollection = shape(() =>
  z.strictObject(collectionFields()).partial().meta({ id: 'UpdateCollection' }),
)

const MAX_MEMBERS = 250
const someProducts = () =>
  z.array(idSchema('product')).max(MAX_MEMBERS).refine(isDistinct, 'must name each product once')

export const UpdateMembers = shape(() =>
  z
    .strictObject({
      add: someProducts().default([]).meta({ description: 'Go to the end, in this order; those that are there stay' }),
      remove: someProducts().default([]),
      move: z
        .strictObject({
          ids: someProducts().min(1),
          after: idSchema('product').nullable().meta({ description: 'null is the front' }),
        })
        .optional()
        .meta({ description: 'Done last, so that it may name products that are added here' }),
    })
    .meta({ id: 'UpdateCollectionProducts' }),
)

export const CollectionIdParams = shape(() => z.object({ collection: idSchema('collection') }))
