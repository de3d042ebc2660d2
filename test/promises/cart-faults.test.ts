import { describe, expect, it } from 'vitest'
import { type Answer, type Api, createApi, makeProduct, makeShopper, type Shopper } from '../support/api.ts'
import { type Fault, withFault } from '../support/faults.ts'

const api = createApi()
const BOTH = ['before', 'after'] as const

/** The API of a Worker in which one D1 call fails: an isolate that has just started. */
function faultyApi(fault: Fault | null) {
  const { database, calls } = withFault(api.bindings.DB, fault)
  return { api: createApi({ bindings: { DB: database, LOG_LEVEL: 'off' } }), calls }
}

/** A change of a cart that stands ready, and the cart it must have made in the end, once, whatever went wrong. */
interface Scene {
  shopper: Shopper
  send(through: Api, key: string): Promise<Answer>
  expected: Record<string, unknown>
}

async function line(onHand: number, quantity: number) {
  const { sku } = await makeProduct(api, { onHand })
  const shopper = await makeShopper(api, [{ sku, quantity }])
  return { sku, shopper, path: `/v1/carts/${shopper.cartId}`, id: shopper.cart.lines[0].id, token: shopper.token }
}

const SCENES: Record<string, () => Promise<Scene>> = {
  'an add': async () => {
    const { sku, shopper, path, token } = await line(100, 1)
    return {
      shopper,
      send: (through, key) => through.post(`${path}/lines`, { lines: [{ sku, quantity: 2 }] }, { token, key }),
      expected: { lines: [{ quantity: 3 }], version: 3 },
    }
  },
  'an add near the end of the stock': async () => {
    const { sku, shopper, path, token } = await line(3, 2)
    return {
      shopper,
      send: (through, key) => through.post(`${path}/lines`, { lines: [{ sku, quantity: 2 }] }, { token, key }),
      expected: { lines: [{ quantity: 3 }], version: 3 },
    }
  },
  'a set': async () => {
    const { shopper, path, token, id } = await line(100, 1)
    return {
      shopper,
      send: (through) => through.patch(`${path}/lines`, { lines: [{ id, quantity: 5 }] }, { token }),
      expected: { lines: [{ quantity: 5 }] },
    }
  },
  'a set above the stock': async () => {
    const { shopper, path, token, id } = await line(4, 1)
    return {
      shopper,
      send: (through) => through.patch(`${path}/lines`, { lines: [{ id, quantity: 5 }] }, { token }),
      expected: { lines: [{ quantity: 4 }] },
    }
  },
  'an update': async () => {
    const { shopper, path, token } = await line(100, 1)
    return {
      shopper,
      send: (through) => through.patch(path, { currency: 'EUR', note: 'ring', discount_codes: ['X'] }, { token }),
      expected: { currency: 'EUR', note: 'ring', discount_codes: [{ code: 'X' }], lines: [{ quantity: 1 }] },
    }
  },
  'a merge': async () => {
    const { sku, shopper, path, token } = await line(100, 1)
    const [other] = [await makeProduct(api)]
    const source = await makeShopper(api, [
      { sku, quantity: 2 },
      { sku: other.sku, quantity: 4 },
    ])
    const body = { from_cart_id: source.cartId, from_access_token: source.token, strategy: 'sum' }
    return {
      shopper,
      send: (through, key) => through.post(`${path}/merge`, body, { token, key }),
      expected: { lines: [{ quantity: 3 }, { quantity: 4 }], version: 3 },
    }
  },
}

async function countCalls(build: () => Promise<Scene>): Promise<number> {
  const scene = await build()
  const counting = faultyApi(null)
  expect((await scene.send(counting.api, crypto.randomUUID())).status).toBe(200)
  return counting.calls()
}

describe.each(Object.entries(SCENES))('%s has one effect', async (_, build) => {
  const calls = await countCalls(build)
  for (let call = 1; call <= calls; call += 1) {
    for (const when of BOTH) {
      it(`when the Worker dies ${when} D1 call ${call} of ${calls}, and the shopper tries again`, async () => {
        const { shopper, send, expected } = await build()
        const key = crypto.randomUUID()
        const broken = await send(faultyApi({ call, when }).api, key)
        // Of a batch that D1 refuses there is no "after": that request went on and was answered.
        if (broken.status !== 500) expect([when, broken]).toMatchObject(['after', { status: 200, body: expected }])
        const retry = await send(api, key)
        expect(retry, JSON.stringify(retry.body)).toMatchObject({ status: 200, body: expected })
        expect(await send(api, key)).toMatchObject({ status: 200, body: expected })
        expect((await api.get(`/v1/carts/${shopper.cartId}`, shopper)).body).toMatchObject(expected)
      })
    }
  }
})
