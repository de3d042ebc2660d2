import { decideQuantity, describeRule, type QuantityRule, type Warning } from '../../domain/cart.ts'
import { Problem, type ProblemError } from '../../platform/http/problem.ts'

/** What a line would hold, and what is known of its variant. */
export interface QuantityWish {
  /** 0 removes the line. */
  quantity: number
  rule: QuantityRule
  /** Null without limit. */
  available: number | null
  /** Where the request asks for it: `/lines/0`. */
  pointer: string
  lineId: string
}

/**
 * How many each line gets: fewer than were wished where there are no more, with a warning.
 * @throws {Problem} invalid_request where the rule of the variant allows no such quantity, out_of_stock where none is left.
 */
export function decideQuantities(wishes: readonly QuantityWish[]): { quantities: number[]; warnings: Warning[] } {
  const warnings: Warning[] = []
  const notAllowed: ProblemError[] = []
  const soldOut: ProblemError[] = []
  const quantities = wishes.map(({ quantity, rule, available, pointer, lineId }) => {
    if (quantity === 0) return 0
    const decision = decideQuantity(quantity, rule, available)
    if (decision.ok) {
      if (decision.quantity < quantity) warnings.push(reduced(lineId, decision.quantity))
      return decision.quantity
    }
    if (decision.why === 'sold_out') soldOut.push({ pointer, detail: 'is sold out' })
    else notAllowed.push({ pointer: `${pointer}/quantity`, detail: describeRule(rule) })
    return 0
  })
  if (notAllowed.length > 0) throw new Problem('invalid_request', { errors: notAllowed })
  if (soldOut.length > 0) throw new Problem('out_of_stock', { errors: soldOut })
  return { quantities, warnings }
}

export function reduced(lineId: string, quantity: number): Warning {
  const message = `Only ${quantity} can be had; the quantity was lowered.`
  return { code: 'QUANTITY_REDUCED', message, target: lineId }
}
