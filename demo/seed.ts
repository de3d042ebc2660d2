import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Mint } from '../src/domain/id.ts'
import type { InventoryPolicy, ProductDraft } from '../src/domain/product.ts'
import { fillCollection, insertCollection, insertMarket, listMarkets } from '../src/features/catalog/queries.ts'
import { sanitizeHtml } from '../src/features/catalog/sanitize.ts'
import { planSaves } from '../src/features/catalog/save.ts'
import { insertLocation } from '../src/features/inventory/queries.ts'
import { insertPromotion } from '../src/features/promotions/queries.ts'
import { insertZone } from '../src/features/shipping/queries.ts'
import { insertTaxZone } from '../src/features/tax/queries.ts'
import { createMint } from '../src/platform/crypto/mint.ts'
import type { Write } from '../src/platform/db/client.ts'
import { raiseGeneration } from '../src/platform/generations.ts'
import type { Context } from '../src/platform/http/context.ts'
import { LOCATION, MARKETS, PROMOTIONS, TAXES, ZONES } from './shop.ts'

/** demo/catalog.json, in the order in which the shop shows it. */
interface Catalog {
  products: {
    handle: string
    title: string
    description_html: string
    vendor: string
    product_type: string
    tags: string[]
    seo: { title: string; description: string }
    options: string[]
    images: { url: string; alt: string; width: number; height: number }[]
    variants: {
      sku: string
      options: Record<string, string>
      prices: { currency: string; amount: number; compare_at_amount: number | null }[]
      weight_grams: number
      requires_shipping: boolean
      on_hand: number
      policy: InventoryPolicy
    }[]
  }[]
  collections: { handle: string; title: string; description_html: string; products: string[] }[]
}

/**
 * Builds the demo shop in one transaction, so that there is never half of one. Does nothing where a market exists.
 * @returns what was made, or null.
 */
export async function seedDemo(context: Context): Promise<{ products: number; variants: number } | null> {
  const { db, now } = context
  const [markets] = await db.read(listMarkets())
  if (markets.length > 0) return null
  const catalog = JSON.parse(await readFile(path.join(import.meta.dirname, 'catalog.json'), 'utf8')) as Catalog
  // The list shows the newest first, and ids of one millisecond have no order: the first product gets the last id.
  const drafts = (await Promise.all(catalog.products.map(toDraft))).reverse()
  const mint = ascendingMint(context)
  const saves = drafts.map((draft) => ({ draft, existing: null }))
  await db.commit([
    ...terms(mint, now),
    ...planSaves(saves, { reference: mint('adjustment'), stock: 'keep', now, mint }).writes,
    ...(await shelves(catalog, mint, now)),
    raiseGeneration(),
  ])
  return { products: drafts.length, variants: drafts.reduce((sum, { variants }) => sum + variants.length, 0) }
}

/** Markets, shipping, taxes, the warehouse and the promotions. */
function terms(mint: Mint, now: Date): Write[] {
  const at = now.getTime()
  return [
    insertLocation({ id: mint('location'), ...LOCATION }),
    ...MARKETS.map((market, position) => insertMarket({ id: mint('market'), ...market, position })),
    ...ZONES.flatMap(({ rate, ...zone }) =>
      insertZone({ id: mint('zone'), ...zone, rates: [{ id: mint('rate'), ...rate }] }),
    ),
    ...TAXES.flatMap(({ country, name, ratePpm, included, onShipping }) =>
      insertTaxZone({
        id: mint('tax'),
        country,
        name: country,
        included,
        shippingCategory: onShipping ? 'standard' : null,
        rates: [{ category: 'standard', name, ratePpm }],
      }),
    ),
    ...PROMOTIONS.flatMap(({ title, codes, ratePpm, minimumSubtotal, customerLimit, priority }) =>
      insertPromotion(
        {
          id: mint('promotion'),
          title,
          status: 'active',
          method: codes.length > 0 ? 'code' : 'automatic',
          priority,
          effect: { type: 'percent', target: 'order', rate_ppm: ratePpm },
          conditions: { minimum_subtotal: minimumSubtotal },
          startsAt: null,
          endsAt: null,
          usageLimit: null,
          customerLimit,
          used: 0,
          version: 1,
          createdAt: at,
          updatedAt: at,
        },
        codes,
      ),
    ),
  ]
}

/** Collections with their products; the products must stand before these writes. */
async function shelves(catalog: Catalog, mint: Mint, now: Date): Promise<Write[]> {
  const at = now.getTime()
  const writes = catalog.collections.map(async ({ handle, title, description_html, products }, position) => {
    const id = mint('collection')
    const descriptionHtml = await sanitizeHtml(description_html)
    const row = { id, handle, title, descriptionHtml, position, version: 1, createdAt: at, updatedAt: at }
    return [insertCollection(row), fillCollection(id, products)]
  })
  return (await Promise.all(writes)).flat()
}

async function toDraft(product: Catalog['products'][number]): Promise<ProductDraft> {
  const { handle, title, vendor, tags, seo, options, images } = product
  return {
    ...{ handle, title, vendor, tags, seo, options, images },
    descriptionHtml: await sanitizeHtml(product.description_html),
    productType: product.product_type,
    status: 'active',
    variants: product.variants.map((variant) => ({
      sku: variant.sku,
      options: variant.options,
      prices: variant.prices.map(({ currency, amount, compare_at_amount }) => ({
        currency,
        amount,
        compareAtAmount: compare_at_amount,
      })),
      barcode: null,
      weightGrams: variant.weight_grams,
      requiresShipping: variant.requires_shipping,
      taxable: true,
      imageUrl: null,
      inventory: { policy: variant.policy, onHand: variant.on_hand },
    })),
    metadata: {},
    privateMetadata: {},
  }
}

/** Every id one millisecond after the one before, the last ones a moment ago. */
function ascendingMint({ now, random }: Context): Mint {
  let at = now.getTime() - 10_000
  return (kind) => {
    at += 1
    return createMint(new Date(at), random)(kind)
  }
}
