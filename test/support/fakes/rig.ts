import { configuredProviders } from '../../../src/features/payments/providers.ts'
import { type Answer, type Api, createApi } from '../api.ts'
import { type FakeService, PATIENCE_MS, type SignedDelivery } from './fake-service.ts'

/** As long as a machine takes that is busy with other tests. */
export const ALL_PATIENCE_MS = 10_000

/** A shop that is connected to a fake service, with an empty memory, and little patience unless it is told to have more. */
export function shopWith(
  fake: FakeService,
  bindings: Record<string, string> = {},
  providerTimeLimitMs: number = PATIENCE_MS,
): Api {
  return createApi({
    bindings: { LOG_LEVEL: 'off', ...fake.settings, ...bindings },
    deps: {
      providerTimeLimitMs,
      providers: configuredProviders,
      async fetch(request) {
        const answer = await fake.answer(request)
        if (!answer) throw new TypeError(`nobody answers at ${new URL(request.url).origin}`)
        return answer
      },
    },
  })
}

/** Brings deliveries to the shop's door, one after the other. */
export async function bring(api: Api, fake: FakeService, deliveries: readonly SignedDelivery[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const { body, headers } of deliveries) {
    answers.push(await api.post(`/v1/webhooks/${fake.name}`, body, { headers }))
  }
  return answers
}

/** Brings all that the service has to send now. */
export async function bringAll(api: Api, fake: FakeService): Promise<Answer[]> {
  return bring(api, fake, await fake.takeDeliveries())
}
