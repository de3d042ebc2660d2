import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { CollectionRule, ListSort } from '../src/domain/collection.ts'
import type { CustomFieldValues } from '../src/domain/custom-field.ts'
import type { Unit } from '../src/domain/price.ts'
import type { InventoryPolicy } from '../src/domain/product.ts'
import type { TranslatedFields } from '../src/domain/translation.ts'

/** demo/catalog.json, in the order in which the shop shows it. */
export interface Catalog {
  products: CatalogProduct[]
  collections: CatalogCollection[]
  /** The roots of the tree. */
  categories: CatalogCategory[]
}

export interface CatalogProduct {
  handle: string
  title: string
  description_html: string
  vendor: string
  product_type: string
  /** The handle of its category. */
  category: string
  /** Handles of what goes with it. */
  related?: string[]
  custom_fields?: CustomFieldValues
  /** Where it is not on sale yet. */
  published_in_days?: number
  tags: string[]
  seo: Seo
  options: string[]
  images: { url: string; alt: string; width: number; height: number }[]
  variants: CatalogVariant[]
}

export interface CatalogVariant {
  sku: string
  options: Record<string, string>
  prices: { currency: string; min_quantity?: number; amount: number; compare_at_amount: number | null }[]
  weight_grams: number
  unit_measure?: { quantity: number; unit: Unit; reference_quantity: number; reference_unit: Unit }
  requires_shipping: boolean
  /** `standard` where none is named. */
  tax_category?: string
  on_hand: number
  policy: InventoryPolicy
}

/** Either its products by their handles, in its order, or the rules that products meet all of. */
export interface CatalogCollection {
  handle: string
  title: string
  description_html: string
  seo?: Seo
  sort?: ListSort
  products?: string[]
  rules?: CollectionRule[]
}

export interface CatalogCategory {
  handle: string
  title: string
  seo?: Seo
  children?: CatalogCategory[]
}

interface Seo {
  title: string
  description: string
}

/** demo/translations.json: by locale, each kind of subject by its handle. Of a category it has the title alone. */
export type CatalogTranslations = Record<
  string,
  {
    categories: Record<string, string>
    collections: Record<string, TranslatedFields>
    products: Record<string, TranslatedFields>
  }
>

export async function readCatalog(): Promise<{ catalog: Catalog; translations: CatalogTranslations }> {
  const read = async (name: string) => JSON.parse(await readFile(path.join(import.meta.dirname, name), 'utf8'))
  return { catalog: await read('catalog.json'), translations: await read('translations.json') }
}
