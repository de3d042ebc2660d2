import * as z from 'zod'
import { LIST_SORTS } from '../../domain/collection.ts'
import { shape } from '../../platform/http/schema.ts'
import { HandleParam, MetadataShape, PictureView, SeoView, timestamp } from '../../platform/http/shapes.ts'
import { PublicFieldsView } from '../custom-fields/contract.ts'
import { toTextsView } from '../translations/contract.ts'
import { RuleShape, toRuleView } from './inputs.ts'
import type { MemberRow } from './member-queries.ts'
import type { Collection, OpenCollection } from './queries.ts'

export const CollectionView = shape(() =>
  z
    .object({
      id: z.string(),
      handle: z.string(),
      title: z.string(),
      description_html: z.string(),
      image: PictureView().nullable(),
      sort: z.enum(LIST_SORTS).meta({ description: 'The order that staff mean it to be shown in' }),
      seo: SeoView(),
      metadata: MetadataShape(),
      custom_fields: PublicFieldsView(),
      updated_at: z.string(),
    })
    .meta({ id: 'Collection' }),
)

export const AdminCollectionView = shape(() =>
  CollectionView()
    .extend({
      status: z.enum(['draft', 'active']),
      kind: z.enum(['manual', 'rules']),
      match: z.enum(['all', 'any']),
      rules: z.array(RuleShape()),
      position: z.int(),
      private_metadata: MetadataShape(),
      custom_fields: z.record(z.string(), z.unknown()),
      version: z.int(),
      created_at: z.string(),
    })
    .meta({ id: 'AdminCollection' }),
)

export const MemberView = shape(() =>
  z
    .object({
      product_id: z.string(),
      handle: z.string(),
      title: z.string(),
      status: z.string(),
      position: z.int().meta({ description: 'Lower is further in front; places may be left out' }),
    })
    .meta({ id: 'CollectionProduct' }),
)

export const CollectionParams = shape(() => z.object({ collection: HandleParam() }))

export function toCollectionView(collection: OpenCollection, locale: string) {
  return {
    id: collection.id,
    handle: collection.handle,
    ...toTextsView(collection, locale),
    image: collection.image,
    sort: collection.sort,
    metadata: collection.metadata,
    custom_fields: collection.publicFields,
    updated_at: timestamp(collection.updatedAt),
  }
}

export function toAdminCollectionView(collection: Collection) {
  const { id, handle, title, image, sort, metadata, status, kind, match, position, version } = collection
  return {
    ...{ id, handle, title, image, sort, metadata, status, kind, match, position, version },
    description_html: collection.descriptionHtml,
    rules: collection.rules.map(toRuleView),
    seo: { title: collection.seoTitle, description: collection.seoDescription },
    private_metadata: collection.privateMetadata,
    custom_fields: collection.customFields,
    created_at: timestamp(collection.createdAt),
    updated_at: timestamp(collection.updatedAt),
  }
}

export function toMemberView({ productId, handle, title, status, position }: MemberRow) {
  return { product_id: productId, handle, title, status, position }
}
