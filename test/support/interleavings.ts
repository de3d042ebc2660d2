import { expect } from 'vitest'
import { type Answer, type Api, createApi, violations } from './api.ts'
import { testEnv } from './env.ts'
import { withHook } from './faults.ts'
import { randomFrom } from './random.ts'

// INTERLEAVINGS=all takes every pair, INTERLEAVINGS_SEED=7 others than npm test does.
const settings = testEnv() as { INTERLEAVINGS?: string; INTERLEAVINGS_SEED?: string }
const COUNT = settings.INTERLEAVINGS === 'all' ? Number.POSITIVE_INFINITY : Number(settings.INTERLEAVINGS || 6)

/** A request about something that was arranged; null where it could not be made. */
export type Request<State> = (api: Api, of: State) => Promise<Answer | null>

/** So many of `all` pairs, drawn by the seed, beside those that are always taken. */
export function samplePairs<Pair>(all: readonly Pair[], isAlways: (pair: Pair) => boolean = () => false): Pair[] {
  const rest = all.filter((pair) => !isAlways(pair))
  if (COUNT >= rest.length) return [...all]
  const below = randomFrom(Number(settings.INTERLEAVINGS_SEED || 1))
  const drawn = Array.from({ length: COUNT }, () => rest.splice(below(rest.length), 1)).flat()
  return [...all.filter(isAlways), ...drawn]
}

// What one pair has left wrong is not held against those that follow.
const known = new Set<string>()

/**
 * Has `inner` happen right before a D1 call of `outer`: each call in turn, each time about something new.
 * @param judge settles what is left and says what is wrong beyond the integrity of all ledgers.
 */
export async function expectGoodWithinEachCall<State>(scene: {
  arrange: () => Promise<State>
  outer: Request<State>
  inner: Request<State>
  judge: (api: Api, of: State) => Promise<unknown[]>
}): Promise<void> {
  const { arrange, outer, inner, judge } = scene
  const api = createApi()
  const wrong: unknown[] = []
  for (let point = 1, calls = point; point <= calls; point += 1) {
    const of = await arrange()
    const answers: (Answer | null)[] = []
    calls = 0
    const hooked = withHook(api.bindings.DB, async (call) => {
      calls = call
      if (call === point) answers.push(await inner(api, of))
    })
    answers.push(await outer(createApi({ bindings: { DB: hooked } }), of))
    const faults = answers.filter(
      (answer) => answer && answer.status >= 500 && answer.body.code !== 'provider_unavailable',
    )
    const judged = await judge(api, of)
    const told = answers.map((answer) => `${answer?.status} ${answer?.body.code ?? ''}`)
    const found = [...faults.map((fault) => fault?.body), ...judged]
    if (found.length > 0) wrong.push({ point, told, found })
  }
  const violated = (await violations(api)).filter((each) => !known.has(JSON.stringify(each)))
  for (const each of violated) known.add(JSON.stringify(each))
  expect([...wrong, ...violated]).toEqual([])
}
