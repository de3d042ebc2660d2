import { linkTokens } from './link-token.ts'

/** The right to see one order, for the links in a mail: good for nothing else, and not to be taken back. */
export const { sign: signOrderToken, verify: verifyOrderToken } = linkTokens('order-access+jwt', 'order', 'order')
