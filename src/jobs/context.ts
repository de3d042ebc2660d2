import { createMint } from '../platform/crypto/mint.ts'
import { type Bindings, parseConfig } from '../platform/env.ts'
import { type Context, createContext, type Deps } from '../platform/http/context.ts'

/** The context of work that nobody has asked for: the cron's, the queue's, a script's. */
export function systemContext(
  name: string,
  bindings: Bindings,
  deps: Deps,
  waitUntil: (work: Promise<unknown>) => void,
): Context {
  const now = deps.clock()
  return createContext({
    bindings,
    config: parseConfig(bindings),
    deps,
    caller: { kind: 'system', name },
    gate: null,
    idempotency: null,
    consistency: 'first-primary',
    origin: bindings.PUBLIC_ORIGIN?.replace(/\/+$/, '') ?? 'http://127.0.0.1:8787',
    requestId: createMint(now, deps.random)('request'),
    now,
    waitUntil,
  })
}
