import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Stripe } from 'stripe'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildWorker } from '../scripts/build/worker.ts'
import { inScratchFolder } from '../scripts/local/bundle.ts'
import { STRIPE_PRODUCTS, type StripeClient } from '../src/features/payments/stripe/products.ts'

type Sdk = typeof Stripe

describe("Stripe's SDK as it is built into the Worker", () => {
  let sdk: Sdk
  let client: StripeClient
  let asked: string[] = []
  beforeAll(() =>
    inScratchFolder(async (folder) => {
      await buildWorker(folder, path.join(import.meta.dirname, 'fixtures/stripe-worker.ts'))
      sdk = (await import(pathToFileURL(path.join(folder, 'worker.js')).href)).Stripe
      const httpClient = sdk.createFetchHttpClient(async (input, init) => {
        const { method, url, headers } = new Request(input as string, init)
        asked.push(`${method} ${new URL(url).pathname} ${headers.get('Idempotency-Key') ?? ''}`.trim())
        return Response.json({ id: 'xx_1', object: 'list', data: [], has_more: false })
      })
      client = new sdk('sk_test_1', { httpClient, maxNetworkRetries: 0 })
    }),
  )

  it('asks for everything that it is kept for', async () => {
    asked = []
    const once = { idempotencyKey: 'once' }
    await client.paymentIntents.create({ amount: 100, currency: 'usd' }, once)
    await client.paymentIntents.retrieve('pi_1')
    await client.paymentIntents.search({ query: "metadata['order']:'1'" })
    await client.paymentIntents.capture('pi_1', {}, once)
    await client.paymentIntents.cancel('pi_1', {}, once)
    await client.checkout.sessions.create({ mode: 'payment' }, once)
    await client.checkout.sessions.retrieve('cs_1')
    await client.checkout.sessions.expire('cs_1')
    await client.refunds.create({ payment_intent: 'pi_1' }, once)
    await client.refunds.retrieve('re_1')
    await client.refunds.list({ payment_intent: 'pi_1' })
    await client.disputes.retrieve('dp_1')
    expect(asked).toEqual([
      'POST /v1/payment_intents once',
      'GET /v1/payment_intents/pi_1',
      'GET /v1/payment_intents/search',
      'POST /v1/payment_intents/pi_1/capture once',
      'POST /v1/payment_intents/pi_1/cancel once',
      'POST /v1/checkout/sessions once',
      'GET /v1/checkout/sessions/cs_1',
      expect.stringMatching('^POST /v1/checkout/sessions/cs_1/expire'),
      'POST /v1/refunds once',
      'GET /v1/refunds/re_1',
      'GET /v1/refunds',
      'GET /v1/disputes/dp_1',
    ])
  })

  it('goes from page to page', async () => {
    asked = []
    expect(await client.refunds.list({ limit: 1 }).autoPagingToArray({ limit: 10 })).toEqual([])
    expect(asked).toEqual(['GET /v1/refunds'])
  })

  it('verifies webhooks, and refuses a body that was tampered with', async () => {
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'payment_intent.succeeded' })
    const header = await sdk.webhooks.generateTestHeaderStringAsync({ payload, secret: 'whsec_1' })
    const verify = (body: string) => sdk.webhooks.constructEventAsync(body, header, 'whsec_1')
    expect(await verify(payload)).toMatchObject({ id: 'evt_1' })
    await expect(verify(payload.replace('evt_1', 'evt_2'))).rejects.toThrow(/No signatures found/)
  })

  it("turns Stripe's refusals into its own errors", async () => {
    const body = { error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' } }
    const httpClient = sdk.createFetchHttpClient(async () => Response.json(body, { status: 402 }))
    const refused: StripeClient = new sdk('sk_test_1', { httpClient, maxNetworkRetries: 0 })
    const error = await refused.paymentIntents.confirm('pi_1').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(sdk.errors.StripeCardError)
    expect(error).toMatchObject({ type: 'StripeCardError', code: 'card_declined', statusCode: 402 })
  })

  it('has no other product', () => {
    const isProduct = (value: unknown) =>
      typeof value === 'object' && value !== null && ('_stripe' in value || 'stripe' in value)
    const names = Object.entries(client).flatMap(([name, value]) => (isProduct(value) ? [name] : []))
    expect(names.filter((name) => !name.startsWith('_')).sort()).toEqual([...STRIPE_PRODUCTS])
  })
})
