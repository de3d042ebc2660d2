import { globSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'rolldown'

/**
 * What of src comes first, in the order of the floors. Then one kind of file of every feature: they are alike, and gzip
 * finds again only what it saw within 32 KiB.
 */
const FIRST = [
  'platform/**/*.ts',
  'domain/*.ts',
  'features/*/*queries.ts',
  'features/*/*contract.ts',
  'features/*/*inputs.ts',
  'features/*/*routes.ts',
  'features/*/*admin.ts',
]

/** Puts like files side by side. Modules here do nothing when they are loaded, so that their order means nothing. */
export function sideBySide(src: string): Plugin {
  const entry = path.join(src, 'worker.ts')
  return {
    name: 'side-by-side',
    resolveId: (id, importer) => (importer === undefined && id === entry ? '\0entry' : null),
    load(id) {
      if (id !== '\0entry') return null
      const first = FIRST.flatMap((pattern) => globSync(pattern, { cwd: src }).sort())
      const imports = first.map((file) => `import ${JSON.stringify(path.join(src, file))}`)
      return `${imports.join('\n')}\nexport { default } from ${JSON.stringify(entry)}`
    },
  }
}
