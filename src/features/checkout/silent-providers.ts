import type { PaymentProvider } from '../../domain/provider.ts'
import type { Context } from '../../platform/http/context.ts'
import { withinLimit } from '../payments/within-limit.ts'

// So many questions in a row without an answer, and a provider is left alone for the rest of a run.
const MAX_SILENCE = 3

/**
 * The same context, for a run that asks much: a provider that does not answer is soon no longer asked, so that its payments,
 * each of which would wait for its time limit, do not keep those of other providers waiting.
 * @returns also whether a provider is being left alone.
 */
export function withoutSilentProviders(context: Context): { context: Context; isSilent: (name: string) => boolean } {
  const silence = new Map<string, number>()
  const isSilent = (name: string) => (silence.get(name) ?? 0) >= MAX_SILENCE
  const asked = <Call extends unknown[], Answer>(name: string, ask: (...call: Call) => Promise<Answer>) => {
    return async (...call: Call): Promise<Answer> => {
      if (isSilent(name)) throw new Error('left alone: it has not answered before')
      try {
        const answer = await withinLimit(context.providerTimeLimitMs, ask(...call))
        silence.delete(name)
        return answer
      } catch (error) {
        silence.set(name, (silence.get(name) ?? 0) + 1)
        throw error
      }
    }
  }
  const known = new Map<string, PaymentProvider | null>()
  const limited: Context = {
    ...context,
    provider(name) {
      const before = known.get(name)
      if (before !== undefined) return before
      const provider = context.provider(name)
      const patient = provider && {
        ...provider,
        openSession: asked(name, provider.openSession),
        fetchSession: asked(name, provider.fetchSession),
        closeSession: asked(name, provider.closeSession),
        capture: asked(name, provider.capture),
        void: asked(name, provider.void),
        refund: asked(name, provider.refund),
        fetchRefund: asked(name, provider.fetchRefund),
        askAbout: asked(name, provider.askAbout),
      }
      known.set(name, patient)
      return patient
    },
  }
  return { context: limited, isSilent }
}
