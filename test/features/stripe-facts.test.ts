import { describe, expect, it } from 'vitest'
import type { StripeObject } from '../../src/features/payments/stripe/client.ts'
import { factOfDispute, factOfIntent, factOfRefund, factOfSession } from '../../src/features/payments/stripe/facts.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const REFUND_ID = 'ref_01h00000000000000000000000'

const intent = (changes: StripeObject): StripeObject => ({
  ...{ id: 'pi_1', object: 'payment_intent', amount: 2000, amount_received: 0, amount_capturable: 0, currency: 'usd' },
  ...{ latest_charge: null, last_payment_error: null, next_action: null, metadata: {} },
  ...changes,
})
const action = (type: string) => intent({ status: 'requires_action', next_action: { type } })

const WAITING = { kind: 'requires_action' }
const FAILED = { kind: 'failed' }
const UNDER_WAY = { kind: 'processing' }
const CLOSED = { kind: 'closed' }

describe('a Payment Intent says', () => {
  const error = { code: 'card_declined' }
  const held = { status: 'requires_capture', amount_capturable: 2000 }
  const cases: [string, StripeObject, unknown][] = [
    ['nobody has tried yet', intent({ status: 'requires_payment_method' }), WAITING],
    ['a try has failed', intent({ status: 'requires_payment_method', last_payment_error: error }), FAILED],
    ['it is to be confirmed', intent({ status: 'requires_confirmation' }), WAITING],
    ['the bank asks (3-D Secure)', action('use_stripe_sdk'), WAITING],
    ['the bank asks on a page of its own', action('redirect_to_url'), WAITING],
    ['a code is to be scanned', action('paynow_display_qr_code'), WAITING],
    ['a voucher is to be paid', action('oxxo_display_details'), UNDER_WAY],
    ['a transfer is awaited', action('display_bank_transfer_instructions'), UNDER_WAY],
    ['two cents are awaited that prove an account', action('verify_with_microdeposits'), UNDER_WAY],
    ['a debit is on its way', intent({ status: 'processing' }), UNDER_WAY],
    ['it is authorized', intent(held), { kind: 'authorized', amount: usd(2000) }],
    [
      'less was authorized than asked for, which is for a person to look at',
      intent({ ...held, amount_capturable: 1500 }),
      { kind: 'authorized', amount: usd(1500) },
    ],
    [
      'a part is captured, and more will be',
      intent({ ...held, amount_received: 500, amount_capturable: 1500 }),
      { kind: 'captured', amount: usd(500), of: usd(2000), final: false },
    ],
    [
      'all is captured',
      intent({ status: 'succeeded', amount_received: 2000 }),
      { kind: 'captured', amount: usd(2000), of: usd(2000), final: true },
    ],
    [
      'a part is captured, and the rest let go',
      intent({ status: 'succeeded', amount_received: 500 }),
      { kind: 'captured', amount: usd(500), of: usd(2000), final: true },
    ],
    ['it is canceled, and nobody had tried', intent({ status: 'canceled' }), CLOSED],
    [
      'it is canceled after a try that failed',
      intent({ status: 'canceled', latest_charge: { id: 'ch_1', status: 'failed' } }),
      CLOSED,
    ],
    [
      'it is canceled with an authorization',
      intent({ status: 'canceled', latest_charge: { id: 'ch_1', status: 'succeeded', captured: false } }),
      { kind: 'voided' },
    ],
    [
      'it is canceled, and does not say what there was',
      intent({ status: 'canceled', latest_charge: 'ch_1' }),
      'unclear',
    ],
    [
      'it is canceled, in the words of an older version',
      intent({ status: 'canceled', latest_charge: undefined }),
      'unclear',
    ],
    [
      'it is canceled after a part was captured',
      intent({ status: 'canceled', amount_received: 500 }),
      { kind: 'captured', amount: usd(500), of: usd(2000), final: true },
    ],
    ['something that is new to us', intent({ status: 'requires_patience' }), null],
  ]
  it.each(cases)('%s', (_, object, fact) => {
    expect(factOfIntent(object)).toEqual(fact)
  })
})

