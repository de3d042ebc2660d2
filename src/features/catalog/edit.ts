import type * as z from 'zod'
import { checkDraft, type ProductDraft } from '../../domain/product.ts'
import { audit } from '../../platform/audit.ts'
import type { Write } from '../../platform/db/client.ts'
import { findGeneration, raiseGeneration } from '../../platform/generations.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { Problem } from '../../platform/http/problem.ts'
import { announce } from '../../platform/outbox.ts'
import type { CreateProduct, UpdateProduct } from './contract.ts'
import { toHandle } from './handle.ts'
import type { Product } from './product.ts'
import { listProducts, productById, toProducts } from './queries.ts'
import { sanitizeHtml } from './sanitize.ts'
import { planSaves, type Save, toDraft } from './save.ts'

type Create = z.output<ReturnType<typeof CreateProduct>>
type Update = z.output<ReturnType<typeof UpdateProduct>>

/** Makes a product. One trip: the batch writes it and reads it back.
 *  @throws {Problem} invalid_request, handle_taken, sku_taken. */
export async function createProduct(context: Context, input: Create): Promise<Product> {
  const handle = input.handle ?? toHandle(input.title)
  if (handle === '') {
    throw new Problem('invalid_request', {
      errors: [{ pointer: '/handle', detail: 'must be given, because the title has no letter or digit' }],
    })
  }
  const draft: ProductDraft = {
    handle,
    title: input.title,
    descriptionHtml: await sanitizeHtml(input.description_html),
    vendor: input.vendor,
    productType: input.product_type,
    tags: input.tags,
    status: input.status,
    seo: toSeo(input.seo),
    options: input.options,
    images: toImages(input.images),
    variants: toVariants(input.variants),
    metadata: input.metadata,
    privateMetadata: input.private_metadata,
  }
  return save(context, { draft, existing: null }, 201)
}

/** Changes what `input` names and leaves the rest. A change that changes nothing keeps the version.
 *  @throws {Problem} product_not_found, version_mismatch, invalid_request, handle_taken, sku_taken. */
export async function updateProduct(
  context: Context,
  id: string,
  input: Update,
  ifMatch: number | null,
): Promise<Product> {
  const existing = await mustFindProduct(context, id)
  if (ifMatch !== null && ifMatch !== existing.version) throw new Problem('version_mismatch')
  const old = toDraft(existing)
  const draft: ProductDraft = {
    handle: input.handle ?? old.handle,
    title: input.title ?? old.title,
    descriptionHtml:
      input.description_html === undefined ? old.descriptionHtml : await sanitizeHtml(input.description_html),
    vendor: input.vendor ?? old.vendor,
    productType: input.product_type ?? old.productType,
    tags: input.tags ?? old.tags,
    status: input.status ?? old.status,
    seo: input.seo ? toSeo(input.seo) : old.seo,
    options: input.options ?? old.options,
    images: input.images ? toImages(input.images) : old.images,
    variants: input.variants ? toVariants(input.variants) : old.variants,
    metadata: input.metadata ?? old.metadata,
    privateMetadata: input.private_metadata ?? old.privateMetadata,
  }
  return save(context, { draft, existing }, null)
}

/** A product for staff, whatever its status. @throws {Problem} product_not_found */
export async function mustFindProduct(context: Context, id: string): Promise<Product> {
  const [product] = toProducts(await context.db.read(...listProducts(productById(id), context.now)))
  if (!product) throw new Problem('product_not_found')
  return product
}

async function save(context: Context, change: Save, claimedStatus: number | null): Promise<Product> {
  const faults = checkDraft(change.draft)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  const { now, mint, caller, requestId } = context
  const reference = mint('adjustment')
  const { writes, results } = planSaves([change], { reference, stock: 'keep', now, mint })
  const [result] = results
  if (!result) throw new Error('planSaves answered nothing')
  const { productId, outcome } = result
  if (outcome === 'unchanged' && change.existing) return change.existing
  const entry = { actor: actorOf(caller), action: `product.${outcome}`, subjectId: productId, requestId }
  const trail: Write[] = [
    raiseGeneration(),
    audit(mint, now, { ...entry, change: changedFields(change) }),
    ...announce(mint, now, [{ topic: `product.${outcome}`, subjectId: productId }]),
  ]
  const claim = claimedStatus === null ? [] : claimKey(context.idempotency, now, productId, claimedStatus)
  const [generation, ...rows] = await context.db.commit(
    [...claim, ...writes, ...trail],
    [findGeneration(), ...listProducts(productById(productId), now)],
  )
  context.cache.raiseFloor((generation as { value: number }[])[0]?.value ?? 0)
  const [saved] = toProducts(rows)
  if (!saved) throw new Error('the product just saved is gone')
  return saved
}

/** The names of the fields that differ: the trail says what was changed, not every text it was changed to. */
function changedFields({ draft, existing }: Save): Record<string, unknown> {
  if (!existing) return { handle: draft.handle }
  const before = toDraft(existing)
  const names = (Object.keys(draft) as (keyof ProductDraft)[]).filter(
    (name) => JSON.stringify(draft[name]) !== JSON.stringify(before[name]),
  )
  return { fields: names, version: existing.version + 1 }
}

function toSeo(seo: NonNullable<Update['seo']>) {
  return { title: seo.title ?? null, description: seo.description ?? null }
}

function toImages(list: NonNullable<Update['images']>): ProductDraft['images'] {
  return list.map(({ url, alt, width, height }) => ({ url, alt, width: width ?? null, height: height ?? null }))
}

function toVariants(list: NonNullable<Update['variants']>): ProductDraft['variants'] {
  return list.map((variant) => ({
    sku: variant.sku ?? null,
    options: variant.options,
    prices: variant.prices.map(({ currency, amount, compare_at_amount }) => ({
      currency,
      amount,
      compareAtAmount: compare_at_amount ?? null,
    })),
    barcode: variant.barcode ?? null,
    weightGrams: variant.weight_grams,
    requiresShipping: variant.requires_shipping,
    taxable: variant.taxable,
    imageUrl: variant.image_url ?? null,
    inventory: { policy: variant.inventory.policy, onHand: variant.inventory.on_hand },
  }))
}
