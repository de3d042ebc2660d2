/** What a rule can tell goods by. */
export interface Item {
  productId: string
  variantId: string
  collectionIds: readonly string[]
  tags: readonly string[]
  /** Sold below the price it is compared with: a sale, before any promotion. */
  reduced: boolean
}

/**
 * Which goods a rule is about: those in any of the lists, all where none is given, without those excluded. Stored as
 * JSON.
 */
export interface ItemFilter {
  product_ids?: readonly string[]
  variant_ids?: readonly string[]
  collection_ids?: readonly string[]
  tags?: readonly string[]
  exclude?: {
    product_ids?: readonly string[]
    variant_ids?: readonly string[]
    collection_ids?: readonly string[]
    tags?: readonly string[]
    /** Goods that are reduced already. */
    reduced?: boolean
  }
}

/** Whether a rule with `filter` is about `item`. */
export function matchesItem(filter: ItemFilter | undefined, item: Item): boolean {
  if (!filter) return true
  const { exclude } = filter
  if (exclude && (isListed(exclude, item) || (exclude.reduced === true && item.reduced))) return false
  const lists = [filter.product_ids, filter.variant_ids, filter.collection_ids, filter.tags]
  return lists.every((list) => list === undefined || list.length === 0) || isListed(filter, item)
}

/** Whether two filters are written alike: then they are about the same goods. */
export function isSameFilter(left: ItemFilter | undefined, right: ItemFilter | undefined): boolean {
  return JSON.stringify(left ?? {}) === JSON.stringify(right ?? {})
}

function isListed(lists: Omit<ItemFilter, 'exclude'>, { productId, variantId, collectionIds, tags }: Item): boolean {
  return (
    (lists.product_ids?.includes(productId) ?? false) ||
    (lists.variant_ids?.includes(variantId) ?? false) ||
    (lists.collection_ids?.some((id) => collectionIds.includes(id)) ?? false) ||
    (lists.tags?.some((tag) => tags.includes(tag)) ?? false)
  )
}
