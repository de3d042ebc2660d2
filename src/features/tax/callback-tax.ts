import * as z from 'zod'
import type { ProvidedTax, TaxProvider } from '../../domain/tax-provider.ts'
import { callBack } from '../../platform/callback.ts'
import type { Context } from '../../platform/http/context.ts'

/**
 * The tax service behind the operator's own address: TAX_URL gets `{type: "tax.calculate", data: TaxRequest}` and answers
 * `{lines: [{id, taxes: [{name, rate_ppm, amount}]}], shipping: {taxes: [...]}}`, amounts in minor units of the request's
 * currency. Null where none is configured.
 */
export function callbackTax(context: Context): TaxProvider | null {
  const { tax } = context.config
  if (!tax) return null
  return {
    name: 'callback',
    async calculate({ destination, ...request }, signal) {
      const { postalCode, ...place } = destination
      const data = { ...request, destination: { ...place, postal_code: postalCode } }
      const { lines, shipping } = parseTaxes(await callBack(context, tax, { type: 'tax.calculate', data }, signal))
      return {
        lines: new Map(lines.map(({ id, taxes }) => [id, taxes.map(toTax)])),
        shipping: shipping.taxes.map(toTax),
      }
    },
  }
}

function parseTaxes(answer: unknown) {
  const Taxes = z
    .array(z.object({ name: z.string().min(1).max(100), rate_ppm: z.int().min(0), amount: z.int().min(0) }))
    .max(20)
  return z
    .object({
      lines: z.array(z.object({ id: z.string(), taxes: Taxes })).max(200),
      shipping: z.object({ taxes: Taxes }).default({ taxes: [] }),
    })
    .parse(answer)
}

function toTax({ name, rate_ppm, amount }: { name: string; rate_ppm: number; amount: number }): ProvidedTax {
  return { name, ratePpm: rate_ppm, amount }
}
