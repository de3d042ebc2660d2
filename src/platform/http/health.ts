import * as z from 'zod'
import type { Bindings } from '../env.ts'
import { findGeneration } from '../generations.ts'
import { Problem } from './problem.ts'
import { route } from './route.ts'
import { shape } from './schema.ts'

const HealthView = shape(() => z.object({ status: z.literal('ok') }))

/** @param faultsOf what is wrong with the configuration beyond what `parseConfig` refuses; each names its variable. */
export const healthRoutes = (faultsOf: (bindings: Bindings) => readonly string[]) => [
  route(
    {
      id: 'getHealth',
      method: 'get',
      path: '/healthz',
      summary: 'The Worker runs',
      access: 'public',
      limit: null,
      returns: HealthView,
      problems: [],
    },
    async () => ({ body: { status: 'ok' as const } }),
  ),
  route(
    {
      id: 'getReadiness',
      method: 'get',
      path: '/readyz',
      summary: 'The Worker is configured, payment providers included, and reaches its database',
      access: 'public',
      limit: 'browse',
      returns: HealthView,
      problems: ['misconfigured'],
    },
    async ({ db, bindings, log }) => {
      const faults = faultsOf(bindings)
      if (faults.length > 0) {
        log.error('misconfigured', new Error(faults.join('; ')))
        throw new Problem('misconfigured', { members: { faults } })
      }
      await db.read(findGeneration())
      return { body: { status: 'ok' as const } }
    },
  ),
]
