import { expect, it } from 'vitest'
import { toTree } from '../../src/domain/category.ts'

it('grows trees from items in any order, siblings in theirs', () => {
  const items = [
    { id: 'c', parentId: 'b' },
    { id: 'b2', parentId: 'a' },
    { id: 'a', parentId: null },
    { id: 'b', parentId: 'a' },
    { id: 'z', parentId: null },
  ]
  const tree = toTree(items, ({ id }, children: string[]) =>
    children.length > 0 ? `${id}(${children.join(' ')})` : id,
  )
  expect(tree).toEqual(['a(b2 b(c))', 'z'])
})
