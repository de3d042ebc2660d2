import { describe, expect, it } from 'vitest'
import { ConstraintError } from '../../../src/platform/db/errors.ts'
import {
  checkFingerprint,
  claimKey,
  isKeyTaken,
  readIdempotencyKey,
  settleKeys,
} from '../../../src/platform/http/idempotency.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const REQUEST = { callerId: 'gst_1', method: 'POST', path: '/v1/carts/cart_1/complete', body: bytes('{"a":1}') }
const UUID = '0b8cf1b0-9d1a-4c53-8d0d-6c2a35b3a1f4'

async function read(header: string, changes: Partial<typeof REQUEST> | { callerId: null } = {}) {
  return (await readIdempotencyKey(header, { ...REQUEST, ...changes })) ?? expect.fail('no key')
}

describe('readIdempotencyKey', () => {
  it('is null without the header', async () => {
    expect(await readIdempotencyKey(undefined, REQUEST)).toBeNull()
  })

  it('is the same for the same request, quoted or bare', async () => {
    expect(await read(UUID)).toEqual(await read(`  "${UUID}" `))
  })

  it.each([
    ['another key', UUID.replace('0', '1'), {}],
    ['another caller', UUID, { callerId: 'gst_2' }],
    ['nobody', UUID, { callerId: null }],
    ['another method', UUID, { method: 'PATCH' }],
    ['another path', UUID, { path: '/v1/carts/cart_2/complete' }],
  ])('is stored elsewhere for %s, with the same fingerprint', async (_what, header, changes) => {
    const [one, other] = [await read(UUID), await read(header, changes)]
    expect(other.id).not.toBe(one.id)
    expect(other.fingerprint).toBe(one.fingerprint)
  })

  it('has another fingerprint for one other byte, in the same place', async () => {
    const [one, other] = [await read(UUID), await read(UUID, { body: bytes('{"a": 1}') })]
    expect(other.id).toBe(one.id)
    expect(other.fingerprint).not.toBe(one.fingerprint)
  })

  it('cannot be moved to another scope by what the key says', async () => {
    const there = await read('x', { path: '/v1/carts","x' })
    expect((await read('","x","x', { path: '/v1/carts' })).id).not.toBe(there.id)
  })

  it('keeps no readable part of the key', async () => {
    const { id, fingerprint } = await read(UUID)
    expect([id, fingerprint]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
  })

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['empty quotes', '""'],
    ['256 characters', 'k'.repeat(256)],
  ])('refuses %s', async (_what, header) => {
    await expect(read(header)).rejects.toMatchObject({
      code: 'invalid_request',
      init: { errors: [{ pointer: '/header/Idempotency-Key' }] },
    })
  })

  it('takes 255 characters, quotes not counted', async () => {
    await read(`"${'k'.repeat(255)}"`)
  })

  it('takes a guessable key from a session, never from nobody', async () => {
    await read('1')
    await expect(read('k'.repeat(21), { callerId: null })).rejects.toMatchObject({ code: 'invalid_request' })
    await read('k'.repeat(22), { callerId: null })
  })
})

describe('a stored key', () => {
  const row = { id: 'i', fingerprint: 'f', status: 200, resourceId: 'r', createdAt: 0, expiresAt: 1 }

  it('answers the same body only', () => {
    expect(() => checkFingerprint(row, { id: 'i', fingerprint: 'f' })).not.toThrow()
    expect(() => checkFingerprint(row, { id: 'i', fingerprint: 'g' })).toThrow(
      expect.objectContaining({ code: 'idempotency_conflict' }),
    )
  })

  it('is known by its own constraint', () => {
    expect(isKeyTaken(new ConstraintError('idempotency_keys.id'))).toBe(true)
    expect(isKeyTaken(new ConstraintError('orders.id'))).toBe(false)
    expect(isKeyTaken(new Error('idempotency_keys.id'))).toBe(false)
  })

  it('is written only for a request that brought one', () => {
    expect(claimKey(null, new Date(0), 'r', 200)).toEqual([])
    expect(claimKey({ id: 'i', fingerprint: 'f' }, new Date(0), 'r', null)).toHaveLength(1)
    expect(settleKeys(null, 200)).toEqual([])
  })
})
