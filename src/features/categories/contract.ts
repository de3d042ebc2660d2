import * as z from 'zod'
import { toTree } from '../../domain/category.ts'
import { titleIn } from '../../domain/translation.ts'
import { type Shape, shape } from '../../platform/http/schema.ts'
import { HandleParam, MetadataShape, PictureView, SeoView, timestamp } from '../../platform/http/shapes.ts'
import { toTextsView } from '../translations/contract.ts'
import type { Category } from './queries.ts'

interface NodeJson {
  id: string
  handle: string
  title: string
  image: Category['image']
  position: number
  children: NodeJson[]
}

const summary = () => ({
  id: z.string(),
  handle: z.string(),
  title: z.string(),
  image: PictureView().nullable(),
  position: z.int(),
})

/** A category with all that stand below it. */
export const CategoryNodeView: Shape<z.ZodType<NodeJson>> = shape(() =>
  z
    .object({
      ...summary(),
      get children() {
        return z.array(CategoryNodeView())
      },
    })
    .meta({ id: 'CategoryNode' }),
)

export const CategoryView = shape(() =>
  z
    .object({
      ...summary(),
      description_html: z.string(),
      breadcrumbs: z
        .array(z.object({ handle: z.string(), title: z.string() }))
        .meta({ description: 'From the root of the tree down to the category itself' }),
      children: z.array(z.object(summary())).meta({ description: 'Those right below it' }),
      seo: SeoView(),
      metadata: MetadataShape(),
      updated_at: z.string(),
    })
    .meta({ id: 'Category' }),
)

export const AdminCategoryView = shape(() =>
  z
    .object({
      ...summary(),
      parent_id: z.string().nullable(),
      path: z.array(z.string()).meta({ description: 'Ids from the root of the tree down to the category itself' }),
      description_html: z.string(),
      seo: SeoView(),
      metadata: MetadataShape(),
      private_metadata: MetadataShape(),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'AdminCategory' }),
)

export const CategoryParams = shape(() => z.object({ category: HandleParam() }))

/** The trees of a shop. @param categories all of them, siblings in their order. */
export function toTreeView(categories: readonly Category[], locale: string): NodeJson[] {
  return toTree(categories, (category, children: NodeJson[]) => ({ ...toSummary(category, locale), children }))
}

/** @param categories all of them: a category names those above and below it. */
export function toCategoryView(category: Category, categories: readonly Category[], locale: string) {
  const byId = new Map(categories.map((each) => [each.id, each]))
  return {
    ...toSummary(category, locale),
    ...toTextsView(category, locale),
    breadcrumbs: category.path.flatMap((id) => {
      const each = byId.get(id)
      return each ? [{ handle: each.handle, title: titleIn(each, locale) }] : []
    }),
    children: categories.filter(({ parentId }) => parentId === category.id).map((each) => toSummary(each, locale)),
    metadata: category.metadata,
    updated_at: timestamp(category.updatedAt),
  }
}

export function toAdminCategoryView(category: Category) {
  const { id, handle, title, image, position, path, metadata, version } = category
  return {
    ...{ id, handle, title, image, position, path, metadata, version },
    parent_id: category.parentId,
    description_html: category.descriptionHtml,
    seo: { title: category.seoTitle, description: category.seoDescription },
    private_metadata: category.privateMetadata,
    created_at: timestamp(category.createdAt),
    updated_at: timestamp(category.updatedAt),
  }
}

function toSummary(category: Category, locale: string) {
  const { id, handle, image, position } = category
  return { id, handle, title: titleIn(category, locale), image, position }
}
