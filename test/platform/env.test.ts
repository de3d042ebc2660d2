import { describe, expect, it } from 'vitest'
import { type Bindings, parseConfig } from '../../src/platform/env.ts'

const configOf = (vars: Partial<Bindings>) =>
  parseConfig({ STAGE: 'dev', SESSION_KEYS: '{"keys":[]}', ...vars } as Bindings)

describe('D1_LATENCY_MS', () => {
  it.each([
    ['5', { min: 5, max: 5 }],
    ['0-20', { min: 0, max: 20 }],
    ['20-5', { min: 5, max: 20 }],
  ])('%s is taken', (D1_LATENCY_MS, latency) => {
    expect(configOf({ D1_LATENCY_MS }).d1LatencyMs).toEqual(latency)
  })

  it.each(['1000', '-5', '5-', 'fast', '1.5'])('%s is refused', (D1_LATENCY_MS) => {
    expect(() => configOf({ D1_LATENCY_MS })).toThrow(/^configuration: D1_LATENCY_MS: /)
  })

  it('is nothing by default, and nothing outside development', () => {
    expect(configOf({}).d1LatencyMs).toEqual({ min: 0, max: 0 })
    expect(configOf({ STAGE: 'staging', D1_LATENCY_MS: '5' }).d1LatencyMs).toEqual({ min: 0, max: 0 })
  })
})
