import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROMOTION_REFUSALS } from '../../src/domain/promotion.ts'
import { quote } from '../../src/domain/quote.ts'
import { LAWS } from '../support/quote-laws.ts'
import { furtherLine, randomCart } from '../support/random-carts.ts'

// npm run drill:quote runs the same laws with more carts: RUNS of them, from SEED.
const RUNS = Number(process.env.RUNS ?? 5000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const EFFECTS = ['percent', 'fixed_amount', 'fixed_price', 'buy_get', 'bundle', 'tiered', 'gift', 'shipping']

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  Object.values(value).forEach(freeze)
}

describe('every quote', () => {
  it(
    'keeps all laws, whatever the cart',
    () => {
      const seen = new Map<string, number>()
      const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
      const all = fc.property(randomCart, fc.nat({ max: 1000 }), furtherLine, (cart, seed, line) => {
        // A quote that changed its input would throw.
        freeze(cart)
        const result = quote(cart)
        for (const [name, law] of Object.entries(LAWS)) {
          try {
            law(result, cart, { seed, line })
          } catch (error) {
            throw new Error(`${name}: ${error instanceof Error ? error.message : error}`)
          }
        }
        const effects = new Map(cart.promotions.map(({ promotion: { id, effect } }) => [id, effect.type]))
        count('carts')
        if (result.applied.length > 1) count('stacked')
        for (const { promotionId } of result.applied) count(effects.get(promotionId) ?? '')
        for (const { reason } of result.refused) count(reason)
      })
      fc.assert(all, { numRuns: RUNS, seed: SEED })
      if (process.env.RUNS) {
        console.log(`${Object.keys(LAWS).length} laws, seed ${SEED}: ${JSON.stringify(Object.fromEntries(seen))}`)
      }
      // Laws about what never happens hold of themselves. Codes that do not exist come to no quote.
      const wanted = [...EFFECTS, ...PROMOTION_REFUSALS.filter((reason) => reason !== 'not_found'), 'stacked']
      for (const what of wanted) {
        expect(seen.get(what) ?? 0, what).toBeGreaterThan(RUNS / 200)
      }
    },
    60_000 + RUNS * 20,
  )
})
