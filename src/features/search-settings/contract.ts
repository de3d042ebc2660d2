import * as z from 'zod'
import { LONGEST_SPAN } from '../../domain/search-query.ts'
import { MAX_SYNONYM_WORDS, SYNONYM_KINDS } from '../../domain/synonym.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { timestamp } from '../../platform/http/shapes.ts'
import type { SynonymRow } from './queries.ts'

const phrase = () => z.string().trim().min(1).max(100)

const synonymParts = () => ({
  kind: z.enum(SYNONYM_KINDS).meta({
    description:
      '`equivalent`: each of the words finds all others. `one_way`: `input` finds the words, and not the reverse',
  }),
  input: phrase()
    .nullable()
    .meta({ description: `Of \`one_way\` alone: up to ${LONGEST_SPAN} words` }),
  words: z
    .array(phrase())
    .min(1)
    .max(MAX_SYNONYM_WORDS)
    .meta({ description: `Phrases of up to ${LONGEST_SPAN} words; at least two where they are equivalent` }),
})

export const CreateSynonym = shape(() => {
  const parts = synonymParts()
  return z
    .strictObject({ ...parts, kind: parts.kind.default('equivalent'), input: parts.input.default(null) })
    .meta({ id: 'CreateSynonym' })
})

/** What is left out stays as it is; one that becomes equivalent has no input from then on. */
export const UpdateSynonym = shape(() => z.strictObject(synonymParts()).partial().meta({ id: 'UpdateSynonym' }))

export const SynonymParams = shape(() => z.object({ synonym: idSchema('synonym') }))

export const SynonymView = shape(() =>
  z
    .object({
      id: z.string(),
      kind: z.enum(SYNONYM_KINDS),
      input: z.string().nullable(),
      words: z.array(z.string()),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'Synonym' }),
)

export function toSynonymView({ createdAt, updatedAt, ...row }: SynonymRow) {
  return { ...row, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
