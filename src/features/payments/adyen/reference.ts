import { isId } from '../../../domain/id.ts'
import type { CaptureMethod, CaptureRequest } from '../../../domain/provider.ts'

/**
 * Our references at Adyen. A webhook signs its `merchantReference`, and metadata it does not: so all that a webhook must tell us
 * stands in there, and it cannot be altered. Adyen takes 80 characters:
 *
 * - `pay_<26>.<a|m>.<whole>`: the payment; captured automatically or manually, and all it is of.
 * - `pay_<26>.c<26>.<whole>.<p|f>`: a capture; of what, and whether it is the final one or a part.
 * - `pay_<26>.v<26>`, `pay_<26>.r<26>`: a void, a refund.
 * - `pay_<26>.<a|m>.<whole>.x`: the cancellation of whatever came of the session.
 *
 * The whole is in our minor units, in base 36. A colon, which would make Adyen's signatures ambiguous, is in none of them.
 */
export type AdyenReference =
  | { kind: 'payment'; paymentId: string; captureMethod: CaptureMethod; whole: number }
  | { kind: 'capture'; paymentId: string; id: string; whole: number; final: boolean }
  | { kind: 'void'; paymentId: string; id: string }
  | { kind: 'refund'; paymentId: string; id: string }
  | { kind: 'close'; paymentId: string; captureMethod: CaptureMethod; whole: number }

export function paymentReference(paymentId: string, captureMethod: CaptureMethod, whole: number): string {
  return `${paymentId}.${captureMethod === 'manual' ? 'm' : 'a'}.${whole.toString(36)}`
}

export function captureReference(
  paymentId: string,
  { id, final }: Pick<CaptureRequest, 'id' | 'final'>,
  whole: number,
): string {
  return `${paymentId}.c${bare(id)}.${whole.toString(36)}.${final ? 'f' : 'p'}`
}

export function voidReference(paymentId: string, id: string): string {
  return `${paymentId}.v${bare(id)}`
}

export function refundReference(paymentId: string, id: string): string {
  return `${paymentId}.r${bare(id)}`
}

/** @param payment as `paymentReference` makes it. */
export function closeReference(payment: string): string {
  return `${payment}.x`
}

/** An id without what its kind says. */
function bare(id: string): string {
  return id.slice(id.indexOf('_') + 1)
}

const PAYMENT = /^([am])\.([0-9a-z]{1,11})(\.x)?$/
const CAPTURE = /^c([0-9a-z]{1,26})\.([0-9a-z]{1,11})\.([pf])$/
const OTHER = /^([vr])([0-9a-z]{1,26})$/

/** What a reference says; null is none of ours: another system's on the same merchant account. */
export function readReference(text: string): AdyenReference | null {
  const at = text.indexOf('.')
  const paymentId = text.slice(0, at)
  if (at < 0 || !isId('payment', paymentId)) return null
  const rest = text.slice(at + 1)
  const payment = PAYMENT.exec(rest)
  if (payment) {
    const whole = minorUnits(payment[2])
    if (whole === null) return null
    const captureMethod = payment[1] === 'm' ? 'manual' : 'automatic'
    return { kind: payment[3] ? 'close' : 'payment', paymentId, captureMethod, whole }
  }
  const capture = CAPTURE.exec(rest)
  if (capture) {
    const whole = minorUnits(capture[2])
    if (whole === null) return null
    return { kind: 'capture', paymentId, id: `cap_${capture[1]}`, whole, final: capture[3] === 'f' }
  }
  const other = OTHER.exec(rest)
  if (!other) return null
  return other[1] === 'v'
    ? { kind: 'void', paymentId, id: `void_${other[2]}` }
    : { kind: 'refund', paymentId, id: `ref_${other[2]}` }
}

function minorUnits(text = ''): number | null {
  const value = Number.parseInt(text, 36)
  return Number.isSafeInteger(value) ? value : null
}
