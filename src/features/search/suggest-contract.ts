import * as z from 'zod'
import { MAX_QUERY } from '../../domain/search-query.ts'
import { shape } from '../../platform/http/schema.ts'
import { integerParameter } from '../../platform/http/shapes.ts'
import { localeQuery } from '../markets/contract.ts'
import { CardView } from './contract.ts'

/** The most products and the most collections of an answer. */
export const MAX_SUGGESTED = 10

export const SuggestQuery = shape(() =>
  z.strictObject({
    q: z
      .string()
      .min(1)
      .max(MAX_QUERY)
      .meta({
        description: `What has been typed so far, at most ${MAX_QUERY} characters; the last word may be unfinished`,
      }),
    limit: integerParameter(1, MAX_SUGGESTED).default(6).meta({ description: 'Of products, and of collections' }),
    ...localeQuery(),
  }),
)

const marked = () =>
  z
    .string()
    .nullable()
    .meta({ description: 'HTML: the title with what was found in `<mark>`; null where that is elsewhere' })

export const SuggestView = shape(() =>
  z
    .object({
      query: z.string(),
      corrected_query: z.string().nullable().meta({
        description: 'What a misspelt query was taken for, which is what the products are of; null where it was not',
      }),
      products: z.array(CardView().extend({ highlight: marked() }).meta({ id: 'SuggestedProduct' })),
      collections: z.array(
        z
          .object({ id: z.string(), handle: z.string(), title: z.string(), highlight: marked() })
          .meta({ id: 'SuggestedCollection' }),
      ),
    })
    .meta({ id: 'Suggestions' }),
)
