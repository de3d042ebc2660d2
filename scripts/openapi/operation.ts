import * as z from 'zod'
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameterObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { MEDIA_TYPES } from '../../src/platform/http/body.ts'
import { PROBLEMS, type ProblemCode } from '../../src/platform/http/problem.ts'
import { RATE_LIMITS } from '../../src/platform/http/rate-limit.ts'
import type { Access, Route } from '../../src/platform/http/route.ts'
import { ProblemShape, problemsOf, takesKey } from './problems.ts'
import { tagOf } from './tags.ts'

const DEFAULT_MAX_BYTES = 64 * 1024
const MEANING: Record<number, string> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted, not decided yet',
  204: 'Done',
  301: 'It has another handle by now: Location is its address',
}

/** @param hasItem whether what it creates can be read at its path plus an id, which its Location then names. */
export function toOperation(route: Route, hasItem: boolean): ZodOpenApiOperationObject {
  const parameters = [...parametersOf(route), ...patternOf(route)]
  const body = bodyOf(route)
  return {
    operationId: route.id,
    summary: route.summary,
    description: describe(route),
    tags: [tagOf(route)],
    security: securityOf(route.access),
    requestParams: {
      ...(route.params ? { path: route.params() as z.ZodObject } : {}),
      ...(route.query ? { query: route.query() as z.ZodObject } : {}),
    },
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(route, hasItem),
  }
}

/** Parameters that are named by a pattern, as one: an object is sent member by member, each as a parameter of its own. */
function patternOf({ query }: Route): ZodOpenApiParameterObject[] {
  const others = (query?.() as z.ZodObject | undefined)?._zod.def.catchall as z.ZodType | undefined
  const { title, pattern, description } = others?.meta() ?? {}
  if (!pattern) return []
  return [
    {
      name: title ?? 'others',
      in: 'query',
      description: description ?? '',
      style: 'form',
      explode: true,
      schema: {
        type: 'object',
        propertyNames: { pattern: String(pattern) },
        additionalProperties: { type: 'array', items: { type: 'string' } },
      },
    },
  ]
}

function parametersOf(route: Route): { $ref: string }[] {
  const names = [
    ...(takesKey(route) ? [route.keyRequired ? 'IdempotencyKeyRequired' : 'IdempotencyKey'] : []),
    ...(route.problems.includes('version_mismatch') ? ['IfMatch'] : []),
    ...(route.cache && !route.streams ? ['IfNoneMatch'] : []),
    ...(route.method === 'get' && route.access !== 'public' ? ['Bookmark'] : []),
  ]
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

function bodyOf({ body, bodyType = 'json' }: Route): ZodOpenApiOperationObject['requestBody'] {
  if (bodyType === 'raw') {
    const schema = { description: 'The bytes as the provider signed them; they are parsed only once verified' }
    return { required: true, content: { '*/*': { schema } } }
  }
  if (!body) return undefined
  const schema = body()
  if (bodyType === 'file') {
    const content = Object.fromEntries(MEDIA_TYPES.file.map((type) => [type, { schema }]))
    return { required: !schema.safeParse('').success, content }
  }
  // No body at all is an empty object to the route floor.
  return { required: !schema.safeParse({}).success, content: { 'application/json': { schema } } }
}

function responsesOf(route: Route, hasItem: boolean): ZodOpenApiResponsesObject {
  const { statuses = [200], cache } = route
  const responses: ZodOpenApiResponsesObject = {}
  const tagged = !route.streams && (cache || isVersioned(route))
  for (const status of statuses) {
    const redirects = status >= 300
    const names = [
      ...(tagged && !redirects ? ['ETag'] : []),
      ...(cache ? ['Cache-Control'] : []),
      ...(cache && cache !== 'static' && !redirects ? ['Age', 'X-Cache'] : []),
      ...(redirects || (status === 201 && hasItem) ? ['Location'] : []),
      ...(takesKey(route) ? ['Idempotent-Replayed'] : []),
    ]
    responses[`${status as 200}`] = {
      description: MEANING[status] ?? 'Done',
      ...(names.length > 0 ? { headers: toHeaders(names) } : {}),
      ...(redirects ? {} : contentOf(route)),
    }
  }
  if (cache && tagged)
    responses['304'] = { description: 'What If-None-Match names is still current', headers: toHeaders(['ETag']) }
  for (const [status, codes] of problemsOf(route)) responses[`${status as 400}`] = toProblem(status, codes)
  return responses
}

function contentOf({ returns, mediaType }: Route): Pick<ZodOpenApiResponseObject, 'content'> {
  if (returns) return { content: { 'application/json': { schema: returns() } } }
  return mediaType ? { content: { [mediaType]: { schema: { type: 'string' } } } } : {}
}

/** Whether its ETag is a version: most resources carry one. */
function isVersioned({ returns, versioned = false }: Route): boolean {
  const schema = returns?.()
  return versioned || (schema instanceof z.ZodObject && 'version' in schema.shape)
}

function toHeaders(names: readonly string[]): ZodOpenApiResponseObject['headers'] {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

const PROBLEM_HEADERS: Record<number, string[]> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
}

const problems = new Map<string, ZodOpenApiResponseObject>()

/** One response a set of codes, shared by every operation that answers just these: a component named after them. */
function toProblem(status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject {
  const id = codes.join('.')
  const known = problems.get(id)
  if (known) return known
  const carried = PROBLEM_HEADERS[status]
  const schema = z.intersection(ProblemShape(), z.object({ code: z.enum([...codes]) }))
  const response: ZodOpenApiResponseObject = {
    id,
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    ...(carried ? { headers: toHeaders(carried) } : {}),
    content: { 'application/problem+json': { schema } },
  }
  problems.set(id, response)
  return response
}

function describe(route: Route): string {
  const { access, bodyType = 'json', body, limit, maxBytes = DEFAULT_MAX_BYTES } = route
  const sentences = [WHO[typeof access === 'object' ? 'staff' : access]]
  if (typeof access === 'object') sentences.push(`Scope: \`${access.staff}\`.`)
  if (body || bodyType !== 'json') sentences.push(`The body has at most ${maxBytes / 1024} KiB.`)
  if (route.keyRequired) sentences.push('Needs an Idempotency-Key.')
  if (limit)
    sentences.push(
      `At most ${RATE_LIMITS[limit].quota} requests in ${RATE_LIMITS[limit].seconds} seconds${route.countedBy ? ' from one address' : ''}.`,
    )
  return sentences.join(' ')
}

const WHO = {
  public: 'For anybody; the answer is the same for everybody.',
  'optional-session': 'For anybody; a token, if one is sent, must be valid.',
  session: 'For the shopper whose token it is; what belongs to somebody else is not found.',
  order:
    'For the shopper whose token it is, or with an access token of this very order; what belongs to somebody else is not found.',
  provider: 'For a payment provider, proved by its signature over the raw body.',
  dev: 'For anybody, but only where STAGE is dev; elsewhere it is not there.',
  staff: 'For staff.',
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (typeof access === 'object') return [{ staffKey: [access.staff] }]
  if (access === 'session') return [{ session: [] }]
  if (access === 'order') return [{ session: [] }, { orderAccess: [] }]
  if (access === 'optional-session') return [{}, { session: [] }]
  if (access === 'provider') return [{ webhookSignature: [] }]
  return []
}
