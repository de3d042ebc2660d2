/** What is wrong with a part of an import. Lines are 1-based lines of the part, where a row or a product starts. */
export interface ImportError {
  line: number
  /** The column of a table, or the JSON pointer into a product; null where it is about the whole row or product. */
  column: string | null
  detail: string
}

/** What has become of products, by how many. */
export interface ImportCounts {
  created: number
  updated: number
  unchanged: number
  /** Left out, with an error that says why. */
  refused: number
}

export const NO_COUNTS: ImportCounts = { created: 0, updated: 0, unchanged: 0, refused: 0 }

/** How many parts an import has at most. */
export const MAX_PARTS = 10_000

const MAX_DETAIL = 600
const MAX_LISTED = 500

/** Those that a part lists, by line; what is beyond the limit is only counted. A detail is cut where it quotes too much. */
export function listErrors(errors: readonly ImportError[]): ImportError[] {
  return errors
    .toSorted((left, right) => left.line - right.line)
    .slice(0, MAX_LISTED)
    .map(({ line, column, detail }) => ({ line, column: column && cut(column), detail: cut(detail) }))
}

function cut(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL).toWellFormed()}...` : text
}
