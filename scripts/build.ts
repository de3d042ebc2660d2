// npm run build: src/worker.ts and all it needs as dist/worker.js. wrangler runs it before it deploys, and in development
// whenever something in src changes.

import path from 'node:path'
import { buildWorker } from './build/worker.ts'
import { ROOT } from './local/wrangler.ts'

try {
  await buildWorker(path.join(ROOT, 'dist'))
} catch (error) {
  // Where it was thrown says nothing: what it says is where the source is wrong.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
