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

describe('PAYMENT_LIMITS', () => {
  it.each(['0.01', '0.5', '1', '2.25', '10'])('%s is taken, and multiplies', (PAYMENT_LIMITS) => {
    const limits = configOf({ PAYMENT_LIMITS }).paymentLimits
    expect(limits?.address[1].attempts).toBe(600 * Number(PAYMENT_LIMITS))
  })

  it.each(['0', '0.0', '0.001', '11', '-1', '1e3', 'on', ''])('%s is refused', (PAYMENT_LIMITS) => {
    expect(() => configOf({ PAYMENT_LIMITS })).toThrow(/^configuration: PAYMENT_LIMITS: /)
  })

  it('is as usual by default, at any stage, and may be off', () => {
    expect(configOf({ STAGE: 'production' }).paymentLimits?.guest[0].attempts).toBe(20)
    expect(configOf({ STAGE: 'production', PAYMENT_LIMITS: 'off' }).paymentLimits).toBeNull()
  })
})

describe('SHARED_ADDRESSES', () => {
  it('stands for networks', () => {
    expect(configOf({ SHARED_ADDRESSES: '192.0.2.7, 2001:db8::7' }).sharedNetworks).toEqual([
      '192.0.2.7',
      '2001:db8:0:0',
    ])
    expect(configOf({}).sharedNetworks).toEqual([])
  })

  it.each(['192.0.2.0/24', 'shop.example', '192.0.2.7 192.0.2.8'])('%s is refused', (SHARED_ADDRESSES) => {
    expect(() => configOf({ SHARED_ADDRESSES })).toThrow(/^configuration: SHARED_ADDRESSES: /)
  })
})
