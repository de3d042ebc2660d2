import { describe, expect, it } from 'vitest'
import { createStripe } from '../support/fakes/stripe.ts'
import { describeProvider } from '../support/provider-contract.ts'
import { EMBEDDED, paid, sell, shopAt } from '../support/stripe-sales.ts'

describeProvider(() => createStripe({ multicapture: true }))
describeProvider(() => createStripe({ multicapture: true, everything: true }), { flow: 'redirect' })

describe('its settings', () => {
  const well = createStripe().settings
  const faults: [string, Record<string, string>, string[]][] = [
    ['a secret key of no form', { STRIPE_SECRET_KEY: 'pk_test_1' }, ['STRIPE_SECRET_KEY: must be a secret key']],
    ['a publishable key of no form', { STRIPE_PUBLISHABLE_KEY: 'sk_test_1' }, ['STRIPE_PUBLISHABLE_KEY: must be']],
    ['two modes', { STRIPE_PUBLISHABLE_KEY: 'pk_live_1' }, ['STRIPE_PUBLISHABLE_KEY: is of live mode']],
    ['a secret of no form', { STRIPE_WEBHOOK_SECRETS: 'whsec_a sk_test_1' }, ['STRIPE_WEBHOOK_SECRETS: must be']],
    ['an account of no form', { STRIPE_ACCOUNT: 'me' }, ['STRIPE_ACCOUNT: must be']],
    ['a switch of no form', { STRIPE_MULTICAPTURE: 'yes' }, ['STRIPE_MULTICAPTURE: must be on or off']],
    [
      'only one of them',
      { STRIPE_PUBLISHABLE_KEY: '', STRIPE_WEBHOOK_SECRETS: '' },
      ['STRIPE_PUBLISHABLE_KEY: is missing', 'STRIPE_WEBHOOK_SECRETS: is missing'],
    ],
  ]
  it.each(faults)('%s: /readyz says so, and tells no value', async (_, changes, expected) => {
    const fake = { ...createStripe(), settings: { ...well, ...changes } }
    const { status, body } = await shopAt(fake).get('/readyz')
    expect(status).toBe(503)
    expect(body.faults).toEqual(expected.map((start) => expect.stringContaining(start)))
    expect(JSON.stringify(body)).not.toContain('_1')
  })

  it.each(['sk_live_51A', 'rk_live_51A'])('a key such as %s is well', async (STRIPE_SECRET_KEY) => {
    const keys = { STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY: 'pk_live_51A' }
    const fake = { ...createStripe(), settings: { ...well, ...keys } }
    expect((await shopAt(fake).get('/readyz')).status).toBe(200)
  })

  it('a connected account is asked as itself', async () => {
    const sale = await sell(EMBEDDED, { account: 'acct_ours' })
    await sale.happens('pay')
    expect(await sale.shown()).toMatchObject(paid)
  })
})
