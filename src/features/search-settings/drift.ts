import { type SQL, sql } from 'drizzle-orm'
import {
  searchPinnedProducts,
  searchPins,
  searchSynonymPhrases,
  searchSynonyms,
} from '../../platform/db/schema/search-settings.ts'

/**
 * Synonyms that searches read otherwise than they were written. SQL makes no stems, so this looks at how many phrases
 * there are and how they lead to each other: which they are the search's tests prove.
 */
export function synonymDrift(): SQL {
  return sql`SELECT s.id AS subject, count(p.phrase) || ' rows of ' || count(DISTINCT p.phrase) || ' phrases, of '
      || s.kind || ' ' || json_array_length(s.words) AS detail
    FROM ${searchSynonyms} AS s LEFT JOIN ${searchSynonymPhrases} AS p ON p.synonym_id = s.id
    GROUP BY s.id HAVING count(p.phrase)
        <> iif(s.kind = 'one_way', 1, json_array_length(s.words) - 1) * json_array_length(s.words)
      OR count(DISTINCT p.phrase) <> iif(s.kind = 'one_way', 1, json_array_length(s.words))
      OR count(DISTINCT p.alternative) <> json_array_length(s.words)`
}

/** Products that stand first in a search without a pin that says so, or elsewhere than it says, or are missing. */
export function pinDrift(): SQL {
  const wanted = sql`SELECT s.phrase AS phrase, j.value AS product_id, j.key AS position
    FROM ${searchPins} AS s, json_each(s.product_ids) AS j`
  const found = sql`SELECT phrase, product_id, position FROM ${searchPinnedProducts}`
  return sql`SELECT phrase AS subject, product_id || ' is not at ' || position AS detail FROM (${wanted} EXCEPT ${found})
    UNION ALL SELECT phrase, product_id || ' is at ' || position FROM (${found} EXCEPT ${wanted})`
}
