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
      problems: ['provider_not_found', 'invalid_signature'],
      // The event's own id is its key.
      replay: 'none',
    },
    async (context, { params, raw, request }) => {
      const provider = context.provider(params.provider)
      if (!provider) throw new Problem('provider_not_found')
      const reading = await provider.readWebhook(raw, request.headers, context.now)
      if (!reading.ok) {
        // A forged event costs no trip: it is counted here and nowhere else.
        context.log.warn('webhook_refused', { provider: params.provider, why: reading.why })
        throw new Problem('invalid_signature')
      }
      await takeEvents(context, params.provider, reading.events)
      return { body: { received: true } }
    },
  ),
]
