import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHtml, toMarkdown } from '../scripts/openapi/catalogue.ts'
import { routes } from '../src/app.ts'
import { CONSTRAINT_PROBLEM } from '../src/platform/db/constraints.ts'
import { PROBLEMS } from '../src/platform/http/problem.ts'

const ROOT = path.join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const codes = Object.keys(PROBLEMS)

/** Where each code is answered in src, by the ways there are to do so. */
function listUses(): { code: string; file: string }[] {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = read(path.join('src', file))
      const thrown = [...source.matchAll(/(?:new Problem|problemResponse)\(\s*'(\w+)'/g)].map(([, code]) => code)
      const declared = [...source.matchAll(/problems: \[([^\]]*)\]/g)].flatMap(([, list]) =>
        [...(list ?? '').matchAll(/'(\w+)'/g)].map(([, code]) => code),
      )
      return [...thrown, ...declared].map((code) => ({ code: code ?? '', file }))
    })
}

describe('the catalogue of problems', () => {
  it('is current in docs/ and on the site', () => {
    expect(read('docs/problems.md'), 'run `node scripts/openapi.ts`').toBe(toMarkdown())
    expect(read('public/docs/problems.html'), 'run `node scripts/openapi.ts`').toBe(toHtml())
  })

  it('has a place for every code, where `type` points to', () => {
    for (const code of codes) {
      expect(toMarkdown()).toContain(`\n## ${code}\n`)
      expect(toHtml()).toContain(`id="${code}"`)
    }
  })

  it('knows every code that src answers', () => {
    const uses = listUses()
    expect(uses.length).toBeGreaterThan(codes.length)
    expect(uses.filter(({ code }) => !codes.includes(code))).toEqual([])
    expect(Object.values(CONSTRAINT_PROBLEM).filter((code) => !codes.includes(code))).toEqual([])
    expect(routes.flatMap((route) => route.problems).filter((code) => !codes.includes(code))).toEqual([])
  })

  it('tells what to do in every entry, in sentences', () => {
    for (const [code, { status, title, detail }] of Object.entries(PROBLEMS)) {
      expect(status, code).toBeGreaterThanOrEqual(400)
      expect(title, code).toMatch(/^[A-Z].*[^.]$/)
      expect(detail, code).toMatch(/^[A-Z].*\.+$/)
    }
  })
})
