import { createDocument, type ZodOpenApiComponentsObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import manifest from '../../package.json' with { type: 'json' }
import { routes } from '../../src/app.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { toOperation } from './operation.ts'
import { listTags } from './tags.ts'

const DESCRIPTION = `The commerce backend that runs at the edge: catalog, cart, checkout and orders in one Worker.

- **Money** is integer minor units: \`{"amount": 1999, "currency": "USD"}\` is $19.99.
- **Refusals** are [problems](/docs/problems) with a stable \`code\`; unknown fields and query parameters are refused.
- **Retries** are safe: send an \`Idempotency-Key\` with a POST, and the same one with each retry of it.
- **Lists** answer \`{data, next_cursor}\`; send \`next_cursor\` back as \`cursor\` until it is null.
- **Times** are RFC 3339 in UTC. Every answer that no cache shares names its request in \`X-Request-Id\`.`

const header = (name: string, description: string, required = false) => ({
  name,
  in: 'header' as const,
  required,
  description,
  schema: { type: 'string' as const },
})

const KEY = 'Random, new with each attempt and the same with each retry of it; kept 48 hours.'
const ANONYMOUS_KEY = 'Without a session it is a secret and has at least 22 characters.'

const components: ZodOpenApiComponentsObject = {
  parameters: {
    Bookmark: header(
      'X-D1-Bookmark',
      'The X-D1-Bookmark of an earlier answer: what is read is at least as new as that, and may come from a replica.',
    ),
    IdempotencyKey: header('Idempotency-Key', `${KEY} ${ANONYMOUS_KEY}`),
    IdempotencyKeyRequired: header('Idempotency-Key', KEY, true),
    IfMatch: header('If-Match', 'The ETag of the version that is to be changed; another version is a 412.'),
    IfNoneMatch: header('If-None-Match', 'The ETag of what is already there; if it is current, the answer is a 304.'),
  },
  headers: {
    Age: { description: 'Beside X-Cache: seconds since it was read', schema: { type: 'string' } },
    'Cache-Control': { description: 'How long a shared cache may keep it', schema: { type: 'string' } },
    ETag: { description: 'The version of what is answered, a strong validator', schema: { type: 'string' } },
    'Idempotent-Replayed': {
      description: '`true` where the effect was that of an earlier request with this key; absent otherwise',
      schema: { type: 'string', enum: ['true'] },
    },
    Location: {
      description: 'The path of what was created, or of what has another handle by now',
      schema: { type: 'string' },
    },
    RateLimit: { description: 'What is left of the policy', schema: { type: 'string' } },
    'RateLimit-Policy': { description: 'The quota and its window in seconds', schema: { type: 'string' } },
    'Retry-After': { description: 'Seconds to wait', schema: { type: 'string' } },
    'X-Cache': {
      description: '`stale` where the database does not answer and this is what was seen last; absent otherwise',
      schema: { type: 'string', enum: ['stale'] },
    },
    'WWW-Authenticate': { description: 'How to authenticate', schema: { type: 'string' } },
  },
  securitySchemes: {
    session: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A shopper’s access token: `session.access_token` of the cart that was started without one.',
    },
    orderAccess: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'An access token of one order, as looking it up or staff issue it. It shows that order and opens nothing else.',
    },
    staffKey: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'sk_...',
      description: 'A staff key with the scope the operation names. Keys are made by a script, never by an endpoint.',
    },
    webhookSignature: {
      type: 'apiKey',
      in: 'header',
      name: 'webhook-signature',
      description:
        'The provider’s signature over the raw body. The test provider sends Standard Webhooks headers (`webhook-id`, `webhook-timestamp`, `webhook-signature`); others send the header of their own scheme.',
    },
  },
}

/** The OpenAPI 3.1 document of everything the Worker answers, made from the route declarations alone. */
export function createOpenApi() {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: manifest.name,
        version: manifest.version,
        description: DESCRIPTION,
        license: { name: manifest.license, identifier: manifest.license },
      },
      servers: [{ url: '/', description: 'The Worker that serves this document' }],
      tags: listTags(routes),
      paths: toPaths(),
      components,
    },
    {
      override({ jsonSchema, zodSchema, io }) {
        // Answers grow by fields: a client that refuses unknown ones would break then. Requests stay strict.
        const def = zodSchema._zod.def
        if (io === 'output' && def.type === 'object' && !('catchall' in def && def.catchall)) {
          delete jsonSchema.additionalProperties
        }
        // The bounds that every integer has say nothing of this one.
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      },
    },
  )
  return { ...document, components: sortKeys(document.components ?? {}) }
}

/** Hono's `/v1/carts/:cart` as `/v1/carts/{cart}`. */
export function toTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

function toPaths(): ZodOpenApiPathsObject {
  const byPath = Map.groupBy([...routes].sort(byPathAndMethod), ({ path }) => path)
  const isItem = (path: string) => routes.some((route) => route.method === 'get' && isItemOf(path, route.path))
  return Object.fromEntries(
    [...byPath].map(([path, here]) => [
      toTemplate(path),
      Object.fromEntries(here.map((route) => [route.method, toOperation(route, isItem(path))])),
    ]),
  )
}

function isItemOf(list: string, path: string): boolean {
  return path.startsWith(`${list}/:`) && !path.slice(list.length + 2).includes('/')
}

function byPathAndMethod(left: Route, right: Route): number {
  const [a, b] = [`${left.path} ${left.method}`, `${right.path} ${right.method}`]
  return a < b ? -1 : a > b ? 1 : 0
}

/** Components by name, at both levels, so that a new route moves nothing else in the file. */
function sortKeys<Value extends object>(value: Value): Value {
  const sort = (object: object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
  return Object.fromEntries(Object.entries(sort(value)).map(([name, group]) => [name, sort(group as object)])) as Value
}
