import MagicString from 'magic-string'
import type { Plugin } from 'rolldown'
import { STRIPE_PRODUCTS } from '../../src/features/payments/stripe/products.ts'

/** A product as the constructor of the client makes it: `this.refunds = new RefundResource(this);` */
const PRODUCT = /this\.(\w+) = new \w+\(this\);/g
/** All of them as one object, for whoever builds a client of his own. */
const EVERYTHING = /import \* as resources from '\.\/resources\.js';/

/**
 * Leaves the products of Stripe that are not in `STRIPE_PRODUCTS` out of its client, and with that out of the Worker. The SDK
 * has no entry of its own for that: its client makes all of them.
 * @throws {Error} where the client is no longer written as it is expected.
 */
export function withoutOtherProducts(): Plugin {
  const kept = new Set<string>(STRIPE_PRODUCTS)
  return {
    name: 'without-other-products-of-stripe',
    transform: {
      filter: { id: /\/stripe\/esm\/stripe\.core\.js$/ },
      handler(code) {
        const made = new Set(Array.from(code.matchAll(PRODUCT), ([, name = '']) => name))
        const missing = STRIPE_PRODUCTS.filter((name) => !made.has(name))
        if (missing.length > 0 || !EVERYTHING.test(code)) {
          throw new Error(
            `Stripe's client is written in another way by now: it makes no ${missing.join(', ') || 'list'}`,
          )
        }
        const text = new MagicString(code)
        text.replace(PRODUCT, (statement, name) => (kept.has(name) ? statement : ''))
        text.replace(EVERYTHING, 'const resources = {};')
        return { code: text.toString(), map: text.generateMap({ hires: true }) }
      },
    },
  }
}
