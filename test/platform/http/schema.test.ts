import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { Problem } from '../../../src/platform/http/problem.ts'
import { check, idSchema, shape, toPointer } from '../../../src/platform/http/schema.ts'

const Body = z.strictObject({
  email: z.string(),
  lines: z.array(z.strictObject({ quantity: z.int().min(1) })),
  metadata: z.record(z.string(), z.string()).optional(),
})

function pointersOf(input: unknown, prefix = ''): string[] {
  try {
    check(Body, input, prefix)
  } catch (error) {
    if (error instanceof Problem) return (error.init.errors ?? []).map(({ pointer }) => pointer)
    throw error
  }
  return []
}

describe('check', () => {
  it('hands on what the shape makes of the input', () => {
    expect(check(z.object({ limit: z.coerce.number().default(24) }), {}, '/query')).toEqual({ limit: 24 })
  })

  it.each<[string, unknown, string[]]>([
    ['nothing wrong', { email: 'a', lines: [] }, []],
    ['a missing field', { lines: [] }, ['/email']],
    ['a field deep inside', { email: 'a', lines: [{ quantity: 1 }, { quantity: 0 }] }, ['/lines/1/quantity']],
    ['everything at once', { email: 1, lines: [{ quantity: 0.5 }] }, ['/email', '/lines/0/quantity']],
    ['each key that is not in the contract', { email: 'a', lines: [], x: 1, y: 2 }, ['/x', '/y']],
    ['such a key deep inside', { email: 'a', lines: [{ quantity: 1, price: 1 }] }, ['/lines/0/price']],
    ['keys with slashes and tildes', { email: 'a', lines: [], metadata: { 'a/b~c': 1 } }, ['/metadata/a~1b~0c']],
    ['another kind of body', [], ['/']],
    ['no body', null, ['/']],
  ])('points at %s', (_what, input, pointers) => {
    expect(pointersOf(input)).toEqual(pointers)
  })

  it('says where it stood outside the body', () => {
    expect(pointersOf({ email: 'a', lines: [], x: 1 }, '/query')).toEqual(['/query/x'])
    expect(pointersOf(null, '/query')).toEqual(['/query'])
  })

  it('is a refusal of the contract', () => {
    expect(() => check(Body, {}, '')).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('toPointer', () => {
  it.each([
    [[], ''],
    [['a', 0, 'b'], '/a/0/b'],
    [['~1'], '/~01'],
    [['a/b'], '/a~1b'],
    [[''], '/'],
  ])('%j is %j', (path, pointer) => {
    expect(toPointer(path)).toBe(pointer)
  })
})

it('a shape is built on first use, once', () => {
  let built = 0
  const lazy = shape(() => {
    built += 1
    return z.string()
  })
  expect(built).toBe(0)
  expect(lazy()).toBe(lazy())
  expect(built).toBe(1)
})

it('an id of another kind says what one looks like', () => {
  expect(() => check(idSchema('order'), 'cart_1', '/path/order')).toThrow(
    expect.objectContaining({
      init: { errors: [{ pointer: '/path/order', detail: 'must be an id like ord_01h...' }] },
    }),
  )
})
