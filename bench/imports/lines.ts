import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { generatedProduct } from '../search/generated.ts'
import { choicesOf, kindId } from '../search/rows.ts'

/** What a file of products comes to once it is imported. */
export interface Expected {
  products: number
  variants: number
  /** On all shelves. */
  pieces: number
}

/** Writes products 1 to `products` of the shop that `seed` makes as JSON Lines. */
export async function writeLines(file: string, products: number, seed: number): Promise<Expected> {
  const stream = createWriteStream(file)
  const expected = { products, variants: 0, pieces: 0 }
  for (let number = 1; number <= products; number += 1) {
    const line = lineOf(number, seed)
    expected.variants += line.variants.length
    expected.pieces += line.variants.reduce((sum, { inventory }) => sum + inventory.on_hand, 0)
    if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain')
  }
  stream.end()
  await finished(stream)
  return expected
}

function lineOf(number: number, seed: number) {
  const product = generatedProduct(number, seed)
  const { title, text, vendor, type, tags, kind, options, sku, price, onHand } = product
  const image = `https://images.example/${number}.jpg`
  return {
    handle: `product-${number}`,
    title,
    description_html: `<p>${text}</p>`,
    vendor,
    product_type: type,
    status: 'active',
    tags,
    category_id: kindId(kind),
    options: options.map(({ name }) => name),
    images: [{ url: image, alt: title }],
    metadata: { origin: 'bench' },
    variants: choicesOf(product).map((choice, position) => ({
      sku: `${sku}-${position}`,
      options: choice,
      prices: [
        { amount: price, currency: 'USD' },
        { amount: price, currency: 'EUR' },
      ],
      image_url: image,
      inventory: { policy: 'deny', on_hand: onHand },
    })),
  }
}
