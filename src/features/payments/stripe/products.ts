import type { Stripe } from 'stripe'

/** What of Stripe's SDK is in the Worker. All else is half of it, and scripts/build/stripe.ts leaves it out. */
export const STRIPE_PRODUCTS = ['checkout', 'disputes', 'paymentIntents', 'refunds'] as const

/** A client of the SDK as the Worker has it: what is left out does not compile. */
export type StripeClient = Pick<Stripe, (typeof STRIPE_PRODUCTS)[number]>
