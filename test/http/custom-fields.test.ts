import { beforeAll, describe, expect, it } from 'vitest'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { createApi, makeProduct, unique } from '../support/api.ts'
import { expectRefusal, pointersOf } from '../support/refusals.ts'
import { seedShop } from '../support/shop.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)
const mint = createMint(new Date(), cryptoRandom)
const FIELDS = '/v1/admin/custom-fields'
let token: string

beforeAll(async () => {
  token = (await seedShop()).staffKey
})

const newKey = () => unique('field').replaceAll('-', '_')
const wish = (fields: object = {}) => ({ subject: 'product', key: newKey(), title: 'Field', type: 'text', ...fields })
const make = (fields: object = {}) => staff.post(FIELDS, wish(fields))

describe('a custom field', () => {
  it('is made, read, listed, changed and removed, with versions', async () => {
    const created = await api.post(FIELDS, wish({ options: { choices: ['wool', 'silk'] } }), { token })
    expect(created).toMatchObject({ status: 201, body: { type: 'text', visibility: 'private', version: 1 } })
    const path = `${FIELDS}/${created.body.id}`
    expect((await api.get(path, { token })).body).toEqual(created.body)
    const changed = await api.patch(path, { visibility: 'public', options: {} }, { token, ifMatch: '"1"' })
    expect(changed.body).toMatchObject({ visibility: 'public', options: {}, version: 2 })
    expectRefusal(await api.patch(path, { title: 'Late' }, { token, ifMatch: '"1"' }), 412, 'an old version')
    let cursor = ''
    const keys: string[] = []
    do {
      const page = (await api.get(`${FIELDS}?limit=2${cursor}`, { token })).body
      keys.push(...page.data.map(({ subject, key }: { subject: string; key: string }) => `${subject} ${key}`))
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
    } while (cursor !== '')
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(keys).toContain(`product ${created.body.key}`)
    expectRefusal(await api.delete(path, { token, ifMatch: '"1"' }), 412, 'an old version')
    expect((await api.delete(path, { token })).status).toBe(204)
    expect(await api.get(path, { token })).toMatchObject({ status: 404, body: { code: 'custom_field_not_found' } })
    expectRefusal(await api.delete(`${FIELDS}/${mint('customField')}`, { token }), 404, 'never was')
  })

  it('keeps its key and type, has its key alone among its subject, and says what is wrong with it', async () => {
    const { id, key } = await make()
    expect(await api.post(FIELDS, wish({ key }), { token })).toMatchObject({ status: 409, body: { code: 'key_taken' } })
    expect((await api.post(FIELDS, wish({ key, subject: 'collection' }), { token })).status).toBe(201)
    for (const change of [{ type: 'integer' }, { key: newKey() }, { subject: 'collection' }]) {
      const [name] = Object.keys(change)
      const answer = await api.patch(`${FIELDS}/${id}`, change, { token })
      expectRefusal(answer, 422, JSON.stringify(change))
      expect(pointersOf(answer)).toEqual([`/${name}`])
    }
    const cases: [string, object][] = [
      ['/key', { key: 'Colour' }],
      ['/key', { key: '1st' }],
      ['/key', { key: '__proto__' }],
      ['/key', { key: 'x'.repeat(65) }],
      ['/type', { type: 'colour' }],
      ['/subject', { subject: 'order' }],
      ['/options/choices', { options: { choices: [] } }],
      ['/options/choices', { options: { choices: ['a', 'a'] } }],
      ['/options/choices', { type: 'integer', options: { choices: ['a'] } }],
      ['/options/minimum', { type: 'integer', options: { minimum: 2, maximum: 1 } }],
      ['/options/maximum', { type: 'date', options: { maximum: 1 } }],
      ['/options/pattern', { options: { pattern: '.*' } }],
    ]
    for (const [pointer, fields] of cases) {
      const answer = await api.post(FIELDS, wish(fields), { token })
      expectRefusal(answer, 422, JSON.stringify(fields))
      expect(pointersOf(answer)).toEqual([pointer])
    }
    const patched = await api.patch(`${FIELDS}/${id}`, { options: { minimum: 3, maximum: 2 } }, { token })
    expect(pointersOf(patched)).toEqual(['/options/minimum'])
  })
})

describe('the custom fields of a product', () => {
  it('are shown with type and value where they are public, and never where they are private', async () => {
    const open = await make({ visibility: 'public', type: 'list_of_text' })
    const hidden = await make({ visibility: 'private', type: 'money' })
    const product = await makeProduct(api, {
      custom_fields: { [open.key]: ['soft', 'warm'], [hidden.key]: { amount: 774411, currency: 'USD' } },
    })
    const shown = async () => (await api.get(`/v1/products/${product.handle}`)).body
    expect((await shown()).custom_fields).toEqual({
      [open.key]: { type: 'list_of_text', value: ['soft', 'warm'] },
    })
    for (const path of [
      `/v1/products/${product.handle}`,
      `/v1/products/${product.id}/variants`,
      `/v1/products?ids=${product.id}`,
    ]) {
      const text = JSON.stringify((await api.get(path)).body)
      expect(text).not.toContain(hidden.key)
      expect(text).not.toContain('774411')
    }
    const seen = await staff.get(`/v1/admin/products/${product.id}`)
    expect(seen.custom_fields[hidden.key]).toEqual({ amount: 774411, currency: 'USD' })

    // Shown, hidden and removed at once; the value of a removed field stays stored and unseen.
    await staff.patch(`${FIELDS}/${open.id}`, { visibility: 'private' })
    expect((await shown()).custom_fields).toEqual({})
    await staff.patch(`${FIELDS}/${open.id}`, { visibility: 'public' })
    expect(Object.keys((await shown()).custom_fields)).toEqual([open.key])
    await api.delete(`${FIELDS}/${open.id}`, { token })
    expect((await shown()).custom_fields).toEqual({})
    await make({ key: open.key, visibility: 'public', type: 'list_of_text' })
    expect((await shown()).custom_fields[open.key]).toEqual({ type: 'list_of_text', value: ['soft', 'warm'] })
  })

  it('are refused where a value is not of the field, or the field is not there', async () => {
    const { key } = await make({ type: 'integer', options: { minimum: 1 } })
    const { id } = await makeProduct(api)
    const patch = (custom_fields: object) => api.patch(`/v1/admin/products/${id}`, { custom_fields }, { token })
    for (const [pointer, fields] of [
      [`/custom_fields/${key}`, { [key]: 0 }],
      [`/custom_fields/${key}`, { [key]: '1' }],
      ['/custom_fields/no_such', { no_such: 1 }],
    ] as const) {
      const answer = await patch(fields)
      expectRefusal(answer, 422, JSON.stringify(fields))
      expect(pointersOf(answer)).toEqual([pointer])
    }
    expect((await patch({ [key]: 7 })).body.custom_fields).toEqual({ [key]: 7 })
    expect((await patch({ [key]: null })).body.custom_fields).toEqual({})
  })
})
