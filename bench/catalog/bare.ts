/** An answer as it was read from the shop. */
export interface Recorded {
  path: string
  body: string
  headers: Record<string, string>
}

// What the server adds to every answer by itself.
const HOP = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'server-timing', 'x-request-id'])

/** Reads an answer, to be given again byte by byte. */
export async function record(base: URL, path: string): Promise<Recorded> {
  const response = await fetch(new URL(path, base), { headers: { 'Accept-Encoding': 'identity' } })
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const headers = [...response.headers].filter(([name]) => !HOP.has(name))
  return { path, body: await response.text(), headers: Object.fromEntries(headers) }
}

/**
 * The source of the least that Hono can do for the same answers: it finds the route, takes the parameter, and sends bytes
 * and headers that it holds ready. It looks nothing up, checks nothing and knows no other product.
 */
export function bareWorker(product: Recorded, list: Recorded): string {
  const answer = ({ body, headers }: Recorded) => JSON.stringify({ body, headers })
  return `import { Hono } from 'hono'
const product = ${answer(product)}
const list = ${answer(list)}
const app = new Hono()
app.get('/v1/products', () => new Response(list.body, { headers: list.headers }))
app.get('/v1/products/:product', (c) => {
  if (c.req.param('product') !== ${JSON.stringify(product.path.split('/').pop())}) return c.notFound()
  return new Response(product.body, { headers: product.headers })
})
export default app
`
}
