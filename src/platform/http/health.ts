import * as z from 'zod'
import { findGeneration } from '../generations.ts'
import { route } from './route.ts'
import { shape } from './schema.ts'

const HealthView = shape(() => z.object({ status: z.literal('ok') }))

export const healthRoutes = [
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
      summary: 'The Worker is configured and reaches its database',
      access: 'public',
      limit: 'browse',
      returns: HealthView,
      problems: [],
    },
    async ({ db }) => {
      await db.read(findGeneration())
      return { body: { status: 'ok' as const } }
    },
  ),
]
