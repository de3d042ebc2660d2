import type * as z from 'zod'
import type { PaymentProvider } from '../../domain/provider.ts'
import type { Bindings } from '../../platform/env.ts'
import type { Context } from '../../platform/http/context.ts'

/** A provider that this Worker knows how to speak to, whether or not it is switched on. */
export interface Adapter {
  readonly name: string
  /** What is wrong with its settings, naming each variable and never a value; empty when it is well or off. */
  faults(bindings: Bindings): readonly string[]
  /** For one request; null when it is off, or its settings are wrong. */
  create(context: Context): PaymentProvider | null
}

interface Reading<Settings> {
  settings: Settings | null
  faults: readonly string[]
}

/**
 * Declares a provider: what variables and secrets it needs, and how it is made of them. It is switched on by the first of its
 * variables that is set; then all that are not optional must be there and well-formed, or it stays off and says so.
 * @param shape of the variables, made once an isolate. Its messages never repeat a value.
 */
export function adapter<Settings extends z.ZodObject>(
  name: string,
  shape: () => Settings,
  create: (context: Context, settings: z.output<Settings>) => PaymentProvider | null,
  check: (settings: z.output<Settings>) => readonly string[] = () => [],
): Adapter {
  const known = new WeakMap<Bindings, Reading<z.output<Settings>>>()
  const told = new WeakSet<Bindings>()
  const read = (bindings: Bindings) => {
    const seen = known.get(bindings)
    if (seen) return seen
    const reading = readSettings(shape(), bindings, check)
    known.set(bindings, reading)
    return reading
  }
  return {
    name,
    faults: (bindings) => read(bindings).faults,
    create(context) {
      const { bindings } = context
      const { settings, faults } = read(bindings)
      if (faults.length > 0 && !told.has(bindings)) {
        // Once an isolate: every shopper would write the same line.
        told.add(bindings)
        context.log.error('provider_misconfigured', new Error(faults.join('; ')), { provider: name })
      }
      return settings && create(context, settings)
    },
  }
}

function readSettings<Settings extends z.ZodObject>(
  schema: Settings,
  bindings: Bindings,
  check: (settings: z.output<Settings>) => readonly string[],
): Reading<z.output<Settings>> {
  const all: Readonly<Record<string, unknown>> = { ...bindings }
  // An empty variable is how some tools write one that is not set.
  const set = Object.keys(schema.shape).filter((name) => all[name] !== undefined && all[name] !== '')
  if (set.length === 0) return { settings: null, faults: [] }
  const parsed = schema.safeParse(Object.fromEntries(set.map((name) => [name, all[name]])))
  if (parsed.success) {
    const faults = check(parsed.data)
    return faults.length === 0 ? { settings: parsed.data, faults } : { settings: null, faults }
  }
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    return `${name}: ${set.includes(name) ? message : 'is missing'}`
  })
  return { settings: null, faults }
}

/** A setting that may be several of its kind, apart by spaces or commas: secrets during a rotation, the newest first. */
export function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '')
}
