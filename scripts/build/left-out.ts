import { readFile } from 'node:fs/promises'
import type { Plugin } from 'rolldown'
import { parseSync } from 'rolldown/utils'

/** Modules of packages that nothing in the Worker calls, although what it does call names them. */
const LEFT_OUT = [
  // Notifications that name an object without showing it: the shop takes events that show it.
  'stripe/esm/StripeEventNotificationHandler.js',
  // Schemas become JSON schemas where openapi.json is made, and there only.
  'zod/v4/core/json-schema-processors.js',
  'zod/v4/core/to-json-schema.js',
]

/** Leaves these modules out: whoever calls one of their functions all the same is told so. */
export function leftOut(): Plugin {
  return {
    name: 'left-out',
    async load(id) {
      const module = LEFT_OUT.find((file) => id.endsWith(`/node_modules/${file}`))
      if (!module) return null
      const { staticExports } = parseSync(id, await readFile(id, 'utf8')).module
      const names = staticExports.flatMap(({ entries }) => entries.map(({ exportName }) => exportName.name))
      return `function leftOut() { throw new Error('${module} is left out of the Worker: see scripts/build/left-out.ts') }
        export { ${names.map((name) => `leftOut as ${name}`).join(', ')} }`
    },
  }
}
