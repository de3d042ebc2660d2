import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStripeEvent, readStripeEvent } from '../../src/features/payments/stripe/events.ts'
import { redact } from '../../src/features/webhooks-in/redact.ts'

const PAYMENT = 'pay_01h00000000000000000000000'
const REFUND = 'ref_01h00000000000000000000000'
const ids = { payment_id: PAYMENT, order_id: 'ord_01h00000000000000000000000', flow: 'embedded' }

/** As long and as full of others' things as Stripe's events are. */
const INTENT = {
  ...{ id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', object: 'payment_intent', amount: 2000, amount_capturable: 0 },
  ...{ amount_details: { tip: {} }, amount_received: 2000, application: null, canceled_at: null, currency: 'usd' },
  ...{ capture_method: 'automatic_async', confirmation_method: 'automatic', created: 1680800504, customer: null },
  client_secret: 'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
  ...{ last_payment_error: null, latest_charge: 'ch_3MmlLrLkdIwHu7ix0snN0B15', livemode: false, metadata: ids },
  ...{ next_action: null, payment_method: 'pm_1MqLiJLkdIwHu7ixUEgbFdYF', receipt_email: 'ada@shop.example' },
  shipping: { name: 'Ada Lovelace', phone: '+1 555 0100', address: { line1: '1 Analytical Way', country: 'US' } },
  status: 'succeeded',
}
const ERROR = {
  ...{ code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.', type: 'card_error' },
  payment_method: {
    billing_details: { email: 'ada@shop.example', name: 'Ada Lovelace' },
    card: { brand: 'visa', last4: '0002', exp_month: 12, exp_year: 2034, fingerprint: 'TkaeJlHCuGCCOFPc' },
  },
}
const SESSION = {
  id: 'cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u',
  ...{ object: 'checkout.session', amount_total: 2000, client_reference_id: PAYMENT, currency: 'usd', metadata: ids },
  customer_details: { email: 'ada@shop.example', name: 'Ada Lovelace', phone: null, address: { country: 'US' } },
  ...{ payment_intent: INTENT.id, payment_status: 'paid', status: 'complete', url: null, mode: 'payment' },
}
const REFUNDED = {
  ...{ id: 're_1Nispe2eZvKYlo2Cd31jOCgZ', object: 'refund', amount: 700, charge: 'ch_1NirD82eZvKYlo2CIvbtLWuY' },
  ...{ currency: 'usd', payment_intent: INTENT.id, reason: null, status: 'succeeded', metadata: {} },
  destination_details: { card: { reference: '5143424213532104', type: 'refund' }, type: 'card' },
}
const DISPUTE = {
  ...{ id: 'du_1MtJUT2eZvKYlo2CNaw2HvEv', object: 'dispute', amount: 1000, charge: 'ch_1AZtxr2eZvKYlo2CJDX8whov' },
  ...{ currency: 'usd', payment_intent: INTENT.id, reason: 'general', status: 'warning_needs_response', metadata: {} },
  evidence: { customer_email_address: 'ada@shop.example', uncategorized_text: null },
}

const events: [string, object][] = [
  ['payment_intent.succeeded', INTENT],
  ['payment_intent.processing', { ...INTENT, status: 'processing', amount_received: 0 }],
  [
    'payment_intent.payment_failed',
    { ...INTENT, status: 'requires_payment_method', amount_received: 0, last_payment_error: ERROR },
  ],
  [
    'payment_intent.requires_action',
    { ...INTENT, status: 'requires_action', amount_received: 0, next_action: { type: 'konbini_display_details' } },
  ],
  [
    'payment_intent.amount_capturable_updated',
    { ...INTENT, status: 'requires_capture', amount_capturable: 2000, amount_received: 0 },
  ],
  ['payment_intent.canceled', { ...INTENT, status: 'canceled', amount_received: 0 }],
  ['payment_intent.canceled', { ...INTENT, status: 'canceled', amount_received: 0, latest_charge: null }],
  ['checkout.session.completed', SESSION],
  ['checkout.session.completed', { ...SESSION, payment_status: 'unpaid' }],
  ['checkout.session.expired', { ...SESSION, payment_status: 'unpaid', status: 'expired', payment_intent: null }],
  ['checkout.session.async_payment_failed', SESSION],
  ['refund.created', REFUNDED],
  ['refund.updated', { ...REFUNDED, metadata: { ...ids, refund_id: REFUND } }],
  ['charge.dispute.created', DISPUTE],
]

describe('an event that the inbox has kept is read as it was when it came', () => {
  it.each(events)('%s', (type, object) => {
    const event = { id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy', object: 'event', api_version: '2026-10-28.endive', type }
    const payload = JSON.stringify({ ...event, livemode: false, pending_webhooks: 1, data: { object } }, null, 2)
    const kept = redact(payload)
    for (const secret of ['ada@', 'Lovelace', '_secret_']) expect(kept).not.toContain(secret)
    const { payload: _, ...read } = readStripeEvent(kept, 'evt_1NG8Du2eZvKYlo2CUI79vXWy')
    expect({ ...read, payload }).toEqual(readStripeEvent(payload, 'evt_1NG8Du2eZvKYlo2CUI79vXWy'))
    // What is asked about is asked about by the same id.
    const about = parseStripeEvent(kept)?.object
    expect(about).toMatchObject({ id: (object as { id: string }).id })
    expect(about?.payment_intent).toEqual((object as { payment_intent?: unknown }).payment_intent)
  })
})

describe('whatever is signed', () => {
  const types = [...new Set(events.map(([type]) => type)), 'charge.refunded', 'charge.captured', 'v1.anything']
  const fields = [...new Set(events.flatMap(([, object]) => Object.keys(object)))]

  it('is read without a fault, and makes no fact of what is none', () => {
    // One field of a good object is something else than it should be.
    const spoilt = fc.tuple(fc.constantFrom(...events), fc.constantFrom(...fields), fc.jsonValue())
    fc.assert(
      fc.property(fc.constantFrom(...types), spoilt, (type, [[, good], field, value]) => {
        const object = { ...good, [field]: value }
        const text = JSON.stringify({ id: 'evt_1', object: 'event', type, livemode: false, data: { object } })
        const { fact, unread, paymentId } = readStripeEvent(text, 'evt_1')
        expect(fact === null).toBe(unread !== null)
        if (fact) expect(paymentId).toBe(PAYMENT)
        if (fact && 'amount' in fact)
          expect(Number.isSafeInteger(fact.amount.amount) && fact.amount.amount > 0).toBe(true)
      }),
    )
  })

  it('is an event or kept as what it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readStripeEvent(text, 'sha256:1')).toMatchObject({ fact: null, payload: text })
      }),
    )
  })
})
