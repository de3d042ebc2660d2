import { linkTokens } from './link-token.ts'

/** What the link to an abandoned cart carries: the right to a copy of its goods, no more. */
export const { sign: signRecoveryToken, verify: verifyRecoveryToken } = linkTokens(
  'cart-recovery+jwt',
  'cart-recovery',
  'cart',
)
