import { describe, expect, it } from 'vitest'
import { createApi, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { withHook } from '../support/faults.ts'
import { asStaff } from '../support/staff.ts'

const api = createApi()
const staff = asStaff(api)

/** What staff make, with the change that both of two editors make of it at the same time. */
const THINGS: readonly { path: string; body: () => object; change: () => object; isKept?: boolean }[] = [
  {
    path: '/v1/admin/products',
    body: () => ({ title: unique('P'), variants: [{ sku: unique('S'), prices: [] }] }),
    change: () => ({ title: unique('P') }),
    isKept: true,
  },
  {
    path: '/v1/admin/collections',
    body: () => ({ title: unique('C') }),
    change: () => ({ title: unique('C') }),
  },
  { path: '/v1/admin/categories', body: () => ({ title: unique('C') }), change: () => ({ title: unique('C') }) },
  {
    path: '/v1/admin/markets',
    body: () => ({ name: unique('M'), currency: 'USD', countries: [], locales: ['en-US'], position: 900_000 }),
    change: () => ({ name: unique('M') }),
    isKept: true,
  },
  {
    path: '/v1/admin/price-lists',
    body: () => ({ title: unique('L') }),
    change: () => ({ title: unique('L') }),
    isKept: true,
  },
  { path: '/v1/admin/customer-groups', body: () => ({ title: unique('G') }), change: () => ({ title: unique('G') }) },
  ...['shipping-zones', 'tax-zones'].map((zones) => ({
    path: `/v1/admin/${zones}`,
    body: () => ({ name: unique('Z'), areas: [], ...(zones === 'tax-zones' ? { included: true } : {}) }),
    change: () => ({ name: unique('Z') }),
  })),
  {
    path: '/v1/admin/pickup-locations',
    body: () => ({
      name: unique('P'),
      line1: '1 Main Street',
      city: 'Springfield',
      postal_code: '62701',
      country: 'US',
    }),
    change: () => ({ name: unique('P') }),
  },
  {
    path: '/v1/admin/custom-fields',
    body: () => ({ subject: 'product', key: `f_${crypto.randomUUID().slice(0, 8)}`, type: 'text', title: 'Field' }),
    change: () => ({ title: unique('F') }),
  },
  {
    path: '/v1/admin/search/synonyms',
    body: () => ({ words: [unique('sofa'), unique('couch')] }),
    change: () => ({ words: [unique('sofa'), unique('couch')] }),
  },
  {
    path: '/v1/admin/promotions',
    body: () => ({ title: unique('P'), method: 'code', effect: { type: 'percent', percent: 10 } }),
    change: () => ({ title: unique('P') }),
  },
]

/** A thing, and an editor who is overtaken between reading it and committing: another changes it meanwhile. */
async function overtaken({ path, body, change }: (typeof THINGS)[number]) {
  const { id } = await staff.post(path, body())
  const place = `${path}/${id}`
  const DB = withHook(testEnv().DB, (call) => (call === 2 ? staff.patch(place, change()) : undefined))
  return { place, slow: asStaff(createApi({ bindings: { DB } })) }
}

const refused = { status: 412, body: { code: 'version_mismatch' } }

describe('what somebody else has changed since it was read', () => {
  it.each(THINGS)('is not changed over in $path', async (thing) => {
    const { place, slow } = await overtaken(thing)
    expect(await slow.try('patch', place, thing.change())).toMatchObject(refused)
    expect((await staff.get(place)).version, 'the change of the other stays').toBe(2)
  })

  it.each(THINGS.filter(({ isKept }) => !isKept))('is not removed from $path', async (thing) => {
    const { place, slow } = await overtaken(thing)
    expect(await slow.tryDelete(place)).toMatchObject(refused)
    expect((await staff.get(place)).version).toBe(2)
  })
})
