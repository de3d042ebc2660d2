import { afterAll, describe, expect, it } from 'vitest'
import { type Api, createApi, violations } from './api.ts'
import { testEnv } from './env.ts'

/** Races hide at local speed, and some of them behind an even one: milliseconds added to every D1 call. */
export const SPEEDS = ['5', '0-20'] as const
type Speed = (typeof SPEEDS)[number]
type Once = ReturnType<typeof it.runIf>

// npm test has three minutes: SPEEDS=all tests everything at each speed.
const ALL = (testEnv() as { SPEEDS?: string }).SPEEDS === 'all'

/** Where one speed will do: the uneven one. */
export const ONE_SPEED: readonly Speed[] = ALL ? SPEEDS : ['0-20']

/**
 * The same promises at each speed of the database; they end by recomputing all ledgers.
 * @param tests whose `once` is `it` at the first speed alone, for what is promised beside the races.
 */
export function atEachSpeed(title: string, tests: (api: Api, speed: Speed, once: Once) => void) {
  describe.each(SPEEDS)(`${title}, with %s ms more on every D1 call`, (speed) => run(speed, tests, SPEEDS))
}

/** The same at `ONE_SPEED`. */
export function atOneSpeed(title: string, tests: (api: Api, speed: Speed, once: Once) => void) {
  describe.each(ONE_SPEED)(`${title}, with %s ms more on every D1 call`, (speed) => run(speed, tests, ONE_SPEED))
}

function run(speed: Speed, tests: (api: Api, speed: Speed, once: Once) => void, speeds: readonly Speed[]) {
  const api = createApi({ bindings: { D1_LATENCY_MS: speed } })
  afterAll(async () => expect(await violations(api)).toEqual([]))
  tests(api, speed, onceAt(speed, speeds))
}

/** `it` at the first of `speeds` alone. */
export function onceAt(speed: Speed, speeds: readonly Speed[]): Once {
  return it.runIf(ALL || speed === speeds[0])
}
