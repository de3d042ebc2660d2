/** How many categories may stand above one another, the root among them: deeper trees are a mistake of an import. */
export const MAX_CATEGORY_DEPTH = 8

/** Items in trees: those without a parent among them, each with its children in the order of `items`. */
export function toTree<Item extends { id: string; parentId: string | null }, Node>(
  items: readonly Item[],
  toNode: (item: Item, children: Node[]) => Node,
): Node[] {
  const childrenOf = Map.groupBy(items, ({ parentId }) => parentId)
  const grow = (parentId: string | null): Node[] =>
    (childrenOf.get(parentId) ?? []).map((item) => toNode(item, grow(item.id)))
  return grow(null)
}
