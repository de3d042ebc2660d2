import { afterEach, describe, expect, it, vi } from 'vitest'
import { violations } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { fakeAdyen } from '../support/fakes/adyen.ts'
import { fakeMollie } from '../support/fakes/mollie.ts'
import { fakePayPal } from '../support/fakes/paypal.ts'
import { bring, bringAll, shopWith } from '../support/fakes/rig.ts'
import { fakeStandardWebhooks } from '../support/fakes/standard-webhooks.ts'
import { createStripe } from '../support/fakes/stripe.ts'
import { recoverAfter } from '../support/jobs.ts'
import { ask, buy, usd } from '../support/money.ts'

const WISH = { return_url: 'http://localhost:3000/thanks' }
const PRIVATE = [
  /_secret_\w/,
  /Bearer /,
  /4111 ?1111/,
  /"last4/,
  /Lovelace/,
  /[\w.-]@[\w-]+\./,
  /cardSummary|expiryDate/,
]

afterEach(() => {
  vi.restoreAllMocks()
})

/** Every row of what is kept of payments, and its table; carts and orders hold by their nature who has ordered. */
async function everyRow(): Promise<string[]> {
  const { DB } = testEnv()
  const tables = await DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{ name: string }>()
  const names = tables.results.map(({ name }) => name)
  const kept = names.filter((name) =>
    /^(?:payment|webhook|refund|outbox|audit|idempotency|dispute|test_payment)/.test(name),
  )
  const rows = await Promise.all(kept.map(async (name) => (await DB.prepare(`SELECT * FROM ${name}`).all()).results))
  return rows.flatMap((of, place) => of.map((row) => `${kept[place]} ${JSON.stringify(row)}`))
}

describe('what is kept of payments, and what is written to the log', () => {
  it('holds no secret, no card and nobody’s name, whatever services sent and however they failed', async () => {
    const lines: string[] = []
    for (const method of ['log', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
        lines.push(parts.map(String).join(' '))
      })
    }
    const secrets: string[] = []
    // What other tests have left may still be paid.
    const before = new Set(await everyRow())
    for (const make of [createStripe, fakePayPal, fakeAdyen, fakeMollie, fakeStandardWebhooks]) {
      const fake = make()
      const isSecret = (name: string) => /SECRET|_KEY|PASSWORD/.test(name) && !/PUBLISHABLE|CLIENT_KEY/.test(name)
      secrets.push(
        ...Object.entries(fake.settings).flatMap(([name, value]) => (isSecret(name) ? value.split(/[\s,]+/) : [])),
      )
      const api = shopWith(fake, { LOG_LEVEL: 'debug' })
      const bought = await buy(api, { ...WISH, provider: fake.name })
      await fake.happen(bought.paymentId, 'pay')
      await bringAll(api, fake)
      await ask(api, bought, 'refunds', { amount: usd(50), reason: 'requested' })
      await bringAll(api, fake)
      fake.failNext('nonsense')
      await ask(api, bought, 'refunds', { amount: usd(51), reason: 'requested' })
      await bring(api, fake, [await fake.sign(JSON.stringify({ card: '4111 1111 1111 1111' }))])
      expect((await api.get('/readyz')).status).toBe(200)
      await recoverAfter(api, 3)
    }
    vi.restoreAllMocks()
    expect(secrets.length).toBeGreaterThan(5)
    const kept = (await everyRow()).filter((row) => !before.has(row))
    for (const text of [...kept, ...lines]) {
      expect(
        secrets.filter((secret) => secret.length > 6 && text.includes(secret)),
        text,
      ).toEqual([])
      expect(
        PRIVATE.filter((pattern) => pattern.test(text)),
        text,
      ).toEqual([])
    }
    expect(await violations(shopWith(fakeStandardWebhooks()))).toEqual([])
  })
})
