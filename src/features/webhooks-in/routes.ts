import type { PaymentProvider, WebhookReading, WebhookRefusal } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { ProviderParams, ReceivedView } from './contract.ts'
import { takeEvents } from './process.ts'

// Larger than any provider's event, small enough that a flood of forged ones costs little.
const MAX_EVENT_BYTES = 256 * 1024

export const webhookRoutes = [
  route(
    {
      id: 'receiveWebhook',
      method: 'post',
      path: '/v1/webhooks/:provider',
      summary: 'Events of a payment provider: verified over the raw bytes, durable before the 2xx, applied once',
      access: 'provider',
      limit: 'webhook',
      params: ProviderParams,
      bodyType: 'raw',
      maxBytes: MAX_EVENT_BYTES,
      returns: ReceivedView,
      problems: ['provider_not_found', 'invalid_signature', 'provider_unavailable'],
      // The event's own id is its key.
      replay: 'none',
    },
    async (context, { params, raw, request }) => {
      const provider = context.provider(params.provider)
      if (!provider) throw new Problem('provider_not_found')
      const reading = await read(context, provider, raw, request.headers)
      if (!reading.ok) {
        // A forged event costs no trip: it is counted here and nowhere else.
        context.log.warn('webhook_refused', { provider: params.provider, why: reading.why, detail: reading.detail })
        throw new Problem('invalid_signature', { detail: LESSONS[reading.why], members: { reason: reading.why } })
      }
      await takeEvents(context, provider, reading.events)
      if (provider.acknowledgement === null) return { body: { received: true } }
      return new Response(provider.acknowledgement, { headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
    },
  ),
]

/** @throws {Problem} provider_unavailable when the service must be asked whether it was it, and does not answer. */
async function read(
  { log, now }: Context,
  provider: PaymentProvider,
  raw: Uint8Array,
  headers: Headers,
): Promise<WebhookReading> {
  try {
    return await provider.readWebhook(raw, headers, now)
  } catch (error) {
    // Nothing is stored yet: without a 2xx it is sent again.
    log.error('webhook_unverified', error, { provider: provider.name })
    throw new Problem('provider_unavailable', {
      detail: 'Send it again: the service that would prove it was not reached.',
    })
  }
}

/** What whoever connects a service wants to know when we refuse it. */
const LESSONS: Record<WebhookRefusal, string> = {
  missing_signature:
    'The headers or fields that this service signs with are not there: was something between us that drops them?',
  malformed_signature: 'The signature is there and not of the form that this service has.',
  wrong_signature:
    'No signature is that of this body by a secret that is configured. Is it the secret of this very endpoint and mode, and are these the raw bytes that were signed, neither parsed nor written anew?',
  too_old:
    'It was signed too long ago: a delivery that is kept and sent again must be signed anew. Are both clocks right?',
  too_new: 'It was signed in the future. Are both clocks right?',
  other_account:
    'It is genuine and meant for somebody else: another account, or test mode where this shop is live, or the other way round.',
}
