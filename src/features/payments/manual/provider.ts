import * as z from 'zod'
import type { PaymentMethod, PaymentProvider, PaymentReference, SessionState } from '../../../domain/provider.ts'
import { shape } from '../../../platform/http/schema.ts'
import { adapter, listed } from '../adapter.ts'

const DAY_MS = 24 * 3600 * 1000
/** How long staff wait for the money before they are asked: an order is not given up by itself. */
const PATIENCE_MS = 30 * DAY_MS

const METHODS = ['bank_transfer', 'cash_on_delivery'] as const

/**
 * Money that moves outside any service: a bank transfer, cash on delivery. The order is confirmed at once, its payment
 * `authorized`: promised, not here. Staff mark it as paid by capturing it, all or a part, and give it up by a void.
 */
export const manualAdapter = adapter(
  'manual',
  shape(() =>
    z.object({
      MANUAL_PAYMENT_METHODS: z.string().transform(listed),
      MANUAL_PAYMENT_INSTRUCTIONS: z.string().max(2000).optional(),
    }),
  ),
  (_, settings) => createManualProvider(settings.MANUAL_PAYMENT_METHODS, settings.MANUAL_PAYMENT_INSTRUCTIONS ?? null),
  ({ MANUAL_PAYMENT_METHODS: methods }) =>
    methods.length > 0 && methods.every((method) => METHODS.some((known) => known === method))
      ? []
      : [`MANUAL_PAYMENT_METHODS: must list ${METHODS.join(' or ')}, or both`],
)

function createManualProvider(names: readonly string[], instructions: string | null): PaymentProvider {
  const methods: PaymentMethod[] = names.map((method) => ({
    method,
    instructions: method === 'bank_transfer' ? instructions : null,
  }))
  const promised = async ({ paymentId, amount }: Pick<PaymentReference, 'paymentId' | 'amount'>) =>
    stateOf(paymentId, { kind: 'authorized', amount })
  return {
    name: 'manual',
    sessionLifetimeMs: PATIENCE_MS,
    processingLifetimeMs: PATIENCE_MS,
    authorizationLifetimeMs: PATIENCE_MS,
    option: { flows: [], publishableKey: null, methods, needsReturnUrl: false },
    acknowledgement: null,
    refuse({ input }) {
      const { method = names.length === 1 ? names[0] : undefined } = input
      if (methods.some((known) => known.method === method)) return null
      return { field: 'method', detail: `must be one of ${names.join(', ')}` }
    },
    openSession: promised,
    // Asked whether there is more than the shop has written down, there is not: an order that was given up stays so.
    fetchSession: async () => null,
    closeSession: async ({ paymentId }) => stateOf(paymentId, { kind: 'closed' }),
    async capture({ paymentId, amount: whole }, { amount, capturedBefore, final }) {
      const captured = { amount: capturedBefore + amount.amount, currency: amount.currency }
      return stateOf(paymentId, { kind: 'captured', amount: captured, of: whole, final })
    },
    void: async ({ paymentId }) => stateOf(paymentId, { kind: 'voided' }),
    // Staff have paid it back, or are about to: by saying so they have done their part.
    refund: async (_, refundId) => ({ status: 'succeeded', reference: refundId, detail: null }),
    fetchRefund: async (_, reference) => ({ status: 'succeeded', reference, detail: null }),
    readWebhook: async () => ({
      ok: false,
      why: 'missing_signature',
      detail: 'nobody sends webhooks of these payments',
    }),
    readStoredEvent: (payload, eventId) => ({
      ...{ eventId, payload, type: 'unknown', paymentId: null, fact: null },
      ...{ unread: 'malformed', reference: null },
    }),
    askAbout: async () => ({ paymentId: null, fact: null, reference: null }),
  }
}

function stateOf(reference: string, fact: SessionState['fact']): SessionState {
  return { fact, reference, nextAction: null }
}
