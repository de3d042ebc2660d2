import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { testEnv } from '../support/env.ts'

declare global {
  interface ImportMeta {
    /** Vite's import of every file that matches, known when the tests are built. */
    glob<Module>(pattern: string, options: { eager: true }): Record<string, Module>
  }
}

interface Column {
  type: string
  notNull: boolean
  /** Its place in the primary key from 1, or 0. */
  key: number
}

/** Table -> column -> what it is. */
type Schema = Record<string, Record<string, Column>>

/** The tables as the code believes them to be. */
function schemaInCode(): Schema {
  const modules = import.meta.glob<Record<string, unknown>>('../../src/platform/db/schema/*.ts', { eager: true })
  const exported = Object.values(modules).flatMap((module) => Object.values(module))
  const tables = exported.flatMap((value) => (is(value, SQLiteTable) ? [getTableConfig(value)] : []))
  return Object.fromEntries(
    tables.map(({ name, columns, primaryKeys }) => {
      const composite = primaryKeys.flatMap((key) => key.columns.map((column) => column.name))
      const order =
        composite.length > 0 ? composite : columns.flatMap((column) => (column.primary ? [column.name] : []))
      const described = columns.map((column) => {
        const key = order.indexOf(column.name) + 1
        // A primary key of a table WITHOUT ROWID is never null, said or not.
        return [column.name, { type: column.getSQLType().toUpperCase(), notNull: column.notNull || key > 0, key }]
      })
      return [name, Object.fromEntries(described)]
    }),
  )
}

const VIRTUAL = 'search_index'

async function rows<Row>(statement: string): Promise<Row[]> {
  return (await testEnv().DB.prepare(statement).all<Row>()).results
}

/** Our own tables as migrated: without views, SQLite's and the platform's. What a virtual table keeps its content in is its own. */
async function migratedTables() {
  const all = await rows<{ schema: string; name: string; type: string; strict: number }>('PRAGMA table_list')
  return all.filter(
    ({ schema, type, name }) => schema === 'main' && type === 'table' && !/^(sqlite_|_cf_|d1_)/.test(name),
  )
}

async function schemaInDatabase(): Promise<Schema> {
  const schema: Schema = {}
  for (const { name: table } of await migratedTables()) {
    const info = await rows<{ name: string; type: string; notnull: number; pk: number }>(`PRAGMA table_info(${table})`)
    schema[table] = Object.fromEntries(
      info.map(({ name, type, notnull, pk }) => [name, { type, notNull: notnull === 1 || pk > 0, key: pk }]),
    )
  }
  return schema
}

/** Every difference, one line each. */
function drift(code: Schema, database: Schema): string[] {
  const columns = (schema: Schema) =>
    new Map(
      Object.entries(schema).flatMap(([table, of]) =>
        Object.entries(of).map(([name, column]) => [`${table}.${name}`, JSON.stringify(column)] as const),
      ),
    )
  const [declared, migrated] = [columns(code), columns(database)]
  return [...new Set([...declared.keys(), ...migrated.keys()])].flatMap((name) => {
    const [here, there] = [declared.get(name) ?? 'missing', migrated.get(name) ?? 'missing']
    return here === there ? [] : [`${name}: in code ${here}, in the database ${there}`]
  })
}

describe('the schema in code', () => {
  it('is the migrated database, column by column', async () => {
    const database = await schemaInDatabase()
    expect(Object.keys(database).length).toBeGreaterThan(20)
    const { [VIRTUAL]: index, ...tables } = schemaInCode()
    expect(drift(tables, database)).toEqual([])
    // A virtual table has neither types nor keys: its columns are compared by name.
    const columns = await rows<{ name: string }>(`PRAGMA table_info(${VIRTUAL})`)
    expect(Object.keys(index ?? {})).toEqual(['rowid', ...columns.map(({ name }) => name)])
  })

  it.each<[string, (schema: Schema, outbox: Record<string, Column>) => void]>([
    [
      'a table too many',
      (schema) => Object.assign(schema, { wishes: { id: { type: 'TEXT', notNull: true, key: 1 } } }),
    ],
    ['a table too few', (schema) => Reflect.deleteProperty(schema, 'generations')],
    ['a column too many', (_, outbox) => Object.assign(outbox, { note: { type: 'TEXT', notNull: false, key: 0 } })],
    ['a column too few', (_, outbox) => Reflect.deleteProperty(outbox, 'topic')],
    ['another type', (_, outbox) => Object.assign(outbox.topic ?? {}, { type: 'INTEGER' })],
    ['a null that may not be', (_, outbox) => Object.assign(outbox.topic ?? {}, { notNull: false })],
    ['another key', (_, outbox) => Object.assign(outbox.topic ?? {}, { key: 2 })],
  ])('is compared so that %s is noticed on either side', async (_what, change) => {
    const database = await schemaInDatabase()
    const changed = structuredClone(database)
    change(changed, changed.outbox ?? {})
    expect(drift(changed, database)).not.toEqual([])
    expect(drift(database, changed)).not.toEqual([])
  })
})

it('every migrated table is STRICT', async () => {
  const loose = (await migratedTables()).filter(({ strict }) => strict !== 1)
  expect(loose).toEqual([])
})
