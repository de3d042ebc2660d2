import type { ProductDraft, VariantDraft } from '../../domain/product.ts'
import type { Incoming } from './incoming.ts'

/** How many products are read, planned and committed at once. */
export const CHUNK_PRODUCTS = 100

// A chunk costs the same statements whatever its size, and one invocation may run 1,000 of them: larger chunks are
// fewer requests. The size bounds what a commit sends and how long it holds the database.
const CHUNK_BYTES = 600_000
// D1 takes strings and rows of at most 2 MB, and a product's variants travel as one string.
const PRODUCT_BYTES = 1_800_000
// Names and ids of one variant's columns.
const VARIANT_BYTES = 400

/** The products from `start` on that are committed at once: at most `size`, at least one where there is one. */
export function takeChunk(products: readonly Incoming[], start: number, size: number): Incoming[] {
  const chunk: Incoming[] = []
  let bytes = 0
  for (const product of products.slice(start, start + size)) {
    bytes += bytesOf(product.draft)
    if (chunk.length > 0 && bytes > CHUNK_BYTES) break
    chunk.push(product)
  }
  return chunk
}

/** Whether the product is more than the database takes at once. */
export function isTooBig(draft: ProductDraft): boolean {
  return bytesOf(draft) > PRODUCT_BYTES
}

/** At least as much as the longest string that saving `draft` sends, in bytes of UTF-8. */
function bytesOf({ variants, ...rest }: ProductDraft): number {
  return variants.reduce((sum, variant) => sum + bytesOfVariant(variant), utf8(JSON.stringify(rest)))
}

function bytesOfVariant({ options, ...rest }: VariantDraft): number {
  // A choice stands in its row three times: as options, as key and as title, twice of it as JSON within JSON.
  return VARIANT_BYTES + utf8(JSON.stringify(rest)) + 3 * utf8(JSON.stringify(JSON.stringify(options)))
}

const encoder = new TextEncoder()

function utf8(text: string): number {
  return encoder.encode(text).byteLength
}
