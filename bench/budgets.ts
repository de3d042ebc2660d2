/** What one request may cost, counted exactly: the same on every machine and in a shop of any size. */
export interface Cost {
  /** D1 calls: each is one batch and one round trip. */
  trips: number
  /** D1 rows, as they are billed. */
  read: number
  written: number
  /** KV calls; a bulk read is one. */
  kvReads: number
  kvWrites: number
}

export interface Budget {
  /** The first request of an isolate: nothing in memory, nothing in KV. */
  cold: Cost
  /** An equal request right after it. */
  hot: Cost
}

/** The bar each budget is held to: what storefronts and payment providers were promised. Not to be raised. */
export const bars: Readonly<Record<string, { cold?: Partial<Cost>; hot?: Partial<Cost> }>> = {
  getProduct: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listVariants: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listRelatedProducts: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listProducts: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/newest': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/filtered': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/facets': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/search': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  suggest: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/tagged': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  'listProducts/collection': { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listCollections: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  getCollection: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listCategories: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  listMarkets: { cold: { trips: 1, kvReads: 1 }, hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  getCart: { cold: { trips: 2, written: 0 }, hot: { trips: 1, written: 0, kvReads: 0 } },
  createCart: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  updateCart: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  addLines: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  setLines: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  removeLine: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  addGiftCards: { cold: { trips: 3, written: 4 }, hot: { trips: 2, written: 4, kvReads: 0 } },
  removeGiftCard: { cold: { trips: 2, written: 4 }, hot: { trips: 1, written: 4, kvReads: 0 } },
  explainCart: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  listShippingOptions: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  completeCart: { cold: { trips: 3 }, hot: { trips: 3 } },
  'completeCart/gift_card': { cold: { trips: 3 }, hot: { trips: 3 } },
  receiveWebhook: { cold: { trips: 2 }, hot: { trips: 2 } },
  'receiveWebhook/forged': { cold: { trips: 0, kvReads: 0 }, hot: { trips: 0, kvReads: 0 } },
}

// They read all there is of something on purpose: ledgers to recompute, the catalog for robots and for rules, the tree,
// the levels of a location that closes, the newest events (at most 5,000 a page).
const EVERY_ROW = Number.POSITIVE_INFINITY

