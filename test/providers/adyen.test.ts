import { describe, expect, it } from 'vitest'
import { createApi } from '../support/api.ts'
import { fakeAdyen } from '../support/fakes/adyen.ts'
import { describeProvider } from '../support/provider-contract.ts'

describeProvider(fakeAdyen)

describe('settings of Adyen', () => {
  const faultsOf = async (change: Record<string, string>) => {
    const { settings } = fakeAdyen()
    const { body } = await createApi({ bindings: { LOG_LEVEL: 'off', ...settings, ...change } }).get('/readyz')
    return JSON.stringify(body)
  }

  it.each([
    ['ADYEN_API_KEY', { ADYEN_API_KEY: '' }],
    ['ADYEN_HMAC_KEYS', { ADYEN_HMAC_KEYS: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['ADYEN_HMAC_KEYS', { ADYEN_HMAC_KEYS: ' , ' }],
    ['ADYEN_ENVIRONMENT', { ADYEN_ENVIRONMENT: 'production' }],
    ['ADYEN_LIVE_PREFIX', { ADYEN_ENVIRONMENT: 'live', ADYEN_CLIENT_KEY: 'live_XYZ' }],
    ['ADYEN_LIVE_PREFIX', { ADYEN_LIVE_PREFIX: 'https://prefix-checkout-live.adyenpayments.com' }],
    ['ADYEN_CLIENT_KEY', { ADYEN_CLIENT_KEY: 'live_XYZ' }],
    ['ADYEN_SEVERAL_CAPTURES', { ADYEN_SEVERAL_CAPTURES: 'yes' }],
    ['ADYEN_WEBHOOK_PASSWORD', { ADYEN_WEBHOOK_USER: 'adyen' }],
  ])('that are wrong are told at /readyz by their names: %s', async (name, change: Record<string, string>) => {
    const text = await faultsOf(change)
    expect(text).toContain(name)
    for (const value of Object.values(change)) if (value.length > 8) expect(text).not.toContain(value)
  })

  it('that are right are not', async () => {
    expect(await faultsOf({})).not.toContain('ADYEN')
    expect(
      await faultsOf({
        ADYEN_ENVIRONMENT: 'live',
        ADYEN_LIVE_PREFIX: '1797a841fbb37ca7-Shop',
        ADYEN_CLIENT_KEY: 'live_X',
      }),
    ).not.toContain('ADYEN')
  })
})
