import { configuredProviders } from '../../../src/features/payments/providers.ts'
import type { Deps } from '../../../src/platform/http/context.ts'
import { type Answer, type Api, createApi } from '../api.ts'
import { testEnv } from '../env.ts'
import { fakeAdyen } from './adyen.ts'
import { type FakeBook, type FakeService, PATIENCE_MS, type ServiceFault, type SignedDelivery } from './fake-service.ts'
import { fakeMollie } from './mollie.ts'
import { fakePayPal } from './paypal.ts'
import { fakeStandardWebhooks } from './standard-webhooks.ts'
import { createStripe } from './stripe.ts'
import { createTestService } from './test-service.ts'

/** A fake as promises over all of them use it. */
export interface Service extends Omit<FakeService, 'book' | 'effects'> {
  book(paymentId: string): FakeBook | null | Promise<FakeBook | null>
  readonly effects?: FakeService['effects']
  /** Where a service is not reached by HTTP: our providers as they reach it. `asked` hears of each call. */
  readonly providers?: (asked: (name: string) => void) => Deps['providers']
}

const RETURNS = { return_url: 'https://shop.example/thanks', cancel_url: 'https://shop.example/cart' }

export interface ServiceKind {
  name: string
  /** What `payment` of complete's body holds for it, beside its name. */
  wish: Readonly<Record<string, string>>
  /** Whether the shop must hear of each step before the next one can happen: what is approved there is taken by us. */
  stepwise?: boolean
  /**
   * Whether its idempotency keys are all there is to ask by, and are kept for longer than our adapter asks again: then they are
   * not forgotten within minutes either.
   */
  remembers?: boolean
  /** Stories that do not happen there: see test/support/stories.ts. */
  cannot?: readonly string[]
  make(capture: 'automatic' | 'manual'): Service
}

// PROVIDER=stripe: it alone.
const { PROVIDER: only } = testEnv() as { PROVIDER?: string }

/** Stripe's dashboard captures once; in parts only its API does. */
const ONE_CAPTURE = ['captured in parts, the rest let go, and given back', 'captured in parts by us and by the service']

/** A payment that has failed there stays so, and a chargeback that nobody reverses is not told to be lost. */
const MOLLIE_CANNOT = [
  ...['declined, then paid', 'declined, paid and all given back', 'declined, authorized and let go by us'],
  'paid, asked back by the bank and lost',
]

const ALL: readonly ServiceKind[] = [
  { name: 'test', wish: {}, make: createTestService },
  { name: 'stripe', wish: {}, cannot: ONE_CAPTURE, make: () => createStripe({ multicapture: true }) },
  {
    name: 'stripe',
    wish: { flow: 'redirect', ...RETURNS },
    cannot: ONE_CAPTURE,
    make: () => createStripe({ multicapture: true }),
  },
  { name: 'paypal', stepwise: true, wish: RETURNS, make: () => fakePayPal() },
  { name: 'adyen', wish: RETURNS, remembers: true, make: () => fakeAdyen() },
  { name: 'mollie', wish: RETURNS, cannot: MOLLIE_CANNOT, make: () => fakeMollie() },
  { name: 'standard-webhooks', wish: RETURNS, make: () => fakeStandardWebhooks() },
]

/** Every payment service that we have a fake of. */
export const SERVICES = ALL.filter(({ name }) => !only || only === name)

// Long enough for a machine that does much at once, and short enough that the timers of what was answered do not pile up.
const LONG_MS = 5_000

/** Which request to the service, from 1, meets what. */
export interface Strike {
  point: number
  fault: ServiceFault
}

/**
 * A shop that is connected to a service, with an empty memory. Every request to the service is a numbered point, one of which
 * may meet a fault.
 */
export function shopAt(
  service: Service,
  {
    strike = null,
    patienceMs = strike?.fault === 'slow' ? PATIENCE_MS : LONG_MS,
    clock,
    bindings = {},
  }: { strike?: Strike | null; patienceMs?: number; clock?: () => Date; bindings?: Record<string, unknown> } = {},
): { api: Api; points: readonly string[] } {
  const points: string[] = []
  const asked = (name: string) => {
    points.push(name)
    if (strike?.point === points.length) service.failNext(strike.fault)
  }
  const api = createApi({
    bindings: { LOG_LEVEL: 'off', PUBLIC_ORIGIN: 'http://shop.test', ...service.settings, ...bindings },
    deps: {
      ...(clock ? { clock } : {}),
      providerTimeLimitMs: patienceMs,
      providers: service.providers?.(asked) ?? configuredProviders,
      async fetch(request) {
        asked(`${request.method} ${new URL(request.url).pathname}`)
        const answer = await Promise.race([service.answer(request), aborted(request)])
        if (!answer) throw new TypeError(`nobody answers at ${new URL(request.url).origin}`)
        return answer
      },
    },
  })
  return { api, points }
}

/** Whoever has given up hears nothing more, as it is with a connection. */
function aborted({ signal }: Request): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}

/** Brings deliveries to the shop's door, one after the other. */
export async function bringTo(
  api: Api,
  { name }: Pick<Service, 'name'>,
  deliveries: readonly SignedDelivery[],
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const { body, headers } of deliveries) answers.push(await api.post(`/v1/webhooks/${name}`, body, { headers }))
  return answers
}
