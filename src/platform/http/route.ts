import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { Scope } from '../../domain/session.ts'
import type { Config } from '../env.ts'
import type { BodyType } from './body.ts'
import type { Caching } from './cache-control.ts'
import type { Caller, Context } from './context.ts'
import type { ProblemCode } from './problem.ts'
import type { LimitName } from './rate-limit.ts'
import type { Shape } from './schema.ts'

/**
 * Who may call a route. It has no default: forgetting it does not compile.
 * - `public`: anybody, the same answer for everybody, credentials are not looked at.
 * - `optional-session`: anybody; a token, if sent, must be valid.
 * - `session`: a shopper's token. Whether the thing asked for is theirs is the query's business: strangers get 404.
 * - `order`: a shopper's token, or an access token of one order, which is good for the order in the path and nothing else.
 * - `provider`: a payment provider, proved by the signature over the raw body.
 * - `dev`: anybody, but only where STAGE is dev; elsewhere the route is not there.
 * - `{ staff: scope }`: a staff key with the scope.
 */
export type Access = 'public' | 'optional-session' | 'session' | 'order' | 'provider' | 'dev' | { staff: Scope }

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

export interface Reply<Body = unknown> {
  /** 3xx with `headers.Location` is a redirect: it is sent without a body. */
  status?: number
  body: Body
  /** Carried as a strong ETag, for `If-Match`. */
  version?: number
  headers?: Record<string, string>
  /** What `purge` can find this answer by in the cache in front: `product:<id>`. Every catalog answer has `catalog`. */
  tags?: readonly string[]
}

export interface RouteInput<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  /** The version `If-Match` asks for; null means any. */
  ifMatch: number | null
  request: Request
  /** The bytes as they came, for signatures. */
  raw: Uint8Array
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Renders the resource of an earlier request again. It must not repeat the effect. */
export type Replay<Input> = (context: Context, resourceId: string, input: Input) => Promise<Reply | Response>

interface Common<Params, Query, Body> {
  /** operationId in openapi.json; the key of the access matrix and the budget table. */
  id: string
  /** Hono's syntax: `/v1/carts/:cart`. */
  path: string
  summary: string
  access: Access
  /** The platform limiter it counts against; null only where a limit would lose something. */
  limit: LimitName | null
  /** Counted by address even where a session is proved: where guessing is what is limited, and sessions cost nothing. */
  countedBy?: 'address'
  /** `catalog` and `feed` opt in to public caching, `static` to more of it; everything else is `private, no-store`. */
  cache?: Caching
  params?: Shape<Params & z.ZodType>
  query?: Shape<Query & z.ZodType>
  body?: Shape<Body & z.ZodType>
  bodyType?: BodyType
  maxBytes?: number
  /** What is sent is parsed by it: fields the contract does not name never leave. Null for no body or another type. */
  returns: Shape | null
  /** What it answers where that is not JSON: the body is a text then, and sent as it is. */
  mediaType?: 'application/xml'
  /** Whether the body is sent while it is made: it has no ETag then. */
  streams?: boolean
  /** Whether its ETag is a version for `If-Match` although the body names none: that of what the body belongs to. */
  versioned?: boolean
  /** Possible statuses of success, the usual one first. */
  statuses?: readonly number[]
  /** Problems beyond those every route can answer. */
  problems: readonly ProblemCode[]
}

/** Every POST says how a retried one is answered: by rendering its resource again, by itself, or (credentials) never. */
type Repetition<Input> =
  | { method: 'get' | 'put' | 'patch' | 'delete' }
  | { method: 'post'; replay: Replay<Input>; keyRequired?: boolean }
  | { method: 'post'; replay: 'none' }

export interface Route extends Common<z.ZodType, z.ZodType, z.ZodType> {
  method: Method
  replay: Replay<RouteInput> | 'none' | null
  keyRequired: boolean
  handle: (context: Context, input: RouteInput) => Promise<Reply | Response>
}

/** Declares a route: policy first, then what it does. The floor does the rest, the same for every route. */
export function route<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  declaration: Common<Params, Query, Body> & Repetition<RouteInput<Output<Params>, Output<Query>, Output<Body>>>,
  handle: (
    context: Context,
    input: RouteInput<Output<Params>, Output<Query>, Output<Body>>,
  ) => Promise<Reply | Response>,
): Route {
  return { replay: null, keyRequired: false, ...declaration, handle } as unknown as Route
}

/** Proves who asks, or refuses. Injected by app.ts, so that no feature imports another for it. */
export type Authenticate = (request: {
  authorization: string | undefined
  access: Access
  config: Config
  now: Date
}) => Promise<{ caller: Caller; gate: SQL | null }>
