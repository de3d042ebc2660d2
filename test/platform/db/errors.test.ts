import { describe, expect, it } from 'vitest'
import { ConstraintError, DatabaseUnavailable, toDatabaseError } from '../../../src/platform/db/errors.ts'

const code = (kind: string) => `SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_${kind})`

describe('toDatabaseError', () => {
  it.each([
    ['a CHECK by its name', `CHECK constraint failed: stock_not_oversold: ${code('CHECK')}`, 'stock_not_oversold'],
    ['a primary key', `UNIQUE constraint failed: idempotency_keys.id: ${code('PRIMARYKEY')}`, 'idempotency_keys.id'],
    ['a unique column', `UNIQUE constraint failed: products.handle: ${code('UNIQUE')}`, 'products.handle'],
    ['a partial unique index', `UNIQUE constraint failed: orders.cart_id: ${code('UNIQUE')}`, 'orders.cart_id'],
    [
      'a key of two columns by the first',
      `UNIQUE constraint failed: webhook_events.provider, webhook_events.event_id: ${code('PRIMARYKEY')}`,
      'webhook_events.provider',
    ],
    ['an index on an expression', `UNIQUE constraint failed: index 'lower_email': ${code('UNIQUE')}`, 'lower_email'],
    ['a guard by its code', `cart_conflict: ${code('TRIGGER')}`, 'cart_conflict'],
    ['a foreign key, which has no name', `FOREIGN KEY constraint failed: ${code('FOREIGNKEY')}`, 'foreign_key'],
  ])('names %s', (_what, text, constraint) => {
    const { error, transient } = toDatabaseError(new Error(`D1_ERROR: ${text}`))
    expect(error).toBeInstanceOf(ConstraintError)
    expect(error).toMatchObject({ constraint })
    expect(transient).toBe(false)
  })

  it.each([
    ['Network connection lost.', true],
    ['D1_ERROR: Network connection lost.', true],
    ['D1_ERROR: Internal error in D1 DB storage caused object to be reset.', true],
    ['D1_ERROR: D1 DB reset because its code was updated.', true],
    ['D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.', true],
    ['D1_ERROR: D1 DB is overloaded. Requests queued for too long.', false],
    ['D1_ERROR: D1 DB is overloaded. Too many requests queued.', false],
    ['D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.', false],
    ['D1 time limit exceeded', false],
  ])('takes %j for a database that is away; worth another try: %j', (text, transient) => {
    const known = toDatabaseError(new Error(text))
    expect(known.error).toBeInstanceOf(DatabaseUnavailable)
    expect(known.transient).toBe(transient)
  })

  it.each([
    'D1_ERROR: no such table: nope: SQLITE_ERROR',
    'D1_ERROR: too many SQL variables: SQLITE_ERROR',
    `D1_ERROR: NOT NULL constraint failed: outbox.topic: ${code('NOTNULL')}`,
    `D1_ERROR: cannot store REAL value in INTEGER column generations.value: ${code('DATATYPE')}`,
    "Cannot read properties of undefined (reading 'id')",
  ])('leaves a fault of ours as it is: %s', (text) => {
    const thrown = new Error(text)
    expect(toDatabaseError(thrown)).toEqual({ error: thrown, transient: false })
    expect(toDatabaseError(thrown).error).toBe(thrown)
  })

  it('makes an error of whatever else is thrown', () => {
    expect(toDatabaseError('odd').error).toMatchObject({ message: 'odd' })
    expect(toDatabaseError(undefined).error).toBeInstanceOf(Error)
  })
})
