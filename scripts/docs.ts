import { copyFile, stat } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..')
const SOURCE = path.join(ROOT, 'node_modules/@scalar/api-reference/dist/browser/standalone.js')
const TARGET = path.join(ROOT, 'public/docs/scalar.js')

/**
 * Puts the program of the API reference beside its page. It comes from the installed package rather than from the
 * repository, because it is 4 MB, and never from a CDN: the page loads nothing from elsewhere.
 */
export async function copyReference(): Promise<void> {
  const [source, target] = await Promise.all([stat(SOURCE), stat(TARGET).catch(() => null)])
  // A second copy would make a running `wrangler dev` reload for nothing.
  if (target && target.size === source.size && target.mtimeMs >= source.mtimeMs) return
  await copyFile(SOURCE, TARGET)
}

if (process.argv[1] === import.meta.filename) await copyReference()
