import { env } from 'cloudflare:workers'
import type { Bindings } from '../../src/platform/env.ts'

/** The real bindings of the tests' Worker: D1, KV, queues in workerd. */
export function testEnv(): Bindings {
  return env as unknown as Bindings
}
