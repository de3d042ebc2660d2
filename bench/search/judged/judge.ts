import type { Judged } from './queries.ts'

/** What a search found, and whether it is what was wanted. */
export interface Judgement {
  query: string
  wanted: string[]
  /** Handles, the best first. */
  found: string[]
  /** One of the wanted ones is among the first three. */
  isMet: boolean
}

const FIRST = 3

/** The least share of queries that are met: of all, and of the misspelt ones. */
export const BARS = { all: 0.9, misspelt: 0.85 }

/** Asks each of the queries. @param search gives the handles that are found, the best first. */
export async function judge(queries: Judged, search: (query: string) => Promise<string[]>): Promise<Judgement[]> {
  const judgements: Judgement[] = []
  for (const [query, handles] of Object.entries(queries)) {
    const wanted = handles.split(' ')
    const found = await search(query)
    judgements.push({ query, wanted, found, isMet: found.slice(0, FIRST).some((handle) => wanted.includes(handle)) })
  }
  return judgements
}

/** The part of them that is met, from 0 to 1. */
export function shareMet(judgements: readonly Judgement[]): number {
  return judgements.filter(({ isMet }) => isMet).length / judgements.length
}

/** A line for each that is not met. */
export function tellMissed(judgements: readonly Judgement[]): string[] {
  return judgements
    .filter(({ isMet }) => !isMet)
    .map(({ query, wanted, found }) => {
      const first = found.slice(0, 5).join(' ') || 'nothing'
      return `${query}: wanted ${wanted.slice(0, 3).join(' or ')}, found ${first}`
    })
}
