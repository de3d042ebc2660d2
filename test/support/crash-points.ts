import { describe, expect, it } from 'vitest'
import type { PaymentProvider } from '../../src/domain/provider.ts'
import { configuredProviders } from '../../src/features/payments/providers.ts'
import { type Api, createApi, violations } from './api.ts'
import { testEnv } from './env.ts'
import { aroundCalls, InjectedFault } from './faults.ts'
import { recoverAfter } from './jobs.ts'

/**
 * Before the call, so that nothing of it took effect; after it, so that all of it did; or after a D1 call in a way that D1
 * calls transient, so that the Worker lives and may ask again.
 */
const WHEN = ['before', 'after', 'lost'] as const

interface Crash {
  /** From 1, as the points come. */
  point: number
  when: (typeof WHEN)[number]
}

/** What a Worker is in the middle of, and how it must end wherever that Worker dies. */
export interface Scenario<State> {
  name: string
  /** Everything before, by a Worker that lives. */
  arrange(api: Api): Promise<State>
  /** What is cut short. It must not throw when an answer is a fault. */
  act(api: Api, state: State): Promise<unknown>
  /** Whoever has asked asks again, by the same keys, and goes on to the end where an answer allows. */
  retry(api: Api, state: State): Promise<unknown>
  /** What is true in the end, beyond the integrity of all ledgers. */
  expect(api: Api, state: State): Promise<void>
}

const FIRST = ['recover', 'retry'] as const
const ALL = (testEnv() as { CRASHES?: string }).CRASHES === 'all'

/** The calls that leave the Worker. What a provider does by itself, such as checking a signature, is no point. */
const LOCAL: ReadonlySet<string> = new Set(['refuse', 'readWebhook', 'readStoredEvent'])

/** An API of which every D1 call and every call of a provider is a numbered point, one of which is a crash. */
function crashingApi(crash: Crash | null): { api: Api; points: readonly string[] } {
  const points: string[] = []
  async function pass<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    points.push(name)
    const strikes = crash?.point === points.length
    if (strikes && crash.when === 'before') throw new InjectedFault('before')
    const result = await run()
    if (strikes && crash.when === 'lost') throw new Error('D1_ERROR: Network connection lost.')
    if (strikes) throw new InjectedFault('after')
    return result
  }
  const askedOf = (provider: PaymentProvider): PaymentProvider => {
    const calls = Object.entries(provider).map(([name, value]) => {
      if (typeof value !== 'function' || LOCAL.has(name)) return [name, value]
      return [name, (...given: unknown[]) => pass(`provider.${name}`, () => value.apply(provider, given))]
    })
    return Object.fromEntries(calls)
  }
  const api = createApi({
    bindings: { DB: aroundCalls(createApi().bindings.DB, (run) => pass('D1 call', run)), LOG_LEVEL: 'off' },
    deps: {
      providers: (context) => (name) => {
        const provider = configuredProviders(context)(name)
        return provider && askedOf(provider)
      },
    },
  })
  return { api, points }
}

/** The points of a scenario in which nothing goes wrong, counted by running it. */
async function pointsOf<State>(api: Api, scenario: Scenario<State>): Promise<readonly string[]> {
  const state = await scenario.arrange(api)
  const counting = crashingApi(null)
  await scenario.act(counting.api, state)
  await scenario.retry(api, state)
  await scenario.expect(api, state)
  return counting.points
}

/**
 * One case for each point and each way to die there. Either the cron comes first or the one who asks again does: both find
 * what the crash has left, and both leave it right. They take turns, and an answer is
 * lost at every third point; CRASHES=all has all of it at each.
 * @param every 3 takes every third case, where another scenario passes the same points.
 */
export function crashEverywhere<State>(scenario: Scenario<State>, every = 1): void {
  describe(`a crash at any point of ${scenario.name}`, async () => {
    const api = createApi()
    const points = await pointsOf(api, scenario)
    const cases = points.flatMap((name, index) =>
      WHEN.filter((when) => when !== 'lost' || (name === 'D1 call' && (ALL || index % 3 === 0))).flatMap((when, turn) =>
        FIRST.filter((_, place) => ALL || (index + turn) % FIRST.length === place).map((first) => ({
          ...{ name, point: index + 1, when, first },
        })),
      ),
    )

    const chosen = ALL ? cases : cases.filter((_, index) => index % every === 0)
    it.each(chosen)(`$when point $point of ${points.length}, $name, $first first`, async ({ point, when, first }) => {
      const state = await scenario.arrange(api)
      const crashing = crashingApi({ point, when })
      await scenario.act(crashing.api, state)
      expect(crashing.points.length, 'the point was passed').toBeGreaterThanOrEqual(point)
      // What a crash leaves behind is whole too. The ledgers of a shop that other tests have filled take their time: they
      // are asked here where there is time for it, and once all is over everywhere.
      if (ALL) expect(await violations(api)).toEqual([])
      if (first === 'retry') await scenario.retry(api, state)
      await recoverAfter(api, 2)
      await scenario.retry(api, state)
      await scenario.expect(api, state)
      if (ALL) expect(await violations(api)).toEqual([])
    })

    it('leaves all ledgers whole; CRASHES=all tells after which of them they are not', async () => {
      expect(await violations(api)).toEqual([])
    })
  })
}
