import type { CollectionRow } from './queries.ts'

/** A collection as it begins: active, manual, without texts; `fields` say what is otherwise. */
export function newCollection(
  fields: Pick<CollectionRow, 'id' | 'handle' | 'title'> & Partial<CollectionRow>,
  now: Date,
): CollectionRow {
  const at = now.getTime()
  return {
    descriptionHtml: '',
    position: 0,
    status: 'active',
    kind: 'manual',
    match: 'all',
    rules: [],
    watchesStock: false,
    sort: 'manual',
    seoTitle: null,
    seoDescription: null,
    image: null,
    metadata: {},
    privateMetadata: {},
    customFields: {},
    version: 1,
    createdAt: at,
    updatedAt: at,
    ...fields,
  }
}
