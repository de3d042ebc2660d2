import * as z from 'zod'
import { CartView } from '../../src/features/cart/contract.ts'
import { OrderView } from '../../src/features/orders/contract.ts'
import { PaymentView } from '../../src/features/payments/contract.ts'
import { PROBLEMS, type ProblemCode } from '../../src/platform/http/problem.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { shape } from '../../src/platform/http/schema.ts'
import { MoneyShape } from '../../src/platform/http/shapes.ts'

/** Whether a retried request of `route` is recognised by its Idempotency-Key. */
export function takesKey(route: Route): boolean {
  return route.method === 'post' && route.replay !== null && route.replay !== 'none'
}

/**
 * Every problem `route` can answer, by status and code: what it declares, and what the floor answers for its access,
 * body, key and limit.
 */
export function problemsOf(route: Route): Map<number, ProblemCode[]> {
  const byStatus = Map.groupBy(new Set([...route.problems, ...problemsOfFloor(route)]), (code) => PROBLEMS[code].status)
  const sorted = [...byStatus].sort(([left], [right]) => left - right)
  return new Map(sorted.map(([status, codes]) => [status, codes.sort()]))
}

function problemsOfFloor(route: Route): ProblemCode[] {
  const { access, body, bodyType = 'json', limit, keyRequired } = route
  const takesBody = body !== undefined || bodyType !== 'json'
  // Unknown query parameters are refused everywhere, so that every route knows invalid_request.
  const codes: ProblemCode[] = ['invalid_request', 'internal_error', 'misconfigured', 'temporarily_unavailable']
  if (takesBody) codes.push('body_too_large')
  if (takesBody && bodyType !== 'raw') codes.push('malformed_request', 'unsupported_media_type')
  if (takesKey(route)) codes.push('idempotency_conflict')
  if (keyRequired) codes.push('idempotency_key_required')
  if (limit !== null) codes.push('rate_limited')
  if (access === 'dev') codes.push('not_found')
  if (access === 'session' || access === 'optional-session' || access === 'order') codes.push('unauthenticated')
  if (typeof access === 'object') codes.push('unauthenticated', 'forbidden')
  return codes
}

/** RFC 9457, with the members that single codes add. A reader of one code finds them beside the code in the catalogue. */
export const ProblemShape = shape(() =>
  z
    .looseObject({
      type: z.string().meta({ description: 'The place of the code in the catalogue', example: '/docs/problems#code' }),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.string().meta({ description: 'Stable: decide by it, never by title or detail' }),
      request_id: z.string(),
      errors: z
        .array(z.object({ pointer: z.string(), detail: z.string() }))
        .optional()
        .meta({ description: 'What broke, each by a JSON pointer into the body, /query/<name> or /path/<name>' }),
      missing: z.array(z.string()).optional().meta({ description: 'cart_incomplete: what has to be filled in' }),
      missing_parts: z
        .array(z.int())
        .optional()
        .meta({ description: 'import_incomplete: the first that are not done' }),
      cart: CartView().optional().meta({ description: 'cart_changed, out_of_stock: the cart as it is now' }),
      differences: z
        .array(
          z.object({
            what: z.string(),
            target: z.string().nullable().meta({ description: 'The line or code, or null for the whole cart' }),
            expected: MoneyShape().nullable(),
            actual: MoneyShape().nullable(),
          }),
        )
        .optional()
        .meta({ description: 'cart_changed: what is no longer as the shopper saw it' }),
      lines: z
        .array(z.object({ id: z.string(), variant_id: z.string(), requested: z.int(), available: z.int() }))
        .optional()
        .meta({ description: 'out_of_stock: the lines that are short, and what is left' }),
      order_id: z.string().nullable().optional().meta({ description: 'cart_completed: what the cart became' }),
      merged_into: z.string().nullable().optional().meta({ description: 'cart_gone: the cart it was merged into' }),
      order_status: z.string().optional().meta({ description: 'order_not_fulfillable, order_not_cancellable' }),
      fulfillment_status: z.string().optional().meta({ description: 'order_not_fulfillable, order_not_cancellable' }),
      order: OrderView().optional().meta({ description: 'payment_declined, payment_closed: the order that waits' }),
      payment: PaymentView().nullable().optional().meta({ description: 'payment_declined, payment_closed' }),
    })
    .meta({ id: 'Problem', description: 'Why a request was refused, as application/problem+json (RFC 9457)' }),
)
