import type { PaymentProvider } from '../../../domain/provider.ts'
import type { Context } from '../../../platform/http/context.ts'
import { adapter } from '../adapter.ts'
import { readMappedEvent } from './map.ts'
import { pageDesk } from './page.ts'
import { urlDesk } from './questions.ts'
import { type StandardWebhooksSettings, standardWebhooksFaults, standardWebhooksSettings } from './settings.ts'
import { verifyStandardWebhook } from './verify.ts'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS

export const standardWebhooksAdapter = adapter(
  'standard-webhooks',
  standardWebhooksSettings,
  createStandardWebhooksProvider,
  standardWebhooksFaults,
)

/**
 * Any service that signs its webhooks by the Standard Webhooks scheme, as Svix does too. A map says what its events mean. It
 * is asked through a small service of the operator's, where there is one; where not it has a page to pay on, and only tells.
 */
function createStandardWebhooksProvider(context: Context, settings: StandardWebhooksSettings): PaymentProvider {
  const {
    STANDARD_WEBHOOKS_SECRETS: secrets,
    STANDARD_WEBHOOKS_MAP: map,
    STANDARD_WEBHOOKS_URL: url,
    STANDARD_WEBHOOKS_URL_SECRET: secret,
    STANDARD_WEBHOOKS_PAGE: page = '',
  } = settings
  const canBeAsked = url !== undefined && secret !== undefined
  return {
    ...(canBeAsked ? urlDesk(context, { url, secret }) : pageDesk(page, context.now)),
    name: 'standard-webhooks',
    sessionLifetimeMs: HOUR_MS,
    processingLifetimeMs: 7 * DAY_MS,
    authorizationLifetimeMs: 7 * DAY_MS,
    option: {
      flows: canBeAsked ? ['redirect', 'embedded'] : ['redirect'],
      publishableKey: null,
      methods: [],
      needsReturnUrl: page.includes('{return_url}'),
    },
    acknowledgement: null,
    refuse: () => null,
    async readWebhook(raw, headers, now) {
      const verified = await verifyStandardWebhook(raw, headers, { secrets, now })
      return verified.ok ? { ok: true, events: [readMappedEvent(map, verified.text, verified.id)] } : verified
    },
    readStoredEvent: (payload, eventId) => readMappedEvent(map, payload, eventId),
  }
}
