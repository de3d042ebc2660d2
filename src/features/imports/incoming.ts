import type { ImportError } from '../../domain/import.ts'
import type { ProductDraft } from '../../domain/product.ts'
import type { Product } from '../catalog/product.ts'

/** A product of a part. */
export interface Incoming {
  /** Where its first row starts. */
  line: number
  /** What it is where nothing is at its handle yet. */
  draft: ProductDraft
  /** What it makes of the product that is at its handle. */
  over(product: Product): Promise<{ ok: true; draft: ProductDraft } | { ok: false; why: string }>
}

/** A part as it was read. */
export interface PartFile {
  /** In the order of the part, no handle twice. */
  products: readonly Incoming[]
  /** Rows of a table or lines, whether or not they could be used. */
  rows: number
  /** Products that could not be read; `errors` says why. */
  refused: number
  errors: readonly ImportError[]
}