/** By sample (test/support/samples.ts). `BUDGETS=print` prints what test/http/budgets.test.ts has measured. */
export const budgets: Readonly<Record<string, Budget>> = {
  getHealth: {
    cold: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getReadiness: {
    cold: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getJwks: {
    cold: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listProducts: {
    cold: { trips: 1, read: 37, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/newest': {
    cold: { trips: 1, read: 43, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/collection': {
    cold: { trips: 1, read: 37, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/filtered': {
    cold: { trips: 1, read: 52, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  // Products that the search index does not know yet are read too, 200 of them at most.
  'listProducts/facets': {
    cold: { trips: 1, read: 2500, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  // More where more of the shop begins alike.
  'listProducts/search': {
    cold: { trips: 1, read: 400, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  suggest: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 3 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/tagged': {
    cold: { trips: 1, read: 37, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getProduct: {
    cold: { trips: 1, read: 81, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listVariants: {
    cold: { trips: 1, read: 81, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listRelatedProducts: {
    cold: { trips: 1, read: 39, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listCollections: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getCollection: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listCategories: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getCategory: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listMarkets: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 1, kvWrites: 1 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listPrices: {
    cold: { trips: 2, read: 36, written: 0, kvReads: 1, kvWrites: 3 },
    hot: { trips: 1, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getSitemapIndex: {
    cold: { trips: 2, read: EVERY_ROW, written: 0, kvReads: 2, kvWrites: 4 },
    hot: { trips: 0, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getSitemap: {
    cold: { trips: 3, read: EVERY_ROW, written: 0, kvReads: 2, kvWrites: 4 },
    hot: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getProductFeed: {
    cold: { trips: 3, read: EVERY_ROW, written: 0, kvReads: 1, kvWrites: 1 },
    hot: { trips: 2, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  renewGuestSession: {
    cold: { trips: 1, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  endSession: {
    cold: { trips: 1, read: 1, written: 1, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 1, written: 1, kvReads: 0, kvWrites: 0 },
  },
  createCart: {
    cold: { trips: 2, read: 62, written: 3, kvReads: 1, kvWrites: 6 },
    hot: { trips: 1, read: 3, written: 3, kvReads: 0, kvWrites: 0 },
  },
  getCart: {
    cold: { trips: 2, read: 59, written: 0, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCart: {
    cold: { trips: 2, read: 66, written: 2, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 8, written: 2, kvReads: 0, kvWrites: 0 },
  },
  addLines: {
    cold: { trips: 2, read: 104, written: 3, kvReads: 1, kvWrites: 6 },
    hot: { trips: 1, read: 21, written: 3, kvReads: 0, kvWrites: 0 },
  },
  setLines: {
    cold: { trips: 2, read: 76, written: 3, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 21, written: 3, kvReads: 0, kvWrites: 0 },
  },
  removeLine: {
    cold: { trips: 2, read: 48, written: 3, kvReads: 1, kvWrites: 4 },
    hot: { trips: 1, read: 14, written: 3, kvReads: 0, kvWrites: 0 },
  },
  mergeCarts: {
    cold: { trips: 4, read: 76, written: 4, kvReads: 1, kvWrites: 5 },
    hot: { trips: 3, read: 42, written: 4, kvReads: 0, kvWrites: 0 },
  },
  recoverCart: {
    cold: { trips: 5, read: 64, written: 3, kvReads: 2, kvWrites: 5 },
    hot: { trips: 3, read: 29, written: 3, kvReads: 0, kvWrites: 0 },
  },
  addGiftCards: {
    cold: { trips: 3, read: 72, written: 2, kvReads: 1, kvWrites: 5 },
    hot: { trips: 2, read: 17, written: 2, kvReads: 0, kvWrites: 0 },
  },
  removeGiftCard: {
    cold: { trips: 2, read: 66, written: 2, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 11, written: 2, kvReads: 0, kvWrites: 0 },
  },
  listShippingOptions: {
    cold: { trips: 2, read: 59, written: 0, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  explainCart: {
    cold: { trips: 2, read: 62, written: 0, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listPaymentOptions: {
    cold: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'completeCart/gift_card': {
    cold: { trips: 3, read: 94, written: 20, kvReads: 0, kvWrites: 0 },
    hot: { trips: 3, read: 96, written: 20, kvReads: 0, kvWrites: 0 },
  },
  completeCart: {
    cold: { trips: 3, read: 86, written: 18, kvReads: 0, kvWrites: 0 },
    hot: { trips: 3, read: 88, written: 18, kvReads: 0, kvWrites: 0 },
  },
  listOrders: {
    cold: { trips: 1, read: 2, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 2, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getOrder: {
    cold: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
  },
  lookUpOrder: {
    cold: { trips: 2, read: 30, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 30, written: 4, kvReads: 0, kvWrites: 0 },
  },
  showTestPayment: {
    cold: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
  },
  decideTestPayment: {
    cold: { trips: 3, read: 3, written: 1, kvReads: 0, kvWrites: 0 },
    hot: { trips: 3, read: 3, written: 1, kvReads: 0, kvWrites: 0 },
  },
  receiveWebhook: {
    cold: { trips: 2, read: 58, written: 18, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 57, written: 18, kvReads: 0, kvWrites: 0 },
  },
  'receiveWebhook/forged': {
    cold: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  createProduct: {
    cold: { trips: 1, read: 304, written: 53, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 302, written: 48, kvReads: 0, kvWrites: 0 },
  },
  listAdminProducts: {
    cold: { trips: 1, read: 81, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 81, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminProduct: {
    cold: { trips: 1, read: 34, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 34, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateProduct: {
    cold: { trips: 2, read: 467, written: 22, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 467, written: 22, kvReads: 0, kvWrites: 0 },
  },
  listProductTranslations: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateProductTranslation: {
    cold: { trips: 2, read: 24, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 15, written: 0, kvReads: 0, kvWrites: 0 },
  },
  deleteProductTranslation: {
    cold: { trips: 2, read: 16, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 16, written: 7, kvReads: 0, kvWrites: 0 },
  },
  createCollection: {
    cold: { trips: 2, read: EVERY_ROW, written: 8, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 8, kvReads: 0, kvWrites: 0 },
  },
  listAdminCollections: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminCollection: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCollection: {
    cold: { trips: 2, read: 11, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 11, written: 7, kvReads: 0, kvWrites: 0 },
  },
  deleteCollection: {
    cold: { trips: 3, read: EVERY_ROW, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 3, read: EVERY_ROW, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listCollectionProducts: {
    cold: { trips: 2, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCollectionProducts: {
    cold: { trips: 2, read: 780, written: 53, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 930, written: 57, kvReads: 0, kvWrites: 0 },
  },
  listCollectionTranslations: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCollectionTranslation: {
    cold: { trips: 2, read: 24, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 24, written: 6, kvReads: 0, kvWrites: 0 },
  },
  deleteCollectionTranslation: {
    cold: { trips: 2, read: 15, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 15, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createCategory: {
    cold: { trips: 2, read: EVERY_ROW, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listAdminCategories: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminCategory: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCategory: {
    cold: { trips: 2, read: EVERY_ROW, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 7, kvReads: 0, kvWrites: 0 },
  },
  deleteCategory: {
    cold: { trips: 2, read: 12, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 12, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listCategoryTranslations: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  // All categories are looked through for those below it.
  updateCategoryTranslation: {
    cold: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
  },
  deleteCategoryTranslation: {
    cold: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createPriceList: {
    cold: { trips: 1, read: 10, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 6, kvReads: 0, kvWrites: 0 },
  },
  listPriceLists: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getPriceList: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updatePriceList: {
    cold: { trips: 2, read: 563, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 543, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listPriceListPrices: {
    cold: { trips: 1, read: 9, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 9, written: 0, kvReads: 0, kvWrites: 0 },
  },
  changePriceListPrices: {
    cold: { trips: 2, read: 587, written: 26, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 587, written: 9, kvReads: 0, kvWrites: 0 },
  },
  reducePrices: {
    cold: { trips: 2, read: 615, written: 25, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 639, written: 8, kvReads: 0, kvWrites: 0 },
  },
  createMarket: {
    cold: { trips: 1, read: 11, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 11, written: 6, kvReads: 0, kvWrites: 0 },
  },
  listAdminMarkets: {
    cold: { trips: 1, read: 12, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 12, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getMarket: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateMarket: {
    cold: { trips: 2, read: 12, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 12, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createCustomerGroup: {
    cold: { trips: 1, read: 7, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 4, kvReads: 0, kvWrites: 0 },
  },
  listCustomerGroups: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getCustomerGroup: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCustomerGroup: {
    cold: { trips: 2, read: 15, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 15, written: 4, kvReads: 0, kvWrites: 0 },
  },
  deleteCustomerGroup: {
    cold: { trips: 2, read: 14, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 14, written: 6, kvReads: 0, kvWrites: 0 },
  },
  listCustomerGroupMembers: {
    cold: { trips: 1, read: 9, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 9, written: 0, kvReads: 0, kvWrites: 0 },
  },
  changeCustomerGroupMembers: {
    cold: { trips: 2, read: 19, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 19, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createCustomField: {
    cold: { trips: 1, read: 9, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 9, written: 6, kvReads: 0, kvWrites: 0 },
  },
  listCustomFields: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getCustomField: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCustomField: {
    cold: { trips: 2, read: 11, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 11, written: 6, kvReads: 0, kvWrites: 0 },
  },
  deleteCustomField: {
    cold: { trips: 2, read: 10, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 10, written: 5, kvReads: 0, kvWrites: 0 },
  },
  createSynonym: {
    cold: { trips: 1, read: 19, written: 9, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 20, written: 9, kvReads: 0, kvWrites: 0 },
  },
  listSynonyms: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getSynonym: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateSynonym: {
    cold: { trips: 2, read: 44, written: 19, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 44, written: 19, kvReads: 0, kvWrites: 0 },
  },
  deleteSynonym: {
    cold: { trips: 2, read: 15, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 15, written: 7, kvReads: 0, kvWrites: 0 },
  },
  createPin: {
    cold: { trips: 2, read: 13, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 13, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listPins: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getPin: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updatePin: {
    cold: { trips: 2, read: 18, written: 8, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 18, written: 8, kvReads: 0, kvWrites: 0 },
  },
  deletePin: {
    cold: { trips: 2, read: 13, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 13, written: 6, kvReads: 0, kvWrites: 0 },
  },
  listInventory: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  adjustInventory: {
    cold: { trips: 1, read: 36, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 36, written: 6, kvReads: 0, kvWrites: 0 },
  },
  updateInventory: {
    cold: { trips: 2, read: 20, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 20, written: 5, kvReads: 0, kvWrites: 0 },
  },
  transferInventory: {
    cold: { trips: 2, read: 57, written: 11, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 61, written: 10, kvReads: 0, kvWrites: 0 },
  },
  listMovements: {
    cold: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
  },
  createLocation: {
    cold: { trips: 2, read: 7, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 7, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listLocations: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getLocation: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateLocation: {
    cold: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: EVERY_ROW, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createPromotion: {
    cold: { trips: 1, read: 13, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 13, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listPromotions: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getPromotion: {
    cold: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updatePromotion: {
    cold: { trips: 2, read: 21, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 21, written: 6, kvReads: 0, kvWrites: 0 },
  },
  'updatePromotion/terms': {
    cold: { trips: 2, read: 24, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 24, written: 7, kvReads: 0, kvWrites: 0 },
  },
  deletePromotion: {
    cold: { trips: 2, read: 18, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 18, written: 6, kvReads: 0, kvWrites: 0 },
  },
  addPromotionCodes: {
    cold: { trips: 2, read: 15, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 15, written: 6, kvReads: 0, kvWrites: 0 },
  },
  'addPromotionCodes/generated': {
    cold: { trips: 2, read: 23, written: 14, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 23, written: 14, kvReads: 0, kvWrites: 0 },
  },
  listPromotionCodes: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  deletePromotionCode: {
    cold: { trips: 2, read: 17, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 17, written: 6, kvReads: 0, kvWrites: 0 },
  },
  issueGiftCard: {
    cold: { trips: 1, read: 12, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 12, written: 7, kvReads: 0, kvWrites: 0 },
  },
  'issueGiftCard/store_credit': {
    cold: { trips: 1, read: 12, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 12, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listGiftCards: {
    cold: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 8, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getGiftCard: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateGiftCard: {
    cold: { trips: 2, read: 15, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 15, written: 4, kvReads: 0, kvWrites: 0 },
  },
  adjustGiftCard: {
    cold: { trips: 2, read: 22, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 22, written: 5, kvReads: 0, kvWrites: 0 },
  },
  createShippingZone: {
    cold: { trips: 1, read: 27, written: 10, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 27, written: 10, kvReads: 0, kvWrites: 0 },
  },
  listShippingZones: {
    cold: { trips: 1, read: 76, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 76, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getShippingZone: {
    cold: { trips: 1, read: 19, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 19, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateShippingZone: {
    cold: { trips: 2, read: 54, written: 8, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 54, written: 8, kvReads: 0, kvWrites: 0 },
  },
  deleteShippingZone: {
    cold: { trips: 2, read: 29, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 29, written: 7, kvReads: 0, kvWrites: 0 },
  },
  createPickupLocation: {
    cold: { trips: 1, read: 9, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 9, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listPickupLocations: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getPickupLocation: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updatePickupLocation: {
    cold: { trips: 2, read: 11, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 11, written: 5, kvReads: 0, kvWrites: 0 },
  },
  deletePickupLocation: {
    cold: { trips: 2, read: 11, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 11, written: 5, kvReads: 0, kvWrites: 0 },
  },
  createTaxZone: {
    cold: { trips: 1, read: 24, written: 9, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 24, written: 9, kvReads: 0, kvWrites: 0 },
  },
  listTaxZones: {
    cold: { trips: 1, read: 69, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 69, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getTaxZone: {
    cold: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateTaxZone: {
    cold: { trips: 2, read: 45, written: 8, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 45, written: 8, kvReads: 0, kvWrites: 0 },
  },
  deleteTaxZone: {
    cold: { trips: 2, read: 26, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 26, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listAdminOrders: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listAdminOrders/to_ship': {
    cold: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminOrder: {
    cold: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
  },
  captureOrder: {
    cold: { trips: 5, read: 62, written: 15, kvReads: 0, kvWrites: 0 },
    hot: { trips: 5, read: 62, written: 15, kvReads: 0, kvWrites: 0 },
  },
  voidOrder: {
    cold: { trips: 5, read: 56, written: 14, kvReads: 0, kvWrites: 0 },
    hot: { trips: 5, read: 56, written: 14, kvReads: 0, kvWrites: 0 },
  },
  refundOrder: {
    cold: { trips: 7, read: 118, written: 22, kvReads: 0, kvWrites: 0 },
    hot: { trips: 7, read: 119, written: 22, kvReads: 0, kvWrites: 0 },
  },
  cancelOrder: {
    cold: { trips: 8, read: 126, written: 23, kvReads: 0, kvWrites: 0 },
    hot: { trips: 8, read: 127, written: 23, kvReads: 0, kvWrites: 0 },
  },
  fulfillOrder: {
    cold: { trips: 2, read: 50, written: 8, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 50, written: 8, kvReads: 0, kvWrites: 0 },
  },
  updateFulfillment: {
    cold: { trips: 2, read: 17, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 17, written: 4, kvReads: 0, kvWrites: 0 },
  },
  createOrderAccessToken: {
    cold: { trips: 1, read: 7, written: 2, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 2, kvReads: 0, kvWrites: 0 },
  },
  listWebhookEvents: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listWebhookEvents/of_payment': {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getWebhookEvent: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  replayWebhookEvent: {
    cold: { trips: 5, read: 13, written: 4, kvReads: 0, kvWrites: 0 },
    hot: { trips: 5, read: 13, written: 4, kvReads: 0, kvWrites: 0 },
  },
  importProducts: {
    cold: { trips: 6, read: 399, written: 76, kvReads: 1, kvWrites: 1 },
    hot: { trips: 6, read: 394, written: 71, kvReads: 1, kvWrites: 0 },
  },
  'importProducts/dry_run': {
    cold: { trips: 6, read: 75, written: 17, kvReads: 1, kvWrites: 1 },
    hot: { trips: 5, read: 57, written: 17, kvReads: 0, kvWrites: 0 },
  },
  'importProducts/opened': {
    cold: { trips: 1, read: 9, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 9, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listImports: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getImport: {
    cold: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  putImportPart: {
    cold: { trips: 5, read: 385, written: 61, kvReads: 1, kvWrites: 1 },
    hot: { trips: 5, read: 385, written: 61, kvReads: 1, kvWrites: 0 },
  },
  'putImportPart/lines': {
    cold: { trips: 5, read: 308, written: 42, kvReads: 1, kvWrites: 1 },
    hot: { trips: 5, read: 308, written: 39, kvReads: 1, kvWrites: 0 },
  },
  finishImport: {
    cold: { trips: 1, read: 13, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 13, written: 5, kvReads: 0, kvWrites: 0 },
  },
  rebuildSearch: {
    cold: { trips: 3, read: EVERY_ROW, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 6, written: 0, kvReads: 0, kvWrites: 0 },
  },
  checkIntegrity: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
}
