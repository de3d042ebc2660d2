import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createOpenApi, toTemplate } from '../scripts/openapi/document.ts'
import { listOutdated } from '../scripts/openapi.ts'
import { routes } from '../src/app.ts'
import { toPointer } from '../src/platform/http/schema.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  parameters?: ({ $ref: string } | { in: string; name: string; required?: boolean })[]
  responses: Record<string, { $ref: string } | { content?: Record<string, Json>; headers?: Record<string, Json> }>
  security: Record<string, string[]>[]
}

const text = readFileSync(path.join(import.meta.dirname, '../public/openapi.json'), 'utf8')
const document = JSON.parse(text) as { [key: string]: Json } & {
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, Json>>
}
const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ template, method, operation })),
)

/** Every `$ref` of a document, with the place it stands at. */
function listRefs(value: Json, at: string[] = []): { ref: string; at: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string'
      ? [{ ref: inner, at: toPointer(at) }]
      : listRefs(inner as Json, [...at, key]),
  )
}

function resolve(ref: string): Json | undefined {
  if (!ref.startsWith('#/')) return undefined
  const steps = ref.slice(2).split('/')
  return steps.reduce<Json | undefined>((value, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof value === 'object' && value !== null ? (value as Record<string, Json>)[key] : undefined
  }, document)
}

function follow<Value extends object>(value: { $ref: string } | Value): Value {
  return '$ref' in value ? (resolve(value.$ref) as Value) : value
}

describe('openapi.json', () => {
  it('is what the route declarations say today, and so are the catalogues of problems', async () => {
    expect(await listOutdated(), 'run `node scripts/openapi.ts`').toEqual([])
  })

  it('comes out the same every time', () => {
    expect(JSON.stringify(createOpenApi())).toBe(JSON.stringify(createOpenApi()))
  })

  it('names every route and nothing else', () => {
    const declared = routes.map((route) => `${route.method} ${toTemplate(route.path)} ${route.id}`)
    const documented = operations.map(({ method, template, operation }) => {
      return `${method} ${template} ${operation.operationId}`
    })
    expect(documented.sort()).toEqual(declared.sort())
  })

  it('gives every operation an id of its own, a summary and a tag of the list', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = new Set(document.tags.map(({ name }) => name))
    for (const { operation } of operations) {
      expect(operation.summary, operation.operationId).not.toBe('')
      expect(operation.tags.every((tag) => tags.has(tag))).toBe(true)
    }
  })

  it('says of every operation how it succeeds, and by which problems it refuses', () => {
    for (const { operation } of operations) {
      const statuses = Object.keys(operation.responses)
      expect(
        statuses.some((status) => status.startsWith('2')),
        operation.operationId,
      ).toBe(true)
      const refusals = Object.entries(operation.responses).filter(([status]) => status >= '4')
      expect(refusals.length, operation.operationId).toBeGreaterThan(0)
      for (const [, response] of refusals) {
        expect(Object.keys(follow(response).content ?? {})).toEqual(['application/problem+json'])
      }
    }
  })

  it('declares every parameter of its paths once, as required', () => {
    for (const { template, operation } of operations) {
      const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = (operation.parameters ?? []).map(follow)
      const declared = parameters.filter((parameter) => parameter.in === 'path')
      expect(declared.map(({ name }) => name).sort(), operation.operationId).toEqual(inPath.sort())
      expect(declared.every(({ required }) => required)).toBe(true)
      const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`)
      expect(new Set(names).size, operation.operationId).toBe(names.length)
    }
  })

  it('asks for a key where the route does', () => {
    for (const route of routes) {
      const parameters = document.paths[toTemplate(route.path)]?.[route.method]?.parameters ?? []
      const key = parameters.map(follow).find(({ name }) => name === 'Idempotency-Key')
      expect(key !== undefined, route.id).toBe(route.method === 'post' && route.replay !== 'none')
      expect(key?.required ?? false, route.id).toBe(route.keyRequired)
    }
  })

  it('says of a redirect where it leads, and offers an ETag where there is one', () => {
    for (const route of routes) {
      const responses = document.paths[toTemplate(route.path)]?.[route.method]?.responses ?? {}
      const tagged = Boolean(route.cache) && !route.streams
      if (route.cache) expect('ETag' in (follow(responses['200'] ?? {}).headers ?? {}), route.id).toBe(tagged)
      expect('304' in responses, route.id).toBe(tagged)
      expect('301' in responses, route.id).toBe(route.statuses?.includes(301) ?? false)
      if (!('301' in responses)) continue
      const { content, headers = {} } = follow(responses['301'] ?? {})
      expect(content, route.id).toBeUndefined()
      expect(Object.keys(headers), route.id).toEqual(['Cache-Control', 'Location'])
    }
  })

  it('refers to nothing that is not there, and keeps nothing that nobody refers to', () => {
    const refs = listRefs(document)
    for (const { ref, at } of refs) expect(resolve(ref), `${ref} at ${at}`).toBeDefined()
    const used = new Set(refs.map(({ ref }) => ref))
    const { securitySchemes = {}, ...rest } = document.components
    const orphans = Object.entries(rest).flatMap(([group, members]) =>
      Object.keys(members).filter((name) => !used.has(`#/components/${group}/${name}`)),
    )
    expect(orphans).toEqual([])
    for (const { operation } of operations) {
      for (const scheme of operation.security.flatMap(Object.keys)) expect(securitySchemes).toHaveProperty(scheme)
    }
  })

  it('is OpenAPI 3.1 in its outline', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    for (const template of Object.keys(document.paths)) expect(template).toMatch(/^(\/[\w.{}-]+)+$/)
    for (const group of Object.values(document.components)) {
      for (const name of Object.keys(group)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/)
    }
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/)
        expect(follow(response)).toMatchObject({ description: expect.any(String) })
      }
    }
    expect(text).not.toMatch(/"nullable":/)
  })
})
