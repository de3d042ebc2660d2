import {
  type ConditionLine,
  decidePromotion,
  type PromotionBuyer,
  type PromotionCandidate,
  type PromotionDecision,
  type PromotionRefusal,
} from './promotion.ts'
import type { Refusal } from './stacking.ts'

/** Which promotions may apply, by priority and then id; and why the others may not. */
export function decideCandidates(
  promotions: readonly PromotionCandidate[],
  refusals: Readonly<Record<string, PromotionRefusal>>,
  lines: readonly ConditionLine[],
  buyer: PromotionBuyer,
): { candidates: PromotionCandidate[]; seconds: PromotionCandidate[]; refused: Refusal[] } {
  const candidates: PromotionCandidate[] = []
  const refused: Refusal[] = []
  const seconds: PromotionCandidate[] = []
  const seen = new Set<string>()
  for (const candidate of [...promotions].sort(byPriority)) {
    const { promotion } = candidate
    const known = refusals[promotion.id] ?? refusals[refusalKey(promotion.id, candidate.code)]
    const decision: PromotionDecision = known
      ? { ok: false, why: known, unlock: null }
      : decidePromotion(candidate, lines, buyer)
    // Two codes of one promotion are still one promotion: the second counts only where the first is used up.
    if (decision.ok && seen.has(promotion.id)) {
      seconds.push(candidate)
    } else if (decision.ok) {
      seen.add(promotion.id)
      candidates.push(candidate)
    } else {
      refused.push({ candidate, why: decision.why, unlock: decision.unlock })
    }
  }
  return { candidates, seconds, refused }
}

/** Another code of a promotion that applies, or does not apply for a reason that is the same for both. */
export function refuseSecond(candidate: PromotionCandidate, refused: readonly Refusal[]): Refusal {
  const first = refused.find((each) => each.candidate.promotion.id === candidate.promotion.id)
  return first ? { ...first, candidate } : { candidate, why: 'not_combinable', unlock: null }
}

/** What a refusal of one candidate is remembered by: other codes of the promotion may still be good. */
export function refusalKey(promotionId: string, code: string | null): string {
  return code === null ? promotionId : `code:${code}`
}

function byPriority(left: PromotionCandidate, right: PromotionCandidate): number {
  const order = left.promotion.priority - right.promotion.priority || compareIds(left.promotion.id, right.promotion.id)
  return order || compareIds(left.code ?? '', right.code ?? '')
}

/** The order of ids and codes: that of their bytes, the same everywhere. */
export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
