/**
 * How long to wait before the next try after `attempts` failed ones, in milliseconds; null when there is none. It
 * doubles from `baseMs` up to `capMs` with full jitter, so that what failed together does not come back together.
 * @param random in [0, 1).
 */
export function retryDelay(
  attempts: number,
  random: number,
  policy: { baseMs: number; capMs: number; maxAttempts: number },
): number | null {
  if (attempts >= policy.maxAttempts) return null
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.max(0, attempts - 1))
  return Math.max(policy.baseMs / 2, Math.floor(random * ceiling))
}
