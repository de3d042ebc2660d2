/**
 * Every problem the API answers, by its stable code. docs/problems.md is generated from it.
 * A code, once published, keeps its meaning.
 */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The body is not readable', detail: 'Send valid JSON in UTF-8.' },
  idempotency_key_required: {
    status: 400,
    title: 'Idempotency-Key is required',
    detail: 'Send a new random Idempotency-Key (a UUID will do) with each attempt, the same one with each retry.',
  },
  unauthenticated: {
    status: 401,
    title: 'Authentication is required',
    detail: 'Send a valid, unexpired token: Authorization: Bearer ...',
  },
  invalid_signature: {
    status: 401,
    title: 'The signature does not match',
    detail:
      'Sign the raw bytes of the body, before any parsing, with the current secret, and send a timestamp within 5 minutes. reason tells which of it was wrong.',
  },
  payment_declined: {
    status: 402,
    title: 'The payment was declined',
    detail: 'Try again with another means of payment and a new Idempotency-Key; the order and its stock are kept.',
  },
  forbidden: {
    status: 403,
    title: 'The key lacks a scope',
    detail: 'Use a staff key with the scope this endpoint names.',
  },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here that you may see.' },
  product_not_found: { status: 404, title: 'No such product', detail: 'No published product has this id or handle.' },
  collection_not_found: { status: 404, title: 'No such collection', detail: 'No collection has this handle.' },
  category_not_found: { status: 404, title: 'No such category', detail: 'No category has this id or handle.' },
  translation_not_found: {
    status: 404,
    title: 'No such translation',
    detail: 'Nothing is translated into this locale here.',
  },
  cart_not_found: { status: 404, title: 'No such cart', detail: 'No cart of this session has this id.' },
  line_not_found: { status: 404, title: 'No such line', detail: 'The cart has no line with this id.' },
  order_not_found: { status: 404, title: 'No such order', detail: 'There is no order with this id here.' },
  fulfillment_not_found: {
    status: 404,
    title: 'No such fulfillment',
    detail: 'No fulfillment of this order has this id.',
  },
  payment_not_found: { status: 404, title: 'No such payment', detail: 'No payment has this id.' },
  promotion_not_found: { status: 404, title: 'No such promotion', detail: 'No promotion has this id.' },
  code_not_found: { status: 404, title: 'No such discount code', detail: 'The promotion has no such code.' },
  gift_card_not_found: { status: 404, title: 'No such gift card', detail: 'There is no gift card with this id here.' },
  price_list_not_found: { status: 404, title: 'No such price list', detail: 'No price list has this id.' },
  market_not_found: { status: 404, title: 'No such market', detail: 'No market has this id.' },
  shipping_zone_not_found: { status: 404, title: 'No such shipping zone', detail: 'No shipping zone has this id.' },
  location_not_found: { status: 404, title: 'No such location', detail: 'No location has this id.' },
  pickup_location_not_found: {
    status: 404,
    title: 'No such pickup location',
    detail: 'No pickup location has this id.',
  },
  tax_zone_not_found: { status: 404, title: 'No such tax zone', detail: 'No tax zone has this id.' },
  customer_group_not_found: { status: 404, title: 'No such customer group', detail: 'No customer group has this id.' },
  custom_field_not_found: { status: 404, title: 'No such custom field', detail: 'No custom field has this id.' },
  import_not_found: { status: 404, title: 'No such import', detail: 'No import has this id.' },
  synonym_not_found: { status: 404, title: 'No such synonym', detail: 'No synonym has this id.' },
  pin_not_found: { status: 404, title: 'No such pin', detail: 'No pin has this id.' },
  event_not_found: { status: 404, title: 'No such event', detail: 'No webhook event has this id.' },
  provider_not_found: {
    status: 404,
    title: 'No such payment provider',
    detail: 'No payment provider of this name is configured.',
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', detail: 'See the Allow header.' },
  cart_changed: {
    status: 409,
    title: 'The cart is no longer what the shopper saw',
    detail: 'Show the cart in this answer and ask again with its totals as expected_total and expected_amount_due.',
  },
  cart_completed: {
    status: 409,
    title: 'The cart has been ordered',
    detail: 'Start a new cart; the order is named here.',
  },
  cart_conflict: {
    status: 409,
    title: 'The cart was changed at the same time',
    detail: 'Read the cart and try again.',
  },
  out_of_stock: { status: 409, title: 'Not enough in stock', detail: 'Lower the quantity of the lines named here.' },
  quantity_not_allowed: {
    status: 409,
    title: 'A line has a quantity that is not sold',
    detail: 'Set the lines named here to a quantity that is allowed.',
  },
  code_taken: { status: 409, title: 'The discount code is taken', detail: 'Another promotion has this code.' },
  handle_taken: { status: 409, title: 'The handle is taken', detail: 'Another one of its kind has this handle.' },
  sku_taken: { status: 409, title: 'The SKU is taken', detail: 'Another variant has this SKU.' },
  category_conflict: {
    status: 409,
    title: 'The category tree was changed at the same time',
    detail: 'Read the categories again and repeat the change.',
  },
  category_not_empty: {
    status: 409,
    title: 'The category is not empty',
    detail: 'Move its products and the categories below it elsewhere first.',
  },
  country_taken: {
    status: 409,
    title: 'A country is in another market',
    detail: 'A country belongs to one market at most: take it out of the other one first.',
  },
  area_taken: {
    status: 409,
    title: 'An area is in another zone',
    detail: 'Two zones never have the same area: take it out of the other one first.',
  },
  incoming_exceeded: {
    status: 409,
    title: 'Not as much is expected',
    detail: 'Stock that arrives unexpected is added to the shelf with delta alone.',
  },
  location_in_use: {
    status: 409,
    title: 'The location is in use',
    detail:
      'A location closes when nothing stands, is held or is expected there, and another one is the default: transfer or adjust what is left first.',
  },
  pickup_location_in_use: {
    status: 409,
    title: 'A shipping rate leads to this pickup location',
    detail: 'Take it out of the rates that name it first.',
  },
  market_has_prices: {
    status: 409,
    title: 'The market has prices of its own',
    detail: 'They are in the currency it has: remove them from products and price lists, then change the currency.',
  },
  customer_group_in_use: {
    status: 409,
    title: 'A price list is for this customer group',
    detail: 'Give the price list to another group first; an archived one too, for its history.',
  },
  key_taken: { status: 409, title: 'The key is taken', detail: 'Another custom field of this subject has this key.' },
  query_taken: {
    status: 409,
    title: 'The search has a pin',
    detail: 'Another pin is for the same words: add the products to it.',
  },
  payment_closed: {
    status: 409,
    title: 'The payment is closed',
    detail: 'This payment was given up or already decided; complete the cart again for a new one.',
  },
  payment_not_authorized: {
    status: 409,
    title: 'Nothing is authorized',
    detail: 'Only an authorized payment that has not been captured in full is captured or voided.',
  },
  capture_exceeds_authorized: {
    status: 409,
    title: 'More than is authorized',
    detail: 'At most `capturable` can be captured.',
  },
  payment_busy: {
    status: 409,
    title: 'A capture or void of this payment is under way',
    detail: 'Read the order again in a moment; its operations say how it went.',
  },
  provider_refused: {
    status: 409,
    title: 'The payment provider refused',
    detail: 'What it refused has not moved. The order in this answer says what that is, and why.',
  },
  refund_exceeds_payment: {
    status: 409,
    title: 'More than can be given back',
    detail: 'At most `refundable` is left of what the order was paid with.',
  },
  order_not_confirmed: {
    status: 409,
    title: 'The order is not confirmed',
    detail: 'Nothing was paid for it yet: cancel it instead.',
  },
  order_not_cancellable: {
    status: 409,
    title: 'The order cannot be cancelled any more',
    detail: 'It is over, or a part of it is on its way: refund what comes back instead.',
  },
  order_not_fulfillable: {
    status: 409,
    title: 'The order has nothing to ship',
    detail:
      'Only what is left of a confirmed order is shipped: this one waits for its money, is over, or is all shipped.',
  },
  order_conflict: {
    status: 409,
    title: 'The order was changed at the same time',
    detail: 'Read the order and try again.',
  },
  promotion_exhausted: {
    status: 409,
    title: 'The promotion is used up',
    detail: 'Its last use was claimed at this moment.',
  },
  promotion_in_use: {
    status: 409,
    title: 'The promotion has been used',
    detail: 'Orders refer to it: archive it instead.',
  },
  code_in_use: {
    status: 409,
    title: 'The code has been used',
    detail: 'Orders refer to it: it stays with its promotion, which can be paused or archived.',
  },
  import_part_conflict: {
    status: 409,
    title: 'The part is another one',
    detail:
      'A part with this number has been received, with other content: number this one anew, or start another import.',
  },
  import_closed: {
    status: 409,
    title: 'The import is over',
    detail: 'Start another one: products that are there already are found unchanged.',
  },
  import_incomplete: {
    status: 409,
    title: 'Parts of the import are not done',
    detail: 'Upload those in missing_parts until they are done; parts beyond the number given have no place in it.',
  },
  event_not_replayable: {
    status: 409,
    title: 'The event needs no replay',
    detail: 'Only unmatched, failed and dead events are replayed.',
  },
  cart_gone: { status: 410, title: 'The cart has ended', detail: 'It was merged or has expired.' },
  version_mismatch: {
    status: 412,
    title: 'The resource has another version',
    detail: 'Read it again and repeat the change with its new ETag in If-Match.',
  },
  body_too_large: { status: 413, title: 'The body is too large', detail: 'See the limit of this endpoint.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported content type',
    detail: 'See the Accept header of this answer.',
  },
  invalid_request: {
    status: 422,
    title: 'The request breaks the contract',
    detail: 'See errors; each names what it is about by a JSON pointer.',
  },
  invalid_cursor: {
    status: 422,
    title: 'The cursor is not of this list',
    detail: 'Use next_cursor as it came, with the same filters and sort.',
  },
  idempotency_conflict: {
    status: 422,
    title: 'The Idempotency-Key was used for another body',
    detail: 'A new request needs a new key.',
  },
  cart_empty: { status: 422, title: 'The cart is empty', detail: 'Add a line first.' },
  cart_incomplete: { status: 422, title: 'The cart is not complete', detail: 'Fill in what `missing` names.' },
  payment_attempts_exceeded: {
    status: 429,
    title: 'Too many attempts to pay',
    detail: 'Nothing was ordered or charged. Wait for the time given before the next attempt.',
  },
  rate_limited: { status: 429, title: 'Too many requests', detail: 'Slow down and try again after the time given.' },
  internal_error: {
    status: 500,
    title: 'Something broke on our side',
    detail: 'It has been logged under the request id. Retrying with the same Idempotency-Key is safe.',
  },
  provider_unavailable: {
    status: 502,
    title: 'The payment provider did not answer',
    detail: 'Nothing was charged. Try again in a moment.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'Try again after the time given; retrying with the same Idempotency-Key is safe.',
  },
  misconfigured: {
    status: 503,
    title: 'The service is not configured',
    detail:
      'The operator finds the reason in the log; /readyz names each variable that is missing or malformed in faults.',
  },
} as const satisfies Record<string, { status: number; title: string; detail: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** What broke, and where: a JSON pointer into the body, `/query/<name>` or `/path/<name>`. */
export interface ProblemError {
  pointer: string
  detail: string
}

export interface ProblemInit {
  detail?: string
  errors?: readonly ProblemError[]
  headers?: Readonly<Record<string, string>>
  /** Further members of the answer: a fresh cart, the lines that are short. */
  members?: Readonly<Record<string, unknown>>
}

/** A refusal on its way to the edge, where it becomes `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly init: ProblemInit
  constructor(code: ProblemCode, init: ProblemInit = {}) {
    super(code)
    this.code = code
    this.init = init
  }
}

/** A contract violation at one place. */
export function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', { errors: [{ pointer, detail }] })
}

/** The answer itself. `type` is the code's place in the published catalogue. */
export function problemResponse(code: ProblemCode, requestId: string, init: ProblemInit = {}): Response {
  const { status, title, detail } = PROBLEMS[code]
  const body = {
    type: `/docs/problems#${code}`,
    title,
    status,
    detail: init.detail ?? detail,
    code,
    request_id: requestId,
    ...(init.errors ? { errors: init.errors } : {}),
    ...init.members,
  }
  const headers = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'private, no-store', ...init.headers }
  return new Response(JSON.stringify(body), { status, headers })
}
