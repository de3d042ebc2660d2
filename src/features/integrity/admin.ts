import * as z from 'zod'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { checkIntegrity } from './check.ts'

const IntegrityView = shape(() =>
  z
    .object({
      checked: z.array(z.string()),
      violations: z.array(z.object({ invariant: z.string(), subject: z.string(), detail: z.string() })),
    })
    .meta({ id: 'Integrity' }),
)

export const integrityAdminRoutes = [
  route(
    {
      id: 'checkIntegrity',
      method: 'get',
      path: '/v1/admin/integrity',
      summary: 'Recompute every invariant of money and stock from the ledgers; lists what is violated',
      access: { staff: 'integrity:read' },
      limit: 'staff',
      returns: IntegrityView,
      problems: [],
    },
    async (context) => ({ body: await checkIntegrity(context) }),
  ),
]
