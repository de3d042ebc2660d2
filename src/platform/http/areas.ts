import * as z from 'zod'
import { type Area, canonicalPattern, EVERYWHERE } from '../../domain/area.ts'
import type { Query } from '../db/client.ts'
import { ConstraintError } from '../db/errors.ts'
import type { Context } from './context.ts'
import { Problem } from './problem.ts'
import { shape } from './schema.ts'

const AreaInput = shape(() =>
  z
    .strictObject({
      country: z
        .string()
        .regex(
          /^(?:[A-Z]{2}|\*)$/,
          'must be an ISO 3166-1 alpha-2 country code in upper case, or * for everywhere else',
        )
        .meta({ description: 'ISO 3166-1 alpha-2; `*` is everywhere that no other area names', example: 'DE' }),
      region: z
        .string()
        .regex(/^[A-Z0-9]{1,3}$/, 'must be the part of an ISO 3166-2 code behind its hyphen, in upper case')
        .nullish()
        .meta({ description: 'The suffix of ISO 3166-2: CA of US-CA; null is the whole country' }),
      postal_pattern: z
        .string()
        .max(41)
        .refine((pattern) => canonicalPattern(pattern) !== null, {
          message: 'must be a postal code (SW1A 1AA), the beginning of one (90*) or a range of codes (10000..10999)',
        })
        .nullish()
        .meta({ description: 'A code and what continues it, or a range; kept as 90, SW1A1AA, 10000..10999' }),
    })
    .refine(({ country, region, postal_pattern }) => country !== EVERYWHERE || (!region && !postal_pattern), {
      path: ['country'],
      message: 'has no region or postal_pattern where it is everywhere else',
    })
    .transform(
      ({ country, region, postal_pattern }): Area => ({
        country,
        region: region ?? null,
        postalPattern: canonicalPattern(postal_pattern ?? ''),
      }),
    ),
)

/** The areas of a zone. */
export const AreaList = shape(() =>
  z
    .array(AreaInput())
    .max(1000)
    .superRefine((areas, context) => {
      const first = new Map<string, number>()
      areas.forEach((area, index) => {
        const known = first.get(keyOf(area))
        if (known === undefined) first.set(keyOf(area), index)
        else context.addIssue({ code: 'custom', path: [index], message: `is the same as /areas/${known}` })
      })
    }),
)

export const AreaView = shape(() =>
  z
    .object({ country: z.string(), region: z.string().nullable(), postal_pattern: z.string().nullable() })
    .meta({ id: 'Area' }),
)

export function toAreaView({ country, region, postalPattern }: Area) {
  return { country, region, postal_pattern: postalPattern }
}

/** Areas in the order in which they are read back. */
export function sortAreas(areas: readonly Area[]): Area[] {
  const parts = ({ country, region, postalPattern }: Area) => [country, region ?? '', postalPattern ?? '']
  return areas.toSorted((left, right) => {
    const [one, other] = [parts(left), parts(right)]
    const at = one.findIndex((part, index) => part !== other[index])
    return at < 0 ? 0 : (one[at] ?? '') < (other[at] ?? '') ? -1 : 1
  })
}

function keyOf({ country, region, postalPattern }: Area): string {
  return JSON.stringify([country, region, postalPattern])
}

/**
 * Commits a zone. An area that another zone has is refused by name, with the zone that has it.
 * @param listAreas all areas of the table, asked for only then. @throws {Problem} area_taken
 */
export async function commitAreas<Committed>(
  { db }: Context,
  zone: { id: string; areas: readonly Area[] },
  { constraint, listAreas }: { constraint: string; listAreas: () => Query<(Area & { zoneId: string })[]> },
  commit: () => Promise<Committed>,
): Promise<Committed> {
  try {
    return await commit()
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint !== constraint) throw error
    const [taken] = await db.read(listAreas())
    const others = new Map(taken.flatMap((area) => (area.zoneId === zone.id ? [] : [[keyOf(area), area.zoneId]])))
    const errors = zone.areas.flatMap((area, index) => {
      const other = others.get(keyOf(area))
      return other === undefined ? [] : [{ pointer: `/areas/${index}`, detail: `is in the zone ${other}` }]
    })
    throw new Problem('area_taken', { errors })
  }
}
