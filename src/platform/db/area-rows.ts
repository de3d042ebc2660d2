import type { Area } from '../../domain/area.ts'

/** How an area is stored: '' where it has no region or pattern, because a key takes no nulls. */
export interface AreaRow {
  country: string
  region: string
  postalPattern: string
  zoneId: string
}

export function toAreaRows(zoneId: string, areas: readonly Area[]): AreaRow[] {
  return areas.map(({ country, region, postalPattern }) => ({
    country,
    region: region ?? '',
    postalPattern: postalPattern ?? '',
    zoneId,
  }))
}

export function toArea({ country, region, postalPattern }: AreaRow): Area {
  return { country, region: region || null, postalPattern: postalPattern || null }
}
