import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { type AddressKeys, addressKeys } from '../payments/address-key.ts'
import type { PaymentRow } from '../payments/queries.ts'
import { answerWithoutOrdering } from './answered.ts'
import { lostRace, MAX_TRIES } from './apply.ts'
import { clearPending } from './clear-pending.ts'
import type { Completion } from './completion.ts'
import { type Expected, isAsExpected } from './expected.ts'
import { type Checkout, loadCheckout } from './load.ts'
import { type PaymentPlan, type PaymentWish, planCart } from './new-order.ts'
import { orderAndPay } from './order-and-pay.ts'
import { againstRules, cartChanged, outOfStock, quantityNotAllowed } from './refusals.ts'
import { refusePayment } from './refuse-payment.ts'
import { refuseManyAttempts } from './too-many-attempts.ts'

export interface CompleteWish {
  payment: PaymentWish | null
  expected: Expected
  /** The cart's version that they have seen, if they say so. */
  ifMatch: number | null
  /** Where the request came from, as Cloudflare says. */
  address: string | null
}

/**
 * Orders a cart and opens its payment: load -> decide -> commit 1 -> ask the provider -> commit 2.
 *
 * A crash before commit 1 leaves nothing. After it there is a pending order with its holds and an attempt `created`:
 * the shopper's retry is answered `processing`, and recover asks the provider by the payment's id, whether the provider
 * was reached or not. A crash after the provider's answer is the same case: opening a session again is getting it.
 *
 * @throws {Problem} cart_not_found, cart_gone, version_mismatch, cart_empty, cart_incomplete, cart_changed, out_of_stock, quantity_not_allowed,
 *   invalid_request (an unknown provider), payment_attempts_exceeded, provider_unavailable (an old session could not be closed).
 */
export async function complete(context: Context, cartId: string, wish: CompleteWish): Promise<Completion> {
  const keys = context.config.paymentLimits && (await addressKeys(context.config, wish.address, context.now))
  let seen: string | null | undefined
  for (let tries = 1; ; tries += 1) {
    const checkout = await loadCheckout(context, cartId, keys)
    const latest = latestAttempt(checkout)
    if (seen === undefined) seen = latest?.id ?? null
    const meanwhile = latest !== null && latest.id !== seen && isSameWish(latest, wish.payment)
    const answered = await answerWithoutOrdering(context, checkout, meanwhile)
    if (answered) return answered
    await refuseUnexpected(context, checkout, wish)
    const session = decideSession(context, checkout, wish, keys)
    if (session) refuseManyAttempts(context, checkout, keys)
    const holds = await decideHolds(context, checkout)
    const cleared = await clearPending(context, checkout)
    if (cleared === 'again') {
      if (tries >= MAX_TRIES) throw new Problem('cart_conflict')
      continue
    }
    try {
      return await orderAndPay(context, checkout, { holds, session, clearing: cleared, keys })
    } catch (error) {
      if (!lostRace(error) && !isClaimRace(error)) throw error
      if (tries >= MAX_TRIES) throw new Problem('cart_conflict')
    }
  }
}

function latestAttempt({ pending }: Checkout): PaymentRow | null {
  return pending?.payments.at(-1) ?? null
}

function isSameWish({ provider, input }: PaymentRow, wish: PaymentWish | null): boolean {
  return provider === wish?.provider && JSON.stringify(input) === JSON.stringify(wish.input)
}

/**
 * What must hold before anything is touched. What is left to pay is compared before a payment is asked for: a gift card
 * that somebody else has emptied makes it another cart than the one that was agreed to.
 */
async function refuseUnexpected(
  context: Context,
  checkout: Checkout,
  { expected, ifMatch }: CompleteWish,
): Promise<void> {
  const { priced } = checkout
  if (ifMatch !== null && ifMatch !== priced.cart.version) throw new Problem('version_mismatch')
  if (priced.lines.length === 0) throw new Problem('cart_empty')
  if (priced.missing.length > 0) throw new Problem('cart_incomplete', { members: { missing: priced.missing } })
  if (priced.giftCards.length > 0 && expected.amountDue === null) {
    throw invalid('/expected_amount_due', 'is required, because the cart holds gift cards: totals.amount_due')
  }
  if (!isAsExpected(priced, expected)) throw await cartChanged(context, checkout, expected)
}

/** How it is paid. Null where nothing is due and no provider is needed. */
function decideSession(
  context: Context,
  { priced }: Checkout,
  wish: CompleteWish,
  keys: AddressKeys | null,
): PaymentPlan | null {
  if (priced.quote.totals.amount_due === 0) return null
  if (!wish.payment) throw invalid('/payment', 'is required, because there is something to pay')
  const provider = context.provider(wish.payment.provider)
  if (!provider) throw invalid('/payment/provider', 'is not a configured payment provider; see payment-options')
  const { currency, totals } = priced.quote
  refusePayment(context.config, provider, wish.payment, { amount: totals.amount_due, currency })
  return { ...wish.payment, sessionLifetimeMs: provider.sessionLifetimeMs, addressKey: keys?.today ?? null }
}

async function decideHolds(context: Context, checkout: Checkout) {
  if (againstRules(checkout.priced).length > 0) throw await quantityNotAllowed(context, checkout)
  const plan = planCart(checkout)
  if (!plan.ok) throw await outOfStock(context, checkout, plan.short)
  return plan.holds
}

/** Somebody else has the last use of a promotion, or what was left of a gift card. */
function isClaimRace(error: unknown): boolean {
  const constraint = (error as { constraint?: unknown }).constraint
  return typeof constraint === 'string' && /^(?:promotion|gift_card)_/.test(constraint)
}
