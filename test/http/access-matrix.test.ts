import { Webhook } from 'standardwebhooks'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultDeps, routes } from '../../src/app.ts'
import { signOrderToken } from '../../src/features/sessions/order-token.ts'
import { createStaffKey } from '../../src/features/sessions/staff-key.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { parseConfig } from '../../src/platform/env.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { type Answer, createApi } from '../support/api.ts'
import { expectCaching } from '../support/caching.ts'
import { testEnv } from '../support/env.ts'
import { forgeries, siblingToken } from '../support/forgeries.ts'
import { type Call, makeWorld, perform, sampleOf, samples, type World } from '../support/samples.ts'

/** What a caller may be of a route, and what the access of the route makes of it. */
type Kind =
  | 'rightful'
  | 'nobody'
  | 'stranger'
  | 'order'
  | 'other order'
  | 'bad token'
  | 'wrong kind'
  | 'no scope'
  | 'bad key'
  | 'scoped'
type Verdict = 'ok' | 401 | 403 | 404

const everybody: Record<Kind, Verdict> = {
  rightful: 'ok',
  nobody: 'ok',
  stranger: 'ok',
  order: 'ok',
  'other order': 'ok',
  'bad token': 'ok',
  'wrong kind': 'ok',
  'no scope': 'ok',
  'bad key': 'ok',
  scoped: 'ok',
}
const tokens: Record<Kind, Verdict> = {
  ...everybody,
  // An access token of an order is good for nothing but that order.
  order: 401,
  'other order': 401,
  'bad token': 401,
  'wrong kind': 401,
  'no scope': 401,
  'bad key': 401,
  scoped: 401,
}

function verdict({ access, path }: Route, kind: Kind): Verdict {
  if (access === 'public' || access === 'provider' || access === 'dev') return everybody[kind]
  if (access === 'optional-session') return tokens[kind]
  if (access === 'session') {
    // Without an id in its path a route is about the caller's own things, whoever that is.
    const owned = path.includes('/:')
    return { ...tokens, nobody: 401 as const, stranger: owned ? (404 as const) : ('ok' as const) }[kind]
  }
  if (access === 'order') {
    return { ...tokens, nobody: 401, stranger: 404, order: 'ok', 'other order': 404 }[kind] as Verdict
  }
  const staff = { ...tokens, nobody: 401, stranger: 401, 'no scope': 403, scoped: 'ok' } as const
  return staff[kind]
}

interface Scene {
  world: World
  route: Route
  /** Shared by the callers that are refused: all of them together change nothing. */
  call: Call
  /** A real session token: of the owner where the route has one, of a guest elsewhere. */
  session: string
}

const bindings = testEnv()
const mint = createMint(new Date(), cryptoRandom)

interface KeyInit {
  scopes: readonly string[]
  expiresAt?: Date
  revoked?: boolean
}

async function staffKey({ scopes, expiresAt, revoked }: KeyInit): Promise<string> {
  const made = { now: new Date(), mint, random: cryptoRandom }
  const { text, writes } = await createStaffKey({ name: 'matrix', scopes, expiresAt: expiresAt ?? null }, made)
  await systemContext('test', bindings, defaultDeps(), () => {}).db.commit(writes)
  const id = `key_${text.slice(3, 29)}`
  const sql = 'UPDATE staff_keys SET revoked_at = ? WHERE id = ?'
  if (revoked) await bindings.DB.prepare(sql).bind(Date.now(), id).run()
  return text
}

async function guest({ world }: Scene): Promise<string> {
  return (await world.api.post('/v1/carts', {})).body.session.access_token
}

function orderToken(orderId: string): Promise<string> {
  const expiresAt = new Date(Date.now() + 3600_000)
  return signOrderToken(parseConfig(bindings), { subject: orderId, expiresAt }, new Date(), mint)
}

const yesterday = new Date(Date.now() - 86_400_000)
const scopesOf = ({ route: { access } }: Scene) => (typeof access === 'object' ? [access.staff] : ['orders:read'])

interface Caller {
  kind: Kind
  token: (scene: Scene) => string | undefined | Promise<string | undefined>
}

