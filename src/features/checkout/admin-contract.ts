import * as z from 'zod'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { MoneyShape } from '../../platform/http/shapes.ts'

const MAX_REFUND_LINES = 200

const Reason = () => z.string().trim().min(1).max(200).default('requested').meta({ description: 'The shopper sees it' })
const PaymentId = () =>
  idSchema('payment').optional().meta({ description: 'Left out: the payment that pays for the order' })
/** An amount that moves money: in the order's currency, above 0. */
const Amount = () => MoneyShape().refine(({ amount }) => amount > 0, { path: ['amount'], message: 'must be above 0' })

export const CaptureInput = shape(() =>
  z
    .strictObject({
      payment_id: PaymentId(),
      amount: Amount().optional().meta({ description: 'Left out: all that is authorized' }),
      final: z.boolean().default(false).meta({ description: 'Nothing more will be captured: the rest is let go' }),
    })
    .meta({ id: 'CaptureInput' }),
)

export const VoidInput = shape(() => z.strictObject({ payment_id: PaymentId() }).meta({ id: 'VoidInput' }))

export const RefundInput = shape(() =>
  z
    .strictObject({
      lines: z
        .array(
          z.strictObject({
            line_id: idSchema('line'),
            quantity: z.int().min(1).max(9999),
            restock: z.enum(['none', 'return', 'cancel']).default('none').meta({
              description:
                'return: the pieces came back and stand on the shelf again; cancel: they were not shipped, and will not be; none: nothing moves, and what is not shipped yet still will be',
            }),
          }),
        )
        .max(MAX_REFUND_LINES)
        .refine((lines) => new Set(lines.map(({ line_id }) => line_id)).size === lines.length, 'names a line twice')
        .default([]),
      shipping: z
        .union([z.literal('all'), Amount()])
        .optional()
        .meta({ description: 'What of shipping is given back; `all` is what is left of it' }),
      amount: Amount().optional().meta({ description: 'Instead of what lines and shipping were paid with' }),
      reason: Reason(),
      note: z.string().trim().min(1).max(1000).optional().meta({ description: 'Only staff see it' }),
    })
    .meta({ id: 'RefundInput' }),
)

export const CancelInput = shape(() =>
  z
    .strictObject({
      reason: Reason(),
      restock: z.boolean().default(true).meta({ description: 'Whether its goods go back to their shelves' }),
    })
    .meta({ id: 'CancelInput' }),
)
