import { GENERATED_NOW } from '../catalog/generated.ts'

/**
 * The source of the shop's Worker as it is when it has just started and nobody has asked anything: every request finds
 * nothing in memory and nothing in KV. Nothing is limited: the load comes from one address.
 */
export const FORGETFUL_SHOP = `import { createApp, defaultDeps } from '../../src/app.ts'
import { Memory } from '../../src/platform/cache/memory.ts'
const deps = defaultDeps({ clock: () => new Date(${GENERATED_NOW}) })
const app = createApp(deps)
const CACHE = { get: async (keys) => new Map(keys.map((key) => [key, null])), put: async () => {} }
export default {
  fetch(request, bindings, execution) {
    deps.memory = new Memory()
    return app.fetch(request, { ...bindings, CACHE, RL_BROWSE: undefined }, execution)
  },
}
`

/** The same with memory and KV of its own, which it keeps. */
export const REMEMBERING_SHOP = `import { createApp, defaultDeps } from '../../src/app.ts'
const app = createApp(defaultDeps({ clock: () => new Date(${GENERATED_NOW}) }))
export default {
  fetch: (request, bindings, execution) => app.fetch(request, { ...bindings, RL_BROWSE: undefined }, execution),
}
`
