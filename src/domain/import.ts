/** What an import did, row by row. Lines are 1-based lines of the file, where a row starts. */
export interface ImportReport {
  dry_run: boolean
  rows: number
  products: { created: number; updated: number; unchanged: number }
  errors: ImportError[]
}

export interface ImportError {
  line: number
  column: string | null
  detail: string
}