describe('a Checkout Session says', () => {
  const paid = intent({ status: 'succeeded', amount_received: 2000 })
  const failed = intent({ status: 'requires_payment_method', last_payment_error: {} })
  const captured = { kind: 'captured', amount: usd(2000), of: usd(2000), final: true }
  const cases: [string, string, StripeObject | null, unknown][] = [
    ['nobody has come as far as paying', 'open', null, WAITING],
    ['a card was refused, and another may be tried', 'open', failed, FAILED],
    ['it is paid', 'complete', paid, captured],
    ['a debit is on its way', 'complete', intent({ status: 'processing' }), UNDER_WAY],
    ['what was shown to the shopper is to be paid', 'complete', action('some_new_display_details'), UNDER_WAY],
    ['a debit came to nothing', 'complete', failed, FAILED],
    ['it has expired unpaid', 'expired', null, CLOSED],
    ['it has expired after a refused card', 'expired', failed, CLOSED],
    ['it has expired, and was paid all the same', 'expired', paid, captured],
    ['something that is new to us', 'asleep', null, null],
  ]
  it.each(cases)('%s', (_, status, behind, fact) => {
    expect(factOfSession({ id: 'cs_1', status }, behind)).toEqual(fact)
  })
})

describe('a refund says', () => {
  const refund = (changes: StripeObject): StripeObject => ({
    ...{ id: 're_1', object: 'refund', amount: 700, currency: 'usd', reason: null, metadata: {}, ...changes },
  })
  it.each([
    ['succeeded', 'succeeded', null],
    ['pending', 'pending', null],
    ['requires_action', 'pending', null],
    ['canceled', 'failed', 'canceled'],
    [null, 'pending', null],
  ])('%s is %s', (status, expected, detail) => {
    expect(factOfRefund(refund({ status }))).toEqual({
      ...{ kind: 'refund', status: expected, detail, reference: 're_1', refundId: null, amount: usd(700) },
    })
  })

  it('why it has failed, and whose it is', () => {
    const object = refund({
      status: 'failed',
      failure_reason: 'lost_or_stolen_card',
      metadata: { refund_id: REFUND_ID },
    })
    expect(factOfRefund(object)).toMatchObject({
      ...{ status: 'failed', detail: 'lost_or_stolen_card', refundId: REFUND_ID },
    })
  })

  it('nothing of ours where somebody has written something else into its metadata', () => {
    expect(factOfRefund(refund({ status: 'succeeded', metadata: { refund_id: 're: 12' } }))).toMatchObject({
      refundId: null,
    })
  })

  it.each(['expired_uncaptured_charge', 'partial_capture'])(
    'that %s was let go, which gives nothing back',
    (reason) => {
      expect(factOfRefund(refund({ status: 'succeeded', reason }))).toBe('release')
    },
  )
})

describe('a dispute says', () => {
  const dispute = (status: string, balance: number[] = []): StripeObject => ({
    ...{ id: 'du_1', object: 'dispute', amount: 700, currency: 'usd', status, reason: 'fraudulent' },
    balance_transactions: balance.map((amount) => ({ amount })),
  })
  it.each([
    ['needs_response', 'open'],
    ['under_review', 'open'],
    ['appeal_under_review', 'open'],
    ['won', 'won'],
    ['lost', 'lost'],
  ])('%s is %s', (status, expected) => {
    expect(factOfDispute(dispute(status))).toEqual({
      ...{ kind: 'dispute', status: expected, reference: 'du_1', amount: usd(700), reason: 'fraudulent' },
    })
  })

  it.each(['warning_needs_response', 'warning_under_review', 'warning_closed'])('%s moves no money', (status) => {
    expect(factOfDispute(dispute(status))).toBe('inquiry')
  })

  it('prevented is lost where the money was taken', () => {
    expect(factOfDispute(dispute('prevented', [-700]))).toMatchObject({ status: 'lost' })
    expect(factOfDispute(dispute('prevented', [-700, 700]))).toBe('inquiry')
    expect(factOfDispute(dispute('prevented'))).toBe('inquiry')
  })
})
