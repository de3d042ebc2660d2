import { mintedAt } from '../../../domain/id.ts'
import type { PaymentReference, SessionRequest, SessionState } from '../../../domain/provider.ts'
import type { Log } from '../../../platform/log.ts'
import { isObject, textOf } from '../json.ts'
import { type CallMollie, detailOf, embeddedOf, isMollieId } from './call.ts'
import { factOf, type MolliePayment, paymentIdOf, readPayment, toMollieMoney, toState } from './payment.ts'

// How far our clock and Mollie's may be apart when its payments are looked through.
const SKEW_MS = 5 * 60_000
const PAGES = 4

/** Creates the payment, or gets it again: Mollie keeps our key for an hour. The shopper pays on its page. */
export async function openPayment(call: CallMollie, log: Log, request: SessionRequest): Promise<SessionState> {
  const { paymentId } = request
  const body = paymentOf(request)
  const answer = await call({ method: 'POST', path: '/payments', idempotencyKey: paymentId, body })
  if (answer.status >= 300) {
    log.warn('mollie_payment_refused', { payment_id: paymentId, detail: detailOf(answer) })
    return { fact: { kind: 'failed' }, reference: null, nextAction: null }
  }
  return toState(readPayment(answer.body))
}

function paymentOf({ paymentId, orderId, amount, captureMethod, returnUrl, cancelUrl, origin, input }: SessionRequest) {
  return {
    amount: toMollieMoney(amount),
    description: `Order ${orderId}`,
    redirectUrl: returnUrl,
    ...(cancelUrl === null ? {} : { cancelUrl }),
    ...(isPublic(origin) ? { webhookUrl: `${origin}/v1/webhooks/mollie` } : {}),
    ...(captureMethod === 'manual' ? { captureMode: 'manual' } : {}),
    ...(input.method === undefined ? {} : { method: input.method }),
    metadata: { payment_id: paymentId, order_id: orderId },
  }
}

/** Whether Mollie could reach it: it refuses a payment whose webhook it cannot. */
export function isPublic(origin: string): boolean {
  const { hostname } = new URL(origin)
  const isNamed = hostname.includes('.') && !/(?:^|\.)(?:localhost|local|internal)$/.test(hostname)
  return isNamed && !/^(?:127|10|0|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(hostname)
}

/**
 * What Mollie knows of a payment, with captures, refunds and chargebacks; null when it knows none. Without Mollie's id it is
 * looked for among the payments of its time, by ours.
 */
export async function fetchPayment(
  call: CallMollie,
  { paymentId, reference }: Pick<PaymentReference, 'paymentId' | 'reference'>,
): Promise<MolliePayment | null> {
  const id = reference ?? (await findPayment(call, paymentId))
  if (id === null) return null
  const payment = await fetchById(call, id)
  if (payment && payment.paymentId !== paymentId) throw new Error(`payment ${payment.id} of Mollie is another one`)
  return payment
}

/** @returns null when Mollie has no such payment in this account and mode. */
export async function fetchById(call: CallMollie, id: string): Promise<MolliePayment | null> {
  if (!isMollieId('payment', id)) return null
  const answer = await call({ method: 'GET', path: `/payments/${id}?embed=captures,refunds,chargebacks` })
  if (answer.status === 404) return null
  if (answer.status >= 300) throw new Error(`Mollie does not tell of a payment: ${detailOf(answer)}`)
  return readPayment(answer.body)
}

/** @throws {Error} when there are too many to look through: then nothing is known. */
async function findPayment(call: CallMollie, paymentId: string): Promise<string | null> {
  const since = (mintedAt(paymentId) ?? 0) - SKEW_MS
  let from = ''
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await call({ method: 'GET', path: `/payments?limit=250&sort=desc${from}` })
    if (answer.status >= 300) throw new Error(`Mollie does not list payments: ${detailOf(answer)}`)
    const payments = embeddedOf(answer.body, 'payments')
    const found = payments.find(({ metadata }) => paymentIdOf(metadata) === paymentId)
    if (found) return textOf(found.id)
    const next = nextOf(answer.body)
    const last = textOf(payments.at(-1)?.createdAt)
    if (next === null || last === null || Date.parse(last) < since) return null
    from = `&from=${next}`
  }
  throw new Error('Mollie has more payments of that time than are looked through')
}

function nextOf({ _links: links }: Record<string, unknown>): string | null {
  const next = isObject(links) && isObject(links.next) ? textOf(links.next.href) : null
  const from = next !== null && URL.canParse(next) ? new URL(next).searchParams.get('from') : null
  return isMollieId('payment', from) ? from : null
}

/**
 * Ends a payment that nobody has paid. Some methods cannot be called back once they were chosen: Mollie gives them up by itself,
 * most within the hour, and what is paid until then goes back as a late payment.
 */
export async function closePayment(call: CallMollie, now: Date, payment: PaymentReference): Promise<SessionState> {
  const known = await fetchPayment(call, payment)
  if (!known) return { fact: { kind: 'closed' }, reference: payment.reference, nextAction: null }
  const isOver = payment.expiresAt <= now
  // The shopper has gone to their bank, which takes days: nobody has changed their mind, our hour is over.
  if (isOver && known.status === 'open' && known.method === 'banktransfer')
    return toState(known, { kind: 'processing' })
  const after = known.isCancelable && isWaiting(known) ? await cancel(call, known) : known
  const fact = factOf(after)
  const isUnpaid = fact.kind === 'requires_action' || fact.kind === 'failed'
  return isUnpaid ? toState(after, { kind: 'closed' }) : toState(after)
}

function isWaiting({ status }: MolliePayment): boolean {
  return status === 'open' || status === 'pending'
}

async function cancel(call: CallMollie, payment: MolliePayment): Promise<MolliePayment> {
  const answer = await call({ method: 'DELETE', path: `/payments/${payment.id}` })
  // It has moved meanwhile, or cannot be called back after all.
  return answer.status < 300 ? readPayment(answer.body) : ((await fetchById(call, payment.id)) ?? payment)
}
