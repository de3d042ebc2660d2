import { createRequire } from 'node:module'
import path from 'node:path'
import { ROOT } from './wrangler.ts'

/** The miniflare that wrangler itself runs, wherever npm has put it. */
export const { Miniflare, convertV4MiniflareOptions } = createRequire(
  path.join(ROOT, 'node_modules/wrangler/package.json'),
)('miniflare') as typeof import('miniflare')
