import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Query, Write } from '../../../src/platform/db/client.ts'
import { insertRows } from '../../../src/platform/db/rows.ts'
import { outbox } from '../../../src/platform/db/schema/platform.ts'
import { type Fragment, fragment, jsonRows, query, statement } from '../../../src/platform/db/statement.ts'

function sent(item: Query | Write | undefined): { sql: string; params: unknown[] } {
  return (item as unknown as { _prepare(): { getQuery(): { sql: string; params: unknown[] } } })._prepare().getQuery()
}

const sumWith = (which: Fragment) => query((row) => row.n)`SELECT ${1} + ${which} AS n`

describe('a statement that is built once', () => {
  it('binds what its fragments bring, in the order of the text, at every run', () => {
    for (const base of [10, 20]) {
      const nested = fragment`(SELECT ${base}
        + ${fragment`${100} * ${2}`})`
      expect(sent(sumWith(nested))).toEqual({ sql: 'SELECT ? + (SELECT ? + ? * ?) AS n', params: [1, base, 100, 2] })
    }
  })

  it('is another text with another fragment in the same place', () => {
    expect(sent(sumWith(fragment`${5}`)).sql).toBe('SELECT ? + ? AS n')
    expect(sent(sumWith(fragment`(${5} * ${6})`)).sql).toBe('SELECT ? + (? * ?) AS n')
    expect(sent(sumWith(fragment`${7}`))).toEqual({ sql: 'SELECT ? + ? AS n', params: [1, 7] })
  })

  it('refuses a piece that brings values and is no fragment', () => {
    expect(() => sent(statement`DELETE FROM ${outbox} WHERE ${sql`id = ${'a'}`}`)).toThrow('binds 1 values, not 0')
  })
})

it('rows travel as JSON and come back as they were, what is JSON itself and what is not', () => {
  const row = { id: 'evt_1', topic: 'a', subjectId: 's', payload: { quote: '"no"', list: [1, null] }, createdAt: 1 }
  const [text = ''] = sent(insertRows(outbox, [row])[0]).params as string[]
  expect(JSON.parse(text)).toEqual([['evt_1', 'a', 's', JSON.stringify(row.payload), 1]])
  // As SQLite answers it: JSON columns are JSON within it.
  expect(jsonRows(outbox).toRows([['evt_1', 'a', 's', row.payload, 1]])).toEqual([row])
})
