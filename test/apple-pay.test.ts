import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'

it('the file of Apple Pay is served from public/, though the Worker answers all else under /.well-known/', async () => {
  const toml = await readFile(path.join(import.meta.dirname, '..', 'wrangler.toml'), 'utf8')
  const rules = JSON.parse(/^run_worker_first = (\[.*\])$/m.exec(toml)?.[1] ?? '[]')
  expect(rules).toContain('/.well-known/*')
  expect(rules).toContain('!/.well-known/apple-developer-merchantid-domain-association')
})
