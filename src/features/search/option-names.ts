import { type SQL, sql } from 'drizzle-orm'
import { facetCounts, shelves } from '../../platform/db/schema/listings.ts'

/** How many values of options are looked at for the names of the commonest. */
const LOOKED_AT = 500

/** Those of `names` that no product on sale has as an option: a JSON array. */
export function unknownOptions(names: readonly string[]): SQL {
  if (names.length === 0) return sql`'[]'`
  const name = sql`json_array(o.value)`
  // Everything that begins with the option's name and a comma: the character behind it is the hyphen.
  const begin = (end: string) => sql`'option:' || substr(${name}, 1, length(${name}) - 1) || ${end}`
  return sql`(SELECT json_group_array(o.value) FROM json_each(${JSON.stringify(names)}) AS o
    WHERE NOT EXISTS (SELECT 1 FROM ${shelves} AS n
      CROSS JOIN ${facetCounts} AS f ON f.shelf = s.everything AND f.value = n.number AND f.products > 0
      WHERE n.name >= ${begin(',')} AND n.name < ${begin('-')}))`
}

/** The names of the options that most products have: a JSON array, or null where none of `names` is unknown. */
export function knownOptions(names: readonly string[]): SQL {
  if (names.length === 0) return sql`NULL`
  return sql`CASE WHEN ${unknownOptions(names)} <> '[]' THEN (SELECT json_group_array(DISTINCT name) FROM (
    SELECT substr(n.name, 8) ->> 0 AS name FROM ${facetCounts} AS f CROSS JOIN ${shelves} AS n ON n.number = f.value
    WHERE f.shelf = s.everything AND f.kind = 'option' ORDER BY f.products DESC, f.value LIMIT ${LOOKED_AT})) END`
}