/** Every caller of the matrix, the harmless ones last. */
const callers: Record<string, Caller> = {
  nobody: { kind: 'nobody', token: () => undefined },
  'another guest': { kind: 'stranger', token: guest },
  ...Object.fromEntries(
    Object.entries(forgeries).map(([name, forge]): [string, Caller] => [
      name,
      { kind: 'bad token', token: ({ session }) => forge(session) },
    ]),
  ),
  'an access token of the order that the path names': {
    kind: 'order',
    token: ({ call }) => orderToken(/ord_[0-9a-z]{26}/.exec(call.path)?.[0] ?? mint('order')),
  },
  'an access token of another order': { kind: 'other order', token: () => orderToken(mint('order')) },
  'a revoked token of the owner': {
    kind: 'bad token',
    token: async ({ world, session }) => {
      const token = await siblingToken(session, mint('session'))
      expect((await world.api.get('/v1/orders', { token })).status).toBe(200)
      expect((await world.api.delete('/v1/sessions/current', { token })).status).toBe(204)
      return token
    },
  },
  'staff with another scope': { kind: 'no scope', token: ({ world }) => world.shop.narrowKey },
  'staff with a look-alike scope': {
    kind: 'no scope',
    token: (scene) => staffKey({ scopes: scopesOf(scene).flatMap((scope) => [`${scope}s`, `x${scope}`, '**']) }),
  },
  'a revoked staff key': { kind: 'bad key', token: () => staffKey({ scopes: ['*'], revoked: true }) },
  'an expired staff key': { kind: 'bad key', token: () => staffKey({ scopes: ['*'], expiresAt: yesterday }) },
  'a staff key with another secret': {
    kind: 'bad key',
    token: ({ world }) => world.shop.staffKey.slice(0, 30) + world.shop.narrowKey.slice(30),
  },
  'a staff key that never was': {
    kind: 'bad key',
    token: ({ world }) => `sk_${mint('key').slice(4)}_${world.shop.staffKey.slice(30)}`,
  },
  'a staff key for everything': { kind: 'scoped', token: ({ world }) => world.shop.staffKey },
  'a staff key of exactly this scope': { kind: 'scoped', token: (scene) => staffKey({ scopes: scopesOf(scene) }) },
  'the rightful caller': { kind: 'rightful', token: ({ call }) => call.token },
}

async function expectRefusal(answer: Answer, status: number, { email, path }: Call, who = ''): Promise<void> {
  const told = `${path} ${who}`
  expect(answer.body, told).toMatchObject({ status, code: expect.any(String), request_id: expect.any(String) })
  expect(answer.status, told).toBe(status)
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
  expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
  if (status === 401) expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer /)
  if (email !== undefined) expect(JSON.stringify(answer.body)).not.toContain(email)
}

/** The signature our secret makes of `call` at another time: unix seconds, as text. */
function resign({ body, headers = {} }: Call, at: string): string {
  const secret = bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  return new Webhook(secret).sign(headers['webhook-id'] ?? '', new Date(Number(at) * 1000), String(body))
}

async function witnessed({ world, call }: Scene): Promise<unknown> {
  return call.witness ? (await world.api.get(call.witness.path, { token: call.witness.token })).body : null
}

describe('samples', () => {
  it('stand for every route, and only for routes', () => {
    const sampled = new Set(Object.keys(samples).map((name) => name.split('/')[0]))
    expect([...sampled].sort()).toEqual(routes.map(({ id }) => id).sort())
  })
})

