import type { ProductDraft, VariantDraft } from '../../domain/product.ts'

/** A product of the file, and the line where its first row starts. */
export interface Incoming {
  draft: ProductDraft
  line: number
}

// A chunk costs some 25 statements whatever its size, and one invocation may run 1,000 of them: larger chunks are
// larger imports. The size bounds what a commit sends and how long it holds the database.
const CHUNK_PRODUCTS = 100
const CHUNK_BYTES = 600_000
// D1 takes strings and rows of at most 2 MB, and a product's variants travel as one string.
const PRODUCT_BYTES = 1_800_000
// Names and ids of one variant's columns.
const VARIANT_BYTES = 400

/** Cuts the file into what is read, planned and committed at once; a product is never cut. */
export function cutChunks(products: readonly Incoming[]): Incoming[][] {
  const chunks: Incoming[][] = []
  let size = 0
  for (const product of products) {
    const bytes = bytesOf(product.draft)
    const last = chunks.at(-1)
    if (last && last.length < CHUNK_PRODUCTS && size + bytes <= CHUNK_BYTES) {
      last.push(product)
      size += bytes
    } else {
      chunks.push([product])
      size = bytes
    }
  }
  return chunks
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
