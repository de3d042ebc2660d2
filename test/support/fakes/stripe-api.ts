import { type Book, type Intent, type Refund, Refusal, type Session, type Stored } from './stripe-book.ts'
import { expanded, listOf, type Params, pageOf, textsOf } from './stripe-requests.ts'

const THREE_DECIMALS = ['bhd', 'jod', 'kwd', 'omr', 'tnd']
const MINIMUM: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, jpy: 50, huf: 17_500 }
const MINUTE = 60

/**
 * The routes of the API that a shop uses, over the book of one account.
 * @param multicapture whether the account may capture in parts. @param searchableUntil what the search has caught up with, Unix seconds.
 */
export function createApi(
  book: Book,
  { mode, multicapture, searchableUntil }: { mode: string; multicapture: boolean; searchableUntil: () => number },
) {
  function act(method: string, path: string, params: Params): Record<string, unknown> {
    const steps = path.split('/').slice(2)
    const route = `${method} ${steps.map((step) => (/^(?:pi|cs|re|du|ch)_/.test(step) ? ':id' : step)).join('/')}`
    const id = steps.find((step) => /^(?:pi|cs|re|du|ch)_/.test(step)) ?? ''
    const paths = listOf(params.expand)
    const show = (object: Stored) => expanded(book, object, paths)
    switch (route) {
      case 'POST payment_intents':
        return show(createIntent(params))
      case 'GET payment_intents':
        return pageOf(book, path, book.all<Intent>('payment_intent'), params)
      case 'GET payment_intents/search':
        return search(path, params)
      case 'GET payment_intents/:id':
        return show(find<Intent>('payment_intent', id))
      case 'POST payment_intents/:id/cancel': {
        allow(params, ['cancellation_reason', 'expand'])
        const intent = find<Intent>('payment_intent', id)
        book.cancel(intent, textsOf(params).cancellation_reason ?? null)
        return show(intent)
      }
      case 'POST payment_intents/:id/capture': {
        allow(params, ['amount_to_capture', 'final_capture', 'expand'])
        const intent = find<Intent>('payment_intent', id)
        const amount =
          params.amount_to_capture === undefined ? intent.amount_capturable : Number(params.amount_to_capture)
        book.capture(intent, amount, params.final_capture !== 'false')
        return show(intent)
      }
      case 'POST checkout/sessions':
        return show(createSession(params))
      case 'GET checkout/sessions': {
        const { payment_intent: intent } = params
        const sessions = book.all<Session>('checkout.session')
        return pageOf(book, path, intent ? sessions.filter((item) => item.payment_intent === intent) : sessions, params)
      }
      case 'GET checkout/sessions/:id':
        return show(find<Session>('checkout.session', id))
      case 'POST checkout/sessions/:id/expire': {
        allow(params, ['expand'])
        const session = find<Session>('checkout.session', id)
        book.expire(session)
        return show(session)
      }
      case 'POST refunds': {
        allow(params, ['payment_intent', 'amount', 'metadata', 'expand'])
        const intent = find<Intent>('payment_intent', String(params.payment_intent))
        return show(
          book.refund(intent, params.amount === undefined ? null : Number(params.amount), textsOf(params.metadata)),
        )
      }
      case 'GET refunds': {
        const { payment_intent: intent, charge } = params
        const refunds = book
          .all<Refund>('refund')
          .filter((item) => (!intent || item.payment_intent === intent) && (!charge || item.charge === charge))
        return pageOf(book, path, refunds, params)
      }
      case 'GET refunds/:id':
        return show(find<Refund>('refund', id))
      case 'GET disputes/:id':
        return show(find('dispute', id))
      default:
        throw new Refusal(404, { message: `Unrecognized request URL (${method}: ${path}).` })
    }
  }

  function find<Kind extends Stored>(kind: Kind['object'], id: string): Kind {
    const object = book.objects.get(id)
    if (object?.object === kind) return object as Kind
    throw new Refusal(404, { code: 'resource_missing', message: `No such ${kind}: '${id}'`, param: 'id' })
  }

  function createIntent(params: Params): Intent {
    const known = ['amount', 'currency', 'capture_method', 'automatic_payment_methods', 'metadata', 'expand']
    allow(params, [...known, 'payment_method_options'])
    const amount = checkAmount(params.amount, String(params.currency), 'amount')
    book.effects.opened += 1
    return book.newIntent({ amount, currency: String(params.currency), ...intentData(params, params) })
  }

  function intentData(data: Params, params: Params) {
    const request = (params.payment_method_options as Params | undefined)?.card as Params | undefined
    if (request?.request_multicapture && !multicapture) {
      throw new Refusal(400, { message: 'This account is not eligible for the requested card features.' })
    }
    return {
      capture_method: String(data.capture_method ?? 'automatic_async'),
      metadata: textsOf(data.metadata),
      payment_method_options: request ? { card: textsOf(request) } : {},
    }
  }

  function createSession(params: Params): Session {
    const known = ['mode', 'line_items', 'client_reference_id', 'metadata', 'payment_intent_data', 'expand']
    const rest = ['payment_method_options', 'success_url', 'cancel_url', 'expires_at', 'adaptive_pricing']
    allow(params, [...known, ...rest])
    const line = Object.values(params.line_items as Params)[0] as Params
    const price = line.price_data as Params
    const { unit_amount: unit, currency } = textsOf(price)
    const amount_total = checkAmount(unit, String(currency), 'line_items')
    const expires_at = Number(params.expires_at)
    const now = book.seconds()
    if (expires_at < now + 30 * MINUTE || expires_at > now + 24 * 60 * MINUTE) {
      const message = 'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from creation.'
      throw new Refusal(400, { message, param: 'expires_at' })
    }
    if (!URL.canParse(String(params.success_url))) {
      throw new Refusal(400, { code: 'url_invalid', message: 'Not a valid URL', param: 'success_url' })
    }
    book.effects.opened += 1
    const id = book.mint(`cs_${mode}`)
    const session = book.keep<Session>({
      ...{ id, object: 'checkout.session', ...book.base(), amount_total, currency: String(currency), expires_at },
      ...{ cancel_url: params.cancel_url ? String(params.cancel_url) : null, success_url: String(params.success_url) },
      ...{ client_reference_id: String(params.client_reference_id), metadata: textsOf(params.metadata) },
      ...{ mode: 'payment', payment_intent: null, payment_status: 'unpaid', status: 'open' },
      url: `https://checkout.stripe.com/c/pay/${id}`,
    })
    book.host(session, intentData((params.payment_intent_data ?? {}) as Params, params))
    return session
  }

  function search(path: string, { query, limit }: Params): Record<string, unknown> {
    const id = /^metadata\['payment_id'\]:'([^']+)'$/.exec(String(query))?.[1]
    // It lags behind by about a minute.
    const until = Math.max(searchableUntil(), book.seconds() - MINUTE)
    const found = book
      .all<Intent>('payment_intent')
      .filter(({ metadata, created }) => metadata.payment_id === id && created <= until)
    const data = found.slice(0, Number(limit ?? 10))
    return { object: 'search_result', url: path, has_more: false, next_page: null, data }
  }

  return { act }
}

