import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

function readFiles(folder: string, ending: string): string[] {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  const chosen = files.filter((file) => file.endsWith(ending)).sort()
  return chosen.map((file) => read(path.join(folder, file)))
}

const readAll = (folder: string, ending: string) => readFiles(folder, ending).join('\n')

function namesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort()
}

/** The section of a page under the heading that starts with `title`. */
function section(page: string, title: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
}

const page = read('docs/storage.md')
const source = readAll('src', '.ts')
const wrangler = read('wrangler.toml')

describe('docs/storage.md', () => {
  it('has every table of the migrations, with its owner, and no other', () => {
    const sql = readAll('migrations', '.sql')
    // In the order of the migrations: a table that is rebuilt is dropped and stands again.
    const standing = new Set<string>()
    for (const [, verb, name = '', renamed] of sql.matchAll(
      /^(CREATE|DROP|ALTER) (?:VIRTUAL )?TABLE (?:IF (?:NOT )?EXISTS )?(\w+)(?: RENAME TO (\w+))?/gim,
    )) {
      if (verb === 'DROP' || renamed !== undefined) standing.delete(name)
      if (verb === 'CREATE') standing.add(name)
      if (renamed !== undefined) standing.add(renamed)
    }
    const tables = [...standing].sort()
    expect(tables.length).toBeGreaterThan(30)
    expect(namesIn(section(page, 'D1'), /^\| `(\w+)` \| [\w-]+ \|/gm)).toEqual(tables)
  })

  it('names as owner the schema file that the table is in', () => {
    const owners = [...section(page, 'D1').matchAll(/^\| `(\w+)` \| ([\w-]+) \|/gm)]
    for (const [, table, owner] of owners) {
      const schema = readAll('src/platform/db/schema', `${owner}.ts`)
      // A derived table (an index of another) has no schema of its own.
      if (source.includes(`sqliteTable('${table}'`)) expect(schema, `${table}`).toContain(`'${table}'`)
    }
  })

  it('has every family of the cache and no other', () => {
    const families = namesIn(source, /name: '(\w+)',\s*(?:memoryMs|\.\.\.USUAL_TIMES)/g)
    expect(families.length).toBeGreaterThan(0)
    expect(namesIn(section(page, 'KV'), /^\| `(\w+)` \| .* \| `\w+\/\w+\.ts` \|$/gm)).toEqual(families)
  })

  it('has the times that the families and the cache are declared with', () => {
    const digits = (text: string) => text.replaceAll(/[_,]/g, '')
    for (const name of ['memoryMs', 'softMs', 'freshMs']) {
      const declared = namesIn(source, new RegExp(`\\b${name}: ([\\d_]+)`, 'g')).map(digits)
      expect(namesIn(page, new RegExp(`^\\| \`${name}\` \\| ([\\d,]+) \\|`, 'gm')).map(digits), name).toEqual(declared)
    }
    expect(source).toContain('KV_KEEP_SECONDS = 7 * 24 * 3600')
    expect(page).toContain('KV `expirationTtl` | 7 days')
  })

  it('has every topic of the outbox', () => {
    const queue = section(page, 'Queue')
    for (const topic of namesIn(source, /\btopic: '([\w.]+)'/g)) expect(queue).toContain(`\`${topic}\``)
    // What staff change is announced under the name of its action, by whatever leads to that commit.
    const announcing = readFiles('src/features', '.ts').filter((text) => /\bcommit(?:StaffChange|Prices)\(/.test(text))
    const actions = namesIn(announcing.join('\n'), /\baction: '([\w.]+)'/g)
    expect(actions).toEqual(expect.arrayContaining(['market.created', 'price_list.prices_reduced', 'category.deleted']))
    for (const action of actions) expect(queue).toContain(`\`${action}\``)
    for (const prefix of namesIn(source, /\btopic: `([\w.]+)\$\{/g)) expect(queue).toContain(`\`${prefix}`)
  })

  it('has every binding, queue and cron of wrangler.toml', () => {
    const bindings = namesIn(wrangler, /^(?:binding|name) = "([A-Z][A-Z_]+)"/gm)
    expect(bindings).toContain('CACHE')
    for (const binding of bindings) expect(page).toContain(`\`${binding}\``)
    for (const queue of namesIn(wrangler, /^(?:queue|dead_letter_queue) = "([\w-]+)"/gm))
      expect(page).toContain(`\`${queue}\``)
    for (const cron of namesIn(wrangler, /^crons = \["([^"]+)"\]/gm)) expect(page).toContain(`## Cron: \`${cron}\``)
  })
})
