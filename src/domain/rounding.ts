import type { Rounding } from './money.ts'

/**
 * Where and how fractions are rounded: stored on every order, so that its sums can be recomputed for ever. `line` rounds
 * the tax of a line once, `unit` that of each piece; which one is right is a matter of national law (Regulation (EC)
 * 1103/97 and Directive 2006/112/EC leave it to the member states).
 */
export interface RoundingPolicy {
  mode: Rounding
  level: 'line' | 'unit'
}

export const DEFAULT_ROUNDING: RoundingPolicy = { mode: 'half_up', level: 'line' }
