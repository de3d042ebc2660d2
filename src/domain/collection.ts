/** The orders of a list of products. `manual` is that of a collection, as staff have put it. */
export const LIST_SORTS = ['newest', 'best_selling', 'price_asc', 'price_desc', 'title', 'manual'] as const
export type ListSort = (typeof LIST_SORTS)[number]

export const TEXT_FIELDS = ['tag', 'vendor', 'product_type'] as const
export const TEXT_OPERATORS = ['is', 'is_not'] as const
export const PRICE_OPERATORS = ['at_least', 'at_most'] as const

/**
 * One condition on a product. `price` is its lowest regular price everywhere in the rule's currency: sales come and go
 * without moving products between collections. `in_stock` is whether any of its variants can be sold.
 */
export type CollectionRule =
  | { field: (typeof TEXT_FIELDS)[number]; operator: (typeof TEXT_OPERATORS)[number]; value: string }
  | { field: 'price'; operator: (typeof PRICE_OPERATORS)[number]; value: number; currency: string }
  | { field: 'in_stock'; operator: 'is'; value: boolean }

export const MAX_RULES = 50

/** Whether stock alone can move products in or out. */
export function watchesStock(rules: readonly CollectionRule[]): boolean {
  return rules.some(({ field }) => field === 'in_stock')
}

/** What is wrong with the rules of a collection of `kind`; pointers are into the JSON of a collection. */
export function checkRules(kind: 'manual' | 'rules', rules: readonly CollectionRule[]) {
  const fault = (detail: string) => [{ pointer: '/rules', detail }]
  if (kind === 'manual') return rules.length > 0 ? fault('go with the kind rules alone') : []
  return rules.length === 0 ? fault('must have at least one: no rule is met by nobody') : []
}
