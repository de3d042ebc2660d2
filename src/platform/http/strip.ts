import type * as z from 'zod'

/** Gives a value without what its contract does not name. */
type Strip = (value: unknown) => unknown

const known = new WeakMap<z.ZodType, Strip | null>()

/**
 * `value` as its contract has it: members that the contract does not name are left out, and nothing is checked. It does
 * for our own answers what `parse` does, with less work; development does both and compares (`render`).
 */
export function strip(schema: z.ZodType, value: unknown): unknown {
  const own = stripOf(schema)
  return own ? own(value) : value
}

/** Null where there is nothing to leave out. */
function stripOf(schema: z.ZodType): Strip | null {
  const seen = known.get(schema)
  if (seen !== undefined) return seen
  // A shape that holds itself finds this in its place, and looks its own strip up when it runs.
  known.set(schema, (value) => strip(schema, value))
  const own = build(schema)
  known.set(schema, own)
  return own
}

// The part of zod's own description that is needed here: every schema has it at `_zod.def`.
interface Def {
  type: string
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  innerType?: z.ZodType
  valueType?: z.ZodType
}

const PLAIN = new Set(['string', 'number', 'int', 'boolean', 'literal', 'enum', 'null', 'unknown', 'any'])

function build(schema: z.ZodType): Strip | null {
  const def = schema._zod.def as unknown as Def
  if (PLAIN.has(def.type)) return null
  if (def.type === 'nullable' || def.type === 'optional') {
    const inner = def.innerType ? stripOf(def.innerType) : null
    return inner && ((value) => (value === null || value === undefined ? value : inner(value)))
  }
  if (def.type === 'array' && def.element) {
    const each = stripOf(def.element)
    return each && ((value) => (value as unknown[]).map(each))
  }
  if (def.type === 'record' && def.valueType && stripOf(def.valueType) === null) return null
  if (def.type === 'object' && def.shape && !def.catchall) return stripObject(def.shape)
  // Unions and whatever else must be looked at to be understood.
  return (value) => schema.parse(value)
}

function stripObject(shape: Record<string, z.ZodType>): Strip {
  const members = Object.entries(shape).map(([name, schema]) => [name, stripOf(schema)] as const)
  return (value) => {
    const whole = value as Record<string, unknown>
    const named: Record<string, unknown> = {}
    for (const [name, own] of members) {
      const member = whole[name]
      if (member !== undefined) named[name] = own ? own(member) : member
    }
    return named
  }
}
