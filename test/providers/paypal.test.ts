import { expect, it } from 'vitest'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { fakePayPal } from '../support/fakes/paypal.ts'
import { shopWith } from '../support/fakes/rig.ts'
import { describeProvider } from '../support/provider-contract.ts'

describeProvider(fakePayPal)

it('paypal: what stands at a reference is ours only if it bears our id', async () => {
  const fake = fakePayPal()
  const api = shopWith(fake)
  const provider = systemContext('test', api.bindings, { ...api.deps }, () => {}).provider('paypal')
  if (!provider) throw new Error('not switched on')
  const mint = createMint(new Date(), cryptoRandom)
  const base = {
    ...{ paymentId: mint('payment'), orderId: mint('order'), amount: { amount: 1000, currency: 'EUR' } },
    ...{ origin: 'https://api.shop.example', expiresAt: new Date(Date.now() + 3600_000) },
  }
  const urls = { returnUrl: 'https://shop.example/', cancelUrl: null, input: {} }
  const { reference } = await provider.openSession({ ...base, ...urls, captureMethod: 'automatic' })
  const other = { ...base, paymentId: mint('payment'), reference }
  await expect(provider.fetchSession(other)).rejects.toThrow(/another/)
  await expect(provider.closeSession(other)).rejects.toThrow(/another/)
  await expect(provider.refund(other, mint('refund'), base.amount)).rejects.toThrow(/another/)
  expect((await provider.fetchSession({ ...base, reference }))?.fact).toEqual({ kind: 'requires_action' })
})
