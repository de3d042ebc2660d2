// npm run reset [-- --persist-to <folder>]: forgets local data; the next `npm run dev` starts over.

import { rm } from 'node:fs/promises'
import path from 'node:path'
import { isPortInUse, readLocalOptions } from './local/options.ts'

const options = readLocalOptions(process.argv.slice(2))
if (await isPortInUse(options)) {
  console.error(`Something serves on port ${options.port}: end it first, it would go on with files that are gone.`)
  process.exit(1)
}
// Only what wrangler has put there: --persist-to may name a folder that holds more.
const state = path.join(options.stateDir, 'v3')
await rm(state, { recursive: true, force: true })
console.log(`Removed ${path.relative(process.cwd(), state)}: products, carts, orders, caches, queues.`)
console.log('Kept .dev.vars: the staff key in it will be good for the next database too.')