/** Every parameter must be one that the API has: what is misspelt must not pass unseen. */
function allow(params: Params, known: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => !known.includes(name))
  if (!unknown) return
  throw new Refusal(400, {
    code: 'parameter_unknown',
    message: `Received unknown parameter: ${unknown}`,
    param: unknown,
  })
}

function checkAmount(text: Params[string] | undefined, currency: string, param: string): number {
  const amount = Number(text)
  if (!Number.isSafeInteger(amount) || amount < 1) {
    throw new Refusal(400, { code: 'parameter_invalid_integer', message: 'This value must be >= 1.', param })
  }
  if (amount < (MINIMUM[currency] ?? 1)) {
    const message = `Amount must be at least ${MINIMUM[currency]} ${currency}`
    throw new Refusal(400, { code: 'amount_too_small', message, param })
  }
  if (amount > 99_999_999) {
    throw new Refusal(400, { code: 'amount_too_large', message: 'Amount must be no more than 999,999.99', param })
  }
  if ((currency === 'isk' || currency === 'ugx') && amount % 100 !== 0) {
    const message = `Invalid amount. Currency ${currency.toUpperCase()} has become effectively zero-decimal.`
    throw new Refusal(400, { code: 'invalid_charge_amount_no_decimal_compatible', message, param })
  }
  if (THREE_DECIMALS.includes(currency) && amount % 10 !== 0) {
    throw new Refusal(400, { message: 'The last digit of the amount must be 0.', param })
  }
  return amount
}
