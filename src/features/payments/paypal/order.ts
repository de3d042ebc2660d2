import { isId } from '../../../domain/id.ts'
import { type Money, sum } from '../../../domain/money.ts'
import type { PaymentFact } from '../../../domain/payment.ts'
import { isObject, textOf } from '../json.ts'
import { fromPayPalMoney } from './amount.ts'

/** An order of PayPal's, which is one payment of ours, as PayPal has answered it. */
export interface PayPalOrder {
  id: string
  status: string
  intent: 'CAPTURE' | 'AUTHORIZE'
  /** Ours; null for an order that another shop of the same account has made. */
  paymentId: string | null
  /** We have closed it: what is approved now is not taken any more. */
  isClosed: boolean
  whole: Money
  /** The page on which the shopper approves. */
  approvalUrl: string | null
  updatedAt: string | null
  authorization: { id: string; status: string; amount: Money } | null
  /** The first one first. */
  captures: readonly PayPalCapture[]
  refunds: readonly PayPalRefund[]
}

export interface PayPalCapture {
  id: string
  status: string
  amount: Money
  /** Our id of the capture, where staff have asked for it here. */
  invoiceId: string | null
  isFinal: boolean
  createdAt: string
}

export interface PayPalRefund {
  id: string
  status: string
  amount: Money
  customId: string | null
  captureId: string | null
}

const CLOSED = 'closed.'

/** What stands in `custom_id` of an order: our payment id, marked when we have closed it. */
export function customIdOf(paymentId: string, closed = false): string {
  return closed ? CLOSED + paymentId : paymentId
}

/** Our payment id in a `custom_id`, and whether it is marked. */
export function readCustomId(value: unknown): Pick<PayPalOrder, 'paymentId' | 'isClosed'> {
  const text = textOf(value) ?? ''
  const isClosed = text.startsWith(CLOSED)
  const id = isClosed ? text.slice(CLOSED.length) : text
  return isId('payment', id) ? { paymentId: id, isClosed } : { paymentId: null, isClosed: false }
}

/** @throws {Error} on anything but an order: what cannot be read is not known. */
export function readOrder(body: Record<string, unknown>): PayPalOrder {
  const [unit] = listOf(body.purchase_units)
  const id = textOf(body.id)
  const status = textOf(body.status)
  if (!unit || id === null || status === null) throw new Error('PayPal answered an order that cannot be read')
  return {
    ...{ id, status, whole: fromPayPalMoney(unit.amount), updatedAt: textOf(body.update_time) },
    ...readCustomId(unit.custom_id),
    intent: body.intent === 'AUTHORIZE' ? 'AUTHORIZE' : 'CAPTURE',
    approvalUrl: linkOf(body, 'payer-action') ?? linkOf(body, 'approve'),
    ...readPayments(unit.payments),
  }
}

/** What was taken, authorized and given back. */
export function readPayments(value: unknown): Pick<PayPalOrder, 'authorization' | 'captures' | 'refunds'> {
  const payments = isObject(value) ? value : {}
  const [authorization] = listOf(payments.authorizations)
  return {
    authorization: authorization
      ? {
          id: must(authorization.id),
          status: must(authorization.status),
          amount: fromPayPalMoney(authorization.amount),
        }
      : null,
    captures: listOf(payments.captures).map(readCapture).sort(byAge),
    refunds: listOf(payments.refunds).map(readRefund),
  }
}

export function readCapture(capture: Record<string, unknown>): PayPalCapture {
  return {
    id: must(capture.id),
    status: must(capture.status),
    amount: fromPayPalMoney(capture.amount),
    invoiceId: textOf(capture.invoice_id),
    isFinal: capture.final_capture === true,
    createdAt: textOf(capture.create_time) ?? '',
  }
}

export function readRefund(refund: Record<string, unknown>): PayPalRefund {
  return {
    id: must(refund.id),
    status: must(refund.status),
    amount: fromPayPalMoney(refund.amount),
    customId: textOf(refund.custom_id),
    captureId: /\/captures\/([A-Z0-9]+)$/.exec(linkOf(refund, 'up') ?? '')?.[1] ?? null,
  }
}

// What was given back later was taken all the same.
const TAKEN = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'])

/** Captures whose money has come. */
export function takenOf({ captures }: Pick<PayPalOrder, 'captures'>): PayPalCapture[] {
  return captures.filter(({ status }) => TAKEN.has(status))
}

/** How the payment stands. An approved order still waits for us: `complete` is what does it. */
export function factOf(order: PayPalOrder): PaymentFact {
  const { whole, authorization, captures } = order
  const taken = takenOf(order)
  const isPending = captures.some(({ status }) => status === 'PENDING')
  if (taken.length > 0) {
    const amount = { amount: sum(taken.map((capture) => capture.amount.amount)), currency: whole.currency }
    if (taken.some((capture) => capture.amount.currency !== whole.currency))
      throw new Error('captured in two currencies')
    const isOver = authorization === null || ENDED.has(authorization.status) || taken.some(({ isFinal }) => isFinal)
    return { kind: 'captured', amount, of: whole, final: isOver && !isPending }
  }
  if (authorization) return factOfAuthorization(authorization, isPending)
  if (isPending) return { kind: 'processing' }
  if (captures.length > 0) return { kind: 'failed' }
  if (order.status === 'COMPLETED') throw new Error('PayPal has completed an order and does not say how')
  return { kind: order.isClosed || order.status === 'VOIDED' ? 'closed' : 'requires_action' }
}

const ENDED = new Set(['CAPTURED', 'VOIDED', 'EXPIRED'])

function factOfAuthorization(
  { status, amount }: NonNullable<PayPalOrder['authorization']>,
  isPending: boolean,
): PaymentFact {
  switch (status) {
    case 'VOIDED':
    case 'EXPIRED':
      return { kind: 'voided' }
    case 'DENIED':
      return { kind: 'failed' }
    case 'CREATED':
    case 'PARTIALLY_CAPTURED':
      return { kind: 'authorized', amount }
    case 'CAPTURED':
      // All that was captured of it was refused.
      return isPending ? { kind: 'processing' } : { kind: 'voided' }
    default:
      return { kind: 'processing' }
  }
}

export function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The address that a resource of PayPal's links to. */
export function linkOf(body: Record<string, unknown>, rel: string): string | null {
  const link = listOf(body.links).find((each) => each.rel === rel)
  return textOf(link?.href)
}

function must(value: unknown): string {
  const text = textOf(value)
  if (text === null) throw new Error('PayPal answered a payment that cannot be read')
  return text
}

function byAge(left: PayPalCapture, right: PayPalCapture): number {
  return compare(left.createdAt, right.createdAt) || compare(left.id, right.id)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
