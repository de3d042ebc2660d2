/** A shopper without an account: 30 days, renewed by presenting the token. */
export const GUEST_LIFETIME_MS = 30 * 24 * 3600 * 1000

/** What a verified access token says. Verified means signature, issuer, audience and times; not that it is unrevoked. */
export interface Session {
  sessionId: string
  /** Who owns carts and orders made with it: a guest or a customer id. */
  ownerId: string
  expiresAt: Date
}

/** Staff scopes are `<area>:<read|write>`; `*` is all of them. Writing includes reading. */
export type Scope =
  `${'products' | 'collections' | 'prices' | 'markets' | 'customers' | 'inventory' | 'promotions' | 'giftcards' | 'shipping' | 'taxes' | 'carts' | 'orders' | 'webhooks' | 'integrity'}:${'read' | 'write'}`

/** Every scope that satisfies `needed`. */
export function scopesFor(needed: Scope): string[] {
  return needed.endsWith(':read') ? [needed, needed.replace(':read', ':write'), '*'] : [needed, '*']
}
