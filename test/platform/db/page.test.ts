import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64Url, toBase64Url } from '../../../src/platform/crypto/hash.ts'
import { cutPage, openCursor, type Position } from '../../../src/platform/db/page.ts'

const LIST = 'products?sort=title&tag=wool'
const TEXTS = ['text', 'text'] as const
const refused = expect.objectContaining({ code: 'invalid_cursor' })

/** The cursor behind a row at `position`. */
async function cursorAt(position: Position, list = LIST): Promise<string> {
  const { nextCursor } = await cutPage([position, position], 1, list, (row) => row)
  return nextCursor ?? expect.fail('no cursor')
}

describe('cutPage', () => {
  const rows = [1, 2, 3].map((id) => ({ id }))
  const cut = (limit: number) => cutPage(rows, limit, LIST, ({ id }) => [id])

  it('points behind the last row shown when there are more', async () => {
    const page = await cut(2)
    expect(page.rows).toEqual([{ id: 1 }, { id: 2 }])
    expect(await openCursor(LIST, page.nextCursor ?? '', ['integer'])).toEqual([2])
  })

  it('points nowhere on the last page, full or not', async () => {
    expect(await cut(3)).toEqual({ rows, nextCursor: null })
    expect(await cut(24)).toEqual({ rows, nextCursor: null })
    expect(await cutPage([], 24, LIST, () => [0])).toEqual({ rows: [], nextCursor: null })
  })
})

describe('openCursor', () => {
  it('begins at the beginning without a cursor', async () => {
    expect(await openCursor(LIST, undefined, ['text'])).toBeNull()
  })

  it('reads back any position in any script', async () => {
    const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger())
    const law = fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (position) => {
      const cursor = await cursorAt(position)
      expect(cursor).toMatch(/^[\w-]+$/)
      const kinds = position.map((each) => (typeof each === 'string' ? 'text' : 'integer'))
      expect(await openCursor(LIST, cursor, kinds)).toEqual(position)
    })
    await fc.assert(law)
  })

  it('refuses the cursor of another list', async () => {
    const cursor = await cursorAt(['Größe 雨衣 🧦', 'prod_1'])
    await expect(openCursor('products?sort=title&tag=silk', cursor, TEXTS)).rejects.toEqual(refused)
    await expect(openCursor('', cursor, TEXTS)).rejects.toEqual(refused)
  })

  it('refuses a cursor that was cut off, at every length', async () => {
    const cursor = await cursorAt(['Größe', 'prod_1'])
    for (let length = 0; length < cursor.length; length += 1) {
      await expect(openCursor(LIST, cursor.slice(0, length), TEXTS)).rejects.toEqual(refused)
    }
  })

  it('never reads another position out of a damaged cursor', async () => {
    const position = ['Größe', 'prod_1']
    const cursor = await cursorAt(position)
    const letter = fc.constantFrom(...'ABCXYZabcxyz0189-_=.%é')
    const law = fc.asyncProperty(fc.nat({ max: cursor.length - 1 }), letter, async (at, other) => {
      const damaged = cursor.slice(0, at) + other + cursor.slice(at + 1)
      // The last letter has bits that mean nothing: such a cursor still says what it said.
      const opened = await openCursor(LIST, damaged, TEXTS).catch((error: unknown) => ({ error }))
      expect(opened).toEqual('error' in (opened ?? {}) ? { error: refused } : position)
    })
    await fc.assert(law)
  })

  it('refuses another position behind the same mark', async () => {
    const [mark] = JSON.parse(new TextDecoder().decode(fromBase64Url(await cursorAt(['a'])))) as [string]
    const forged = toBase64Url(new TextEncoder().encode(JSON.stringify([mark, 'b'])))
    await expect(openCursor(LIST, forged, ['text'])).rejects.toEqual(refused)
  })

  it.each<[Position, readonly ('integer' | 'text')[]]>([
    [['a'], ['integer']],
    [[7], ['text']],
    [[0.5], ['integer']],
    [[2 ** 53], ['integer']],
    [[7], ['integer', 'text']],
    [
      [7, 'prod_1', 'more'],
      ['integer', 'text'],
    ],
    [[], ['text']],
  ])('refuses the position %j of a list that sorts by %j', async (position, kinds) => {
    await expect(openCursor(LIST, await cursorAt(position), kinds)).rejects.toEqual(refused)
  })

  it.each(['', 'null', '{}', '[]', '[1]', '["x", null]', '["x", {"a": 1}]', '["x", ["y"]]', '"text"', '\uFEFF["x"]'])(
    'refuses %j in place of a position',
    async (json) => {
      const cursor = toBase64Url(new TextEncoder().encode(json))
      await expect(openCursor(LIST, cursor, ['text'])).rejects.toEqual(refused)
    },
  )

  it.each(['not base64!', '%00', 'ÿ', '_w'])('refuses %j', async (cursor) => {
    await expect(openCursor(LIST, cursor, ['text'])).rejects.toEqual(refused)
  })
})
