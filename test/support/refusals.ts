import { expect } from 'vitest'
import { PROBLEMS, type ProblemCode } from '../../src/platform/http/problem.ts'
import type { Answer } from './api.ts'
import { testEnv } from './env.ts'

/** A refusal as every client was promised it: never a fault, a code of the catalogue, and pointers where it is 422. */
export function expectRefusal(answer: Answer, status: number | readonly number[], what: string): void {
  const { body, headers } = answer
  const statuses = [status].flat()
  expect(statuses, `${what}: answered ${answer.status} ${JSON.stringify(body).slice(0, 300)}`).toContain(answer.status)
  expect(headers.get('Content-Type'), what).toBe('application/problem+json')
  expect(headers.get('Cache-Control'), what).toBe('private, no-store')
  const known = PROBLEMS[body.code as ProblemCode]
  expect(known, `${what}: ${body.code} is not in the catalogue`).toBeDefined()
  expect(body, what).toMatchObject({
    type: `/docs/problems#${body.code}`,
    title: known.title,
    status: answer.status,
    detail: expect.any(String),
    request_id: expect.stringMatching(/^req_/),
  })
  if (body.code !== 'invalid_request') return
  if (body.errors === undefined) expect(body.detail, `${what}: neither pointers nor a reason`).not.toBe(known.detail)
  for (const error of body.errors ?? []) {
    expect(error, what).toEqual({ pointer: expect.stringMatching(/^\//), detail: expect.stringMatching(/./) })
  }
}

export function pointersOf({ body }: Answer): string[] {
  return (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)
}

/** How many rows every table has: what a refused request leaves alone. */
export async function countRows(): Promise<Record<string, number>> {
  const { DB } = testEnv()
  const listed = await DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT GLOB '_cf*'",
  ).all<{ name: string }>()
  const names = listed.results.map(({ name }) => name)
  const counts = await DB.batch<{ n: number }>(names.map((name) => DB.prepare(`SELECT count(*) AS n FROM "${name}"`)))
  return Object.fromEntries(names.map((name, index) => [name, counts[index]?.results[0]?.n ?? 0]))
}
