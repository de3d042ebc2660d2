import { checkDraft } from '../../domain/product.ts'
import { CATALOG_TAG } from '../../platform/cache/purge.ts'
import type { Context } from '../../platform/http/context.ts'
import { Problem } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { listCustomFields } from '../custom-fields/queries.ts'
import { toDraft } from './draft.ts'
import { changedDraft, newDraft, type ProductChanges, type ProductInput } from './from-input.ts'
import type { Product } from './product.ts'
import { listProducts, productById, toProducts } from './queries.ts'
import { REFERENCE_FAULTS, refuseUnknownReferences } from './references.ts'
import { planSaves, type Save } from './save.ts'

/** Makes a product. One trip, two with custom fields: the batch writes it and reads it back.
 *  @throws {Problem} invalid_request, handle_taken, sku_taken. */
export async function createProduct(context: Context, input: ProductInput): Promise<Product> {
  const hasFields = Object.keys(input.custom_fields).length > 0
  const [definitions] = hasFields ? await context.db.read(listCustomFields('product')) : [[]]
  const draft = await newDraft(input, definitions)
  return save(context, { draft, existing: null }, 201)
}

/** Changes what `input` names and leaves the rest. A change that changes nothing keeps the version.
 *  @throws {Problem} product_not_found, version_mismatch, invalid_request, handle_taken, sku_taken. */
export async function editProduct(
  context: Context,
  id: string,
  input: ProductChanges,
  ifMatch: number | null,
): Promise<Product> {
  const { db, now } = context
  const [definitions, ...rows] = await db.read(listCustomFields('product'), ...listProducts(productById(id), now))
  const existing = mustBe(toProducts(rows)[0], 'product_not_found', ifMatch)
  const draft = await changedDraft(toDraft(existing), input, definitions)
  return save(context, { draft, existing }, null)
}

/** A product for staff, whatever its status. @throws {Problem} product_not_found */
export async function mustFindProduct(context: Context, id: string): Promise<Product> {
  const [product] = toProducts(await context.db.read(...listProducts(productById(id), context.now)))
  return mustBe(product, 'product_not_found')
}

/** Tags of the public answers that show this product. */
export function tagsOf(productId: string): string[] {
  return [CATALOG_TAG, `product:${productId}`]
}

async function save(context: Context, change: Save, status: number | null): Promise<Product> {
  const { draft, existing } = change
  const faults = checkDraft(draft)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  const { now, mint } = context
  const { writes, results } = planSaves([change], { reference: mint('adjustment'), stock: 'keep', now, mint })
  const [result] = results
  if (!result) throw new Error('planSaves answered nothing')
  const { productId, outcome } = result
  if (outcome === 'unchanged' && existing) return existing
  const rows = await commitStaffChange(context, {
    writes: [...refuseUnknownReferences([{ draft, before: existing && toDraft(existing) }]), ...writes],
    reads: listProducts(productById(productId), now),
    action: `product.${outcome}`,
    subjectId: productId,
    change: existing
      ? { fields: changedFields(toDraft(existing), draft), version: existing.version + 1 }
      : { handle: draft.handle },
    status,
    tags: tagsOf(productId),
    faults: REFERENCE_FAULTS,
  })
  const [saved] = toProducts(rows)
  if (!saved) throw new Error('the product just saved is gone')
  return saved
}
