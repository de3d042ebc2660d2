import * as z from 'zod'
import { shape } from '../../platform/http/schema.ts'
import type { Rebuild } from './rebuild-queries.ts'

const MOST_STEPS = 10

export const RebuildInput = shape(() =>
  z
    .strictObject({
      steps: z
        .int()
        .min(0)
        .max(MOST_STEPS)
        .default(MOST_STEPS)
        .meta({ description: 'How far to go in this request, in steps of at most 100 products; 0 only starts it' }),
    })
    .meta({ id: 'SearchRebuildInput' }),
)

export const RebuildView = shape(() =>
  z
    .object({
      done: z.int().meta({ description: 'Products that have been indexed anew' }),
      total: z.int().meta({ description: 'Products that were listed when it began' }),
      phase: z.enum(['documents', 'entries', 'terms', 'spellings', 'finished']),
      finished: z.boolean(),
      started_at: z.iso.datetime(),
      finished_at: z.iso.datetime().nullable(),
    })
    .meta({ id: 'SearchRebuild' }),
)

export function toRebuildView({ done, total, phase, startedAt, finishedAt }: Rebuild) {
  return {
    done,
    total,
    phase,
    finished: phase === 'finished',
    started_at: new Date(startedAt).toISOString(),
    finished_at: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  }
}
