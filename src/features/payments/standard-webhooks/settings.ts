import * as z from 'zod'
import { fromBase64 } from '../../../platform/crypto/hmac.ts'
import { STANDARD_SECRET } from '../../../platform/crypto/standard-webhook.ts'
import { shape } from '../../../platform/http/schema.ts'
import { isPrivate } from '../../../platform/private-fields.ts'
import { listed } from '../adapter.ts'
import { EventMapShape } from './map.ts'

/** What connects a service that signs by the Standard Webhooks scheme. A setting's message never repeats its value. */
export const standardWebhooksSettings = shape(() =>
  z.object({
    STANDARD_WEBHOOKS_SECRETS: z
      .string()
      .transform(listed)
      .refine(
        (secrets) => secrets.length > 0 && secrets.every(isSecret),
        'must be secrets of the form whsec_ and base64',
      ),
    STANDARD_WEBHOOKS_MAP: z.string().default('{}').transform(toMap),
    STANDARD_WEBHOOKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
    STANDARD_WEBHOOKS_URL_SECRET: z.string().refine(isSecret, 'must be whsec_ and base64').optional(),
    STANDARD_WEBHOOKS_PAGE: z.string().refine(isPage, PAGE_FORM).optional(),
  }),
)

export type StandardWebhooksSettings = z.output<ReturnType<typeof standardWebhooksSettings>>

/** What is wrong with settings that are well-formed one by one. */
export function standardWebhooksFaults({
  STANDARD_WEBHOOKS_URL: url,
  STANDARD_WEBHOOKS_URL_SECRET: secret,
  STANDARD_WEBHOOKS_PAGE: page,
  STANDARD_WEBHOOKS_MAP: map,
}: StandardWebhooksSettings): string[] {
  const faults: string[] = []
  if ((url === undefined) !== (secret === undefined)) {
    faults.push('STANDARD_WEBHOOKS_URL: and STANDARD_WEBHOOKS_URL_SECRET belong together')
  }
  if ((url === undefined) === (page === undefined)) {
    faults.push('STANDARD_WEBHOOKS_PAGE: either it or STANDARD_WEBHOOKS_URL must say where a shopper pays')
  }
  if (url === undefined && Object.values(map.types).includes('ask')) {
    faults.push('STANDARD_WEBHOOKS_MAP: a type can only mean ask where there is a STANDARD_WEBHOOKS_URL to ask')
  }
  const { types: _, ...pointers } = map
  for (const [name, pointer] of Object.entries(pointers)) {
    // It would be read when it comes and be gone when it is tried again.
    if (pointer.split('/').some((field, depth) => isPrivate(field) && !(depth === 1 && field === 'name'))) {
      faults.push(
        `STANDARD_WEBHOOKS_MAP: /${name} leads through a field that is taken out of stored events, as private`,
      )
    }
  }
  return faults
}

const PLACEHOLDERS = [
  'payment_id',
  'order_id',
  'amount',
  'amount_decimal',
  'currency',
  'return_url',
  'cancel_url',
] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]

const PAGE_FORM = `must be an http(s) address that holds {payment_id}, and nothing else in braces than ${PLACEHOLDERS.join(', ')}`

function isPage(text: string): boolean {
  const names = [...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? '')
  const known = new Set<string>(PLACEHOLDERS)
  const plain = text.replaceAll(/\{[^}]*\}/g, 'x')
  // Who the shopper is sent to is fixed: what is filled in comes behind it.
  return (
    names.includes('payment_id') &&
    names.every((name) => known.has(name)) &&
    /^https?:\/\/[^\s{}/?#@]+[/?]/.test(text) &&
    URL.canParse(plain)
  )
}

function isSecret(text: string): boolean {
  return STANDARD_SECRET.test(text) && fromBase64(text.slice('whsec_'.length)) !== null
}

function toMap(text: string, context: z.RefinementCtx) {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' })
    return z.NEVER
  }
  const parsed = EventMapShape().safeParse(value)
  if (parsed.success) return parsed.data
  for (const { path } of parsed.error.issues) {
    context.addIssue({ code: 'custom', message: `is no map of events: see /${path.map(String).join('/')}` })
  }
  return z.NEVER
}
