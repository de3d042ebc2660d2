import { listMarkets } from '../markets/queries.ts'
import { translationRoutes } from '../translations/admin.ts'
import { ProductIdParams } from './contract.ts'
import { tagsOf } from './edit.ts'
import { findTranslatable, touchProduct } from './queries.ts'

/** Texts of products in other locales: see the feature `translations`. */
export const productTranslationRoutes = translationRoutes({
  subject: 'product',
  resource: 'products',
  params: ProductIdParams,
  access: { read: 'products:read', write: 'products:write' },
  missing: 'product_not_found',
  find: findTranslatable,
  touch: touchProduct,
  tagsOf,
  listMarkets,
})
