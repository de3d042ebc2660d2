import * as z from 'zod'
import { ID_PREFIX, type IdKind, idPattern } from '../../domain/id.ts'
import { escapePointer } from '../../domain/pointer.ts'
import { Problem, type ProblemError } from './problem.ts'

/**
 * A contract shape that is built on first use: hundreds of zod schemas at module load would cost every cold isolate
 * more CPU than the request it was started for.
 */
export type Shape<Schema extends z.ZodType = z.ZodType> = () => Schema

export function shape<Schema extends z.ZodType>(build: () => Schema): Shape<Schema> {
  let built: Schema | undefined
  return () => {
    built ??= build()
    return built
  }
}

/** An id of `kind`, by its shape only. */
export function idSchema(kind: IdKind) {
  return z.string().regex(idPattern(kind), `must be an id like ${ID_PREFIX[kind]}_01h...`)
}

/**
 * Checks `input` against a contract shape.
 * @param prefix where it stood: '' for the body, '/query' or '/path'.
 * @throws {Problem} invalid_request with a pointer for everything that is wrong.
 */
export function check<Schema extends z.ZodType>(schema: Schema, input: unknown, prefix: string): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new Problem('invalid_request', { errors: result.error.issues.flatMap((issue) => describe(issue, prefix)) })
}

function describe(issue: z.core.$ZodIssue, prefix: string): ProblemError[] {
  const pointer = prefix + toPointer(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointer + toPointer([key]), detail: 'is not part of the contract' }))
  }
  return [{ pointer: pointer === '' ? '/' : pointer, detail: issue.message }]
}

/** JSON pointer, RFC 6901. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escapePointer(String(part))}`).join('')
}
