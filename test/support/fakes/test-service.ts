import type { PaymentProvider } from '../../../src/domain/provider.ts'
import { configuredProviders } from '../../../src/features/payments/providers.ts'
import { signStandardWebhook } from '../../../src/platform/crypto/standard-webhook.ts'
import type { Deps } from '../../../src/platform/http/context.ts'
import { createApi } from '../api.ts'
import { testEnv } from '../env.ts'
import { type FakeBook, type Happening, type ServiceFault, type SignedDelivery, SLOW_MS } from './fake-service.ts'
import type { Service } from './services.ts'

const OUTCOME: Readonly<Record<Happening, string>> = {
  ...{
    pay: 'succeeded',
    decline: 'declined',
    pend: 'pending',
    capture: 'captured',
    void: 'voided',
    refund: 'refunded',
  },
  ...{ dispute: 'disputed', win_dispute: 'dispute_won', lose_dispute: 'dispute_lost' },
}

const STATUS: Readonly<Record<string, FakeBook['status']>> = { succeeded: 'captured' }

/** The calls that ask the service; the others it answers by itself. */
const ASKING = ['openSession', 'fetchSession', 'closeSession', 'capture', 'void', 'refund', 'fetchRefund'] as const

/**
 * The `test` provider as one of the services outside. It has no HTTP API but its methods: each call of them counts as a
 * request. Its book is in D1, and outlives the fake.
 */
export function createTestService(capture: 'automatic' | 'manual'): Service {
  const events: Request[] = []
  const disputed = new Map<string, number | undefined>()
  let due: { fault: ServiceFault; path: string } | null = null
  const sender = createApi({
    bindings: { PAYMENT_CAPTURE: capture, LOG_LEVEL: 'off' },
    deps: {
      fetch: async (request) => {
        events.push(request)
        return new Response(null, { status: 503 })
      },
    },
  })

  async function meet<Answer>(name: string, act: () => Promise<Answer>): Promise<Answer> {
    if (!due || !name.includes(due.path)) return act()
    const { fault } = due
    due = null
    if (fault === 'error' || fault === 'cut_before') throw new Error(fault)
    const answer = await act()
    if (fault !== 'slow') throw new Error(fault)
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    return answer
  }

  const providers =
    (asked: (name: string) => void): Deps['providers'] =>
    (context) =>
    (name) => {
      const provider = configuredProviders(context)(name)
      if (provider?.name !== 'test') return provider
      const calls = ASKING.map((call) => {
        const ask = provider[call] as (...given: unknown[]) => Promise<unknown>
        const answer = (...given: unknown[]) => {
          asked(call)
          return meet(call, () => ask(...given))
        }
        return [call, answer] as const
      })
      return { ...provider, ...Object.fromEntries(calls) } as PaymentProvider
    }

  return {
    name: 'test',
    settings: {},
    can: {
      ...{ manualCapture: true, severalCaptures: true, pending: true, disputes: true, fetch: true },
      ...{ immediate: true, signedFacts: true },
    },
    providers,
    answer: async () => null,
    async happen(paymentId, what, part) {
      if (what === 'dispute') disputed.set(paymentId, part)
      // Of its provider's API each decision says what it is about.
      const amount = what.endsWith('_dispute') ? disputed.get(paymentId) : part
      const body = { outcome: OUTCOME[what], ...(amount === undefined ? {} : { amount }) }
      const answer = await sender.post(`/v1/test-payments/${paymentId}`, body)
      if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
    },
    async takeDeliveries() {
      const taken: SignedDelivery[] = []
      for (const request of events.splice(0)) {
        taken.push({ body: await request.text(), headers: Object.fromEntries(request.headers) })
      }
      return taken
    },
    async sign(body, at = new Date()) {
      const secret = testEnv().TEST_PAYMENT_WEBHOOK_SECRET ?? ''
      const signed = await signStandardWebhook(secret, { id: `evt_${crypto.randomUUID()}`, at, body })
      return { body, headers: { 'Content-Type': 'application/json', ...signed } }
    },
    book: readBook,
    failNext(fault, path = '') {
      due = { fault, path }
    },
    forgetKeys() {},
  }
}

async function readBook(paymentId: string): Promise<FakeBook | null> {
  const row = await testEnv()
    .DB.prepare(
      `SELECT t.status, CASE WHEN t.status = 'succeeded' AND c.captured = 0 THEN p.amount ELSE c.captured END AS captured,
        (SELECT coalesce(sum(amount), 0) FROM test_payment_entries WHERE payment_id = p.id AND kind = 'refund'
          AND status = 'succeeded') AS refunded
      FROM payments AS p LEFT JOIN test_payments AS t ON t.payment_id = p.id,
        (SELECT coalesce(sum(amount), 0) AS captured FROM test_payment_entries WHERE payment_id = ?1 AND kind = 'capture') AS c
      WHERE p.id = ?1`,
    )
    .bind(paymentId)
    .first<{ status: FakeBook['status'] | null; captured: number; refunded: number }>()
  if (!row) return null
  const { status, captured, refunded } = row
  return { status: status === null ? 'open' : (STATUS[status] ?? status), captured, refunded }
}
