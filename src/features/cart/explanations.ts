import { compareIds } from '../../domain/candidates.ts'
import { formatMoney } from '../../domain/money.ts'
import {
  LANES,
  type Lane,
  laneOf,
  type Promotion,
  type PromotionCandidate,
  type PromotionRefusal,
  type Unlock,
} from '../../domain/promotion.ts'
import type { Quote } from '../../domain/quoted.ts'
import { refusalMessage } from './promotion-messages.ts'

/** What became of a promotion or code in a quote, and why. */
export interface Explanation {
  /** Null for a code that no active promotion has. */
  promotion: Promotion | null
  code: string | null
  lane: Lane | null
  applied: boolean
  /** What it takes off goods and shipping, in minor units of the cart's currency. */
  amount: number
  reason: PromotionRefusal | null
  message: string
  unlock: Unlock | null
}

/**
 * An explanation for each candidate, by lane, priority and id as they are worked out, and for each of `codes` that is
 * none. What is no candidate is not spoken of: codes that a shopper does not hold stay secret, and so does a sale that
 * nobody has announced yet.
 * @param refusals what complete has found out before, by promotion id or `code:` and a code.
 */
export function explainPromotions(
  quoted: Quote,
  candidates: readonly PromotionCandidate[],
  codes: readonly string[],
  refusals: Readonly<Record<string, PromotionRefusal>>,
): Explanation[] {
  const { currency } = quoted
  const titles = new Map(quoted.applied.map(({ promotionId, title }) => [promotionId, title]))
  const known = new Set(candidates.flatMap(({ code }) => code ?? []))
  const unknown = codes.filter((code) => !known.has(code))
  return [
    ...[...candidates]
      .sort(asWorkedOut)
      .map((candidate) => explain(candidate, quoted, titles, refusals))
      .filter(({ code, reason }) => code !== null || reason !== 'not_started'),
    ...unknown.map((code): Explanation => {
      const refused = { reason: 'not_found', unlock: null } as const
      const message = refusalMessage({ ...refused, isRepeatOrder: false, currency, titles })
      return { promotion: null, code, lane: null, applied: false, amount: 0, message, ...refused }
    }),
  ]
}

function explain(
  { promotion, code }: PromotionCandidate,
  { applied, refused, currency }: Quote,
  titles: ReadonlyMap<string, string>,
  refusals: Readonly<Record<string, PromotionRefusal>>,
): Explanation {
  const isThis = (each: { promotionId: string; code: string | null }) =>
    each.promotionId === promotion.id && each.code === code
  const about = { promotion, code, lane: laneOf(promotion.effect) }
  const application = applied.find(isThis)
  if (application) {
    const { amount } = application
    const message =
      amount === 0
        ? 'This offer applies once a shipping option is chosen.'
        : `This offer takes ${formatMoney({ amount, currency })} off.`
    return { ...about, applied: true, amount, reason: null, message, unlock: null }
  }
  const { reason, unlock } = refused.find(isThis) ?? { reason: 'not_eligible' as const, unlock: null }
  const isRepeatOrder = promotion.conditions.first_order === true && refusals[promotion.id] === reason
  const message = refusalMessage({ reason, unlock, isRepeatOrder, currency, titles })
  return { ...about, applied: false, amount: 0, reason, message, unlock }
}

function asWorkedOut(left: PromotionCandidate, right: PromotionCandidate): number {
  const lanes = LANES.indexOf(laneOf(left.promotion.effect)) - LANES.indexOf(laneOf(right.promotion.effect))
  return (
    lanes ||
    left.promotion.priority - right.promotion.priority ||
    compareIds(left.promotion.id, right.promotion.id) ||
    compareIds(left.code ?? '', right.code ?? '')
  )
}