describe.each(routes.map((route) => ({ id: route.id, route })))('$id', ({ route }) => {
  let scene: Scene
  let before: unknown
  beforeAll(async () => {
    const world = await makeWorld()
    const call = await sampleOf(route.id, world)
    const session = route.access === 'session' || route.access === 'order' ? (call.token ?? '') : ''
    scene = { world, route, call, session }
    scene.session ||= await guest(scene)
    before = await witnessed(scene)
  })

  const byVerdict = Map.groupBy(Object.entries(callers), ([, { kind }]) => verdict(route, kind))
  for (const [expected, refused] of byVerdict) {
    if (expected === 'ok') continue
    // One test for all of them: thousands of tests take longer than what they ask.
    it(`says ${expected} to ${refused.map(([name]) => name).join(', ')}`, async () => {
      const { world, call } = scene
      for (const [name, { token }] of refused) {
        const answer = await perform(world.api, route, { ...call, token: await token(scene) })
        await expectRefusal(answer, expected, call, name)
      }
      expect(await witnessed(scene)).toEqual(before)
    })
  }

  for (const [name, { kind, token }] of byVerdict.get('ok') ?? []) {
    it(`answers ${name}`, async () => {
      const { world, call } = scene
      const presented = await token(scene)
      // What succeeds gets a resource of its own: the next caller finds its own untouched.
      const fresh = route.method === 'get' ? call : await sampleOf(route.id, world)
      const mine = kind === 'rightful' ? fresh.token : presented
      const answer = await perform(world.api, route, { ...fresh, token: mine })
      expect(answer.headers.get('Content-Type')).not.toBe('application/problem+json')
      expect(answer.status).toBe(route.statuses?.[0] ?? 200)
      expectCaching(answer, route)
      if (kind === 'stranger' && call.email) expect(JSON.stringify(answer.body)).not.toContain(call.email)
      if (route.access === 'public') {
        expect(answer.body).toEqual((await perform(world.api, route, { ...call, token: undefined })).body)
      }
    })
  }

  if (route.access === 'session' || route.access === 'order') {
    it('says 401 to the owner with a token that was good when it was last used', async () => {
      const later = createApi({ deps: { clock: () => new Date(Date.now() + 31 * 86_400_000) } })
      await expectRefusal(await perform(later, route, scene.call), 401, scene.call)
    })

    it('says 401 to credentials in any other form', async () => {
      const token = scene.call.token ?? ''
      for (const authorization of ['', 'Bearer', token, `Basic ${btoa(`:${token}`)}`, `Bearer ${token}, Bearer x`]) {
        const call = {
          ...scene.call,
          token: undefined,
          headers: { ...scene.call.headers, Authorization: authorization },
        }
        await expectRefusal(await perform(scene.world.api, route, call), 401, call)
      }
      const inTheUrl = { ...scene.call, token: undefined, path: `${scene.call.path}?access_token=${token}` }
      await expectRefusal(await perform(scene.world.api, route, inTheUrl), 401, inTheUrl)
    })
  }

  if (route.access === 'provider') {
    it('says 401 invalid_signature without a signature, whatever else is sent', async () => {
      for (const token of [undefined, scene.session, scene.world.shop.staffKey]) {
        const answer = await perform(scene.world.api, route, { ...scene.call, headers: {}, token })
        expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_signature' } })
        expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
      }
    })

    it('says 401 invalid_signature to another body, id, time or secret under a real signature', async () => {
      const { world } = scene
      // The event of the scene has been applied by now: this one is still to be paid.
      const call = await sampleOf(route.id, world)
      const unpaid = await witnessed({ ...scene, call })
      const other = await sampleOf(route.id, world)
      const under = (headers: Record<string, string>): Call => ({ ...call, headers: { ...call.headers, ...headers } })
      const signature = other.headers?.['webhook-signature'] ?? ''
      const old = String(Math.floor(Date.now() / 1000) - 301)
      const tampered: Call[] = [
        { ...call, body: String(call.body).replace(/"amount":\d+/, '"amount":1') },
        { ...call, body: other.body },
        under({ 'webhook-id': 'evt-other' }),
        under({ 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 1) }),
        under({ 'webhook-timestamp': old }),
        under({ 'webhook-timestamp': old, 'webhook-signature': resign(call, old) }),
        under({ 'webhook-signature': signature }),
        under({ 'webhook-signature': '' }),
      ]
      for (const forged of tampered) {
        const answer = await perform(world.api, route, forged)
        expect(answer, JSON.stringify(forged.headers)).toMatchObject({
          status: 401,
          body: { code: 'invalid_signature' },
        })
      }
      expect(await witnessed({ ...scene, call })).toEqual(unpaid)
    })

    it('counts the five minutes by the clock of the app', async () => {
      const late = createApi({ deps: { clock: () => new Date(Date.now() + 301_000) } })
      expect((await perform(late, route, await sampleOf(route.id, scene.world))).status).toBe(401)
    })
  }

  if (route.access === 'dev') {
    it('is not there outside development', async () => {
      for (const STAGE of ['staging', 'production']) {
        const answer = await perform(createApi({ bindings: { STAGE } }), route, scene.call)
        await expectRefusal(answer, 404, scene.call)
        expect(answer.body.code).toBe('not_found')
      }
      expect(await witnessed(scene)).not.toMatchObject({ status: 404 })
    })
  }
})
