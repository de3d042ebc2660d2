/**
 * Whether a shopper may be sent back to `url` from a payment service's page: exactly one of the shop's own origins, so that
 * nobody makes the shop lead its shoppers elsewhere. `http://localhost:*` stands for every port.
 */
export function isReturnUrl(url: string, origins: readonly string[]): boolean {
  // Others read a backslash as a letter where browsers read a slash: it would lead elsewhere for one of them.
  if (!URL.canParse(url) || /[\\\s]/.test(url)) return false
  const { origin, protocol, hostname, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  return origins.some((allowed) => allowed === origin || allowed === `${protocol}//${hostname}:*`)
}
