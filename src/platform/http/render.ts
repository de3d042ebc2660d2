import { setCacheHeaders } from './cache-control.ts'
import type { Context } from './context.ts'
import { bodyTag, versionTag } from './etag.ts'
import { type Page, pageResponse } from './hot-answer.ts'
import type { Reply, Route } from './route.ts'
import { strip } from './strip.ts'

/** A reply as it is sent. `page` is there when it may be sent again as it is. */
export interface Rendered {
  response: Response
  page: Page | null
}

export async function render(route: Route, context: Context, reply: Reply, request: Request): Promise<Rendered> {
  const status = reply.status ?? route.statuses?.[0] ?? 200
  const headers = new Headers(reply.headers)
  if (reply.version !== undefined) headers.set('ETag', versionTag(reply.version))
  const redirects = status >= 300 && status < 400
  if ((!route.returns && !route.mediaType) || redirects) {
    if (route.cache) setCacheHeaders(headers, route.cache, context, reply.tags)
    return { response: new Response(null, { status, headers }), page: null }
  }
  const body = route.returns ? toJson(route, context, reply.body) : String(reply.body)
  headers.set('Content-Type', `${route.mediaType ?? 'application/json'}; charset=utf-8`)
  if (!route.cache) return { response: new Response(body, { status, headers }), page: null }
  const page = { body, tag: await bodyTag(body) }
  headers.set('ETag', page.tag)
  // What a handler says of caching itself may be meant for this one request.
  const usual = !headers.has('Cache-Control')
  setCacheHeaders(headers, route.cache, context, reply.tags)
  const again = usual && route.cache === 'catalog' && route.method === 'get' && status === 200 && !context.cache.stale
  return { response: pageResponse(page, headers, request), page: again ? page : null }
}

/**
 * A body with nothing in it that the contract does not name. In development it is checked as well: an answer that breaks
 * its contract is a fault.
 */
function toJson({ id, returns }: Route, { config }: Context, body: unknown): string {
  if (!returns) return ''
  const json = JSON.stringify(strip(returns(), body))
  if (config.stage === 'dev' && json !== JSON.stringify(returns().parse(body))) {
    throw new Error(`the answer of ${id} is not what its contract makes of it`)
  }
  return json
}

/** A Response that a handler has made itself: on a cached route it is as public as the others, unless it says not. */
export function dress(route: Route, context: Context, response: Response): Response {
  if (!route.cache || response.status >= 400) return response
  const headers = new Headers(response.headers)
  const tags = headers.get('Cache-Tag')?.split(',') ?? []
  setCacheHeaders(
    headers,
    route.cache,
    context,
    tags.map((tag) => tag.trim()),
  )
  return new Response(response.body, { status: response.status, headers })
}
