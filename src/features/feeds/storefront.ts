/** The address of a product, collection or category behind the shop's. */
export function pathOf(kind: 'products' | 'collections' | 'categories', handle: string): string {
  return `/${kind}/${encodeURIComponent(handle)}`
}
