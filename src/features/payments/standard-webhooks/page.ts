import type { PaymentProvider, SessionRequest, SessionState } from '../../../domain/provider.ts'
import { toDecimal } from '../decimal.ts'
import type { Placeholder } from './settings.ts'

/** The half of the interface that asks. */
export type Desk = Pick<
  PaymentProvider,
  'openSession' | 'fetchSession' | 'closeSession' | 'capture' | 'void' | 'refund' | 'fetchRefund' | 'askAbout'
>

/**
 * A service that only sends webhooks, and has a page to pay on: nobody can be asked. How a payment stands is told by its
 * events, and by the clock; captures, voids and refunds are made in its own dashboard, and told by its events too.
 */
export function pageDesk(page: string, now: Date): Desk {
  const refused = 'nobody can be asked to: do it in the dashboard of the service, whose event then tells'
  return {
    async openSession(request) {
      const { paymentId, expiresAt } = request
      if (expiresAt <= now) return closed(paymentId)
      const nextAction = { type: 'redirect', url: pageOf(page, request) } as const
      return { fact: { kind: 'requires_action' }, reference: paymentId, nextAction }
    },
    async fetchSession({ paymentId, reference, expiresAt }) {
      if (expiresAt <= now) return closed(paymentId)
      return reference === null ? null : { fact: { kind: 'requires_action' }, reference, nextAction: null }
    },
    // The page cannot be taken back: what is paid there all the same goes back, by staff.
    closeSession: async ({ paymentId }) => closed(paymentId),
    capture: async ({ reference, amount }) => ({ fact: { kind: 'authorized', amount }, reference, nextAction: null }),
    void: async ({ reference, amount }) => ({ fact: { kind: 'authorized', amount }, reference, nextAction: null }),
    refund: async () => ({ status: 'failed', reference: null, detail: refused }),
    fetchRefund: async (_, reference) => ({ status: 'pending', reference, detail: null }),
    askAbout: async () => ({ paymentId: null, fact: null, reference: null }),
  }
}

function closed(reference: string): SessionState {
  return { fact: { kind: 'closed' }, reference, nextAction: null }
}

function pageOf(page: string, { paymentId, orderId, amount, returnUrl, cancelUrl }: SessionRequest): string {
  const values: Record<Placeholder, string> = {
    payment_id: paymentId,
    order_id: orderId,
    amount: String(amount.amount),
    amount_decimal: toDecimal(amount),
    currency: amount.currency,
    return_url: returnUrl ?? '',
    cancel_url: cancelUrl ?? returnUrl ?? '',
  }
  return page.replaceAll(/\{([a-z_]+)\}/g, (_, name: Placeholder) => encodeURIComponent(values[name]))
}
