import * as z from 'zod'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { several } from '../../platform/http/shapes.ts'
import { checkIntegrity } from './check.ts'
import { PART_NAMES } from './queries.ts'

const IntegrityView = shape(() =>
  z
    .object({
      checked: z.array(z.string()),
      violations: z.array(z.object({ invariant: z.string(), subject: z.string(), detail: z.string() })),
    })
    .meta({ id: 'Integrity' }),
)

const IntegrityQuery = shape(() =>
  z.strictObject({
    part: several(z.enum(PART_NAMES), PART_NAMES.length)
      .optional()
      .meta({ description: 'Only these parts, one after the other where a shop is large; left out: all of them' }),
  }),
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
      query: IntegrityQuery,
      returns: IntegrityView,
      problems: [],
    },
    async (context, { query }) => ({ body: await checkIntegrity(context, query.part ?? PART_NAMES) }),
  ),
]
