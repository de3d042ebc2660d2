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
  getProduct: { hot: { trips: 0, kvReads: 0, kvWrites: 0 } },
  getCart: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  createCart: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  updateCart: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  addLines: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  setLines: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  removeLine: { cold: { trips: 2 }, hot: { trips: 1, kvReads: 0 } },
  completeCart: { cold: { trips: 3 }, hot: { trips: 3 } },
  receiveWebhook: { cold: { trips: 2 }, hot: { trips: 2 } },
  'receiveWebhook/forged': { cold: { trips: 0, kvReads: 0 }, hot: { trips: 0, kvReads: 0 } },
}

// It recomputes the shop from its ledgers: it reads all of them, on purpose.
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
    cold: { trips: 2, read: 14, written: 0, kvReads: 2, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/newest': {
    cold: { trips: 2, read: 16, written: 0, kvReads: 2, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  'listProducts/tagged': {
    cold: { trips: 2, read: 15, written: 0, kvReads: 2, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getProduct: {
    cold: { trips: 1, read: 40, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listCollections: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getCollection: {
    cold: { trips: 1, read: 10, written: 0, kvReads: 1, kvWrites: 2 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listMarkets: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 1, kvWrites: 1 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
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
    cold: { trips: 2, read: 42, written: 2, kvReads: 1, kvWrites: 6 },
    hot: { trips: 1, read: 3, written: 2, kvReads: 0, kvWrites: 0 },
  },
  getCart: {
    cold: { trips: 2, read: 39, written: 0, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateCart: {
    cold: { trips: 2, read: 50, written: 1, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 12, written: 1, kvReads: 0, kvWrites: 0 },
  },
  addLines: {
    cold: { trips: 2, read: 82, written: 2, kvReads: 1, kvWrites: 6 },
    hot: { trips: 1, read: 32, written: 2, kvReads: 0, kvWrites: 0 },
  },
  setLines: {
    cold: { trips: 2, read: 59, written: 2, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 24, written: 2, kvReads: 0, kvWrites: 0 },
  },
  removeLine: {
    cold: { trips: 2, read: 45, written: 2, kvReads: 1, kvWrites: 4 },
    hot: { trips: 1, read: 18, written: 2, kvReads: 0, kvWrites: 0 },
  },
  listShippingOptions: {
    cold: { trips: 2, read: 39, written: 0, kvReads: 1, kvWrites: 5 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listPaymentOptions: {
    cold: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 4, written: 0, kvReads: 0, kvWrites: 0 },
  },
  completeCart: {
    cold: { trips: 3, read: 91, written: 20, kvReads: 0, kvWrites: 0 },
    hot: { trips: 3, read: 95, written: 20, kvReads: 0, kvWrites: 0 },
  },
  listOrders: {
    cold: { trips: 1, read: 2, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 2, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getOrder: {
    cold: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
  },
  showTestPayment: {
    cold: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 1, written: 0, kvReads: 0, kvWrites: 0 },
  },
  decideTestPayment: {
    cold: { trips: 2, read: 3, written: 1, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 3, written: 1, kvReads: 0, kvWrites: 0 },
  },
  receiveWebhook: {
    cold: { trips: 2, read: 80, written: 20, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 74, written: 20, kvReads: 0, kvWrites: 0 },
  },
  'receiveWebhook/forged': {
    cold: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 0, read: 0, written: 0, kvReads: 0, kvWrites: 0 },
  },
  createProduct: {
    cold: { trips: 1, read: 44, written: 22, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 44, written: 22, kvReads: 0, kvWrites: 0 },
  },
  listAdminProducts: {
    cold: { trips: 1, read: 48, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 48, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminProduct: {
    cold: { trips: 1, read: 18, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 18, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updateProduct: {
    cold: { trips: 2, read: 39, written: 9, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 39, written: 9, kvReads: 0, kvWrites: 0 },
  },
  listInventory: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  adjustInventory: {
    cold: { trips: 1, read: 16, written: 6, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 16, written: 6, kvReads: 0, kvWrites: 0 },
  },
  createPromotion: {
    cold: { trips: 1, read: 10, written: 7, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 10, written: 7, kvReads: 0, kvWrites: 0 },
  },
  listPromotions: {
    cold: { trips: 2, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getPromotion: {
    cold: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 11, written: 0, kvReads: 0, kvWrites: 0 },
  },
  updatePromotion: {
    cold: { trips: 2, read: 16, written: 5, kvReads: 0, kvWrites: 0 },
    hot: { trips: 2, read: 16, written: 5, kvReads: 0, kvWrites: 0 },
  },
  listAdminOrders: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  getAdminOrder: {
    cold: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 16, written: 0, kvReads: 0, kvWrites: 0 },
  },
  listWebhookEvents: {
    cold: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: 7, written: 0, kvReads: 0, kvWrites: 0 },
  },
  replayWebhookEvent: {
    cold: { trips: 5, read: 12, written: 3, kvReads: 0, kvWrites: 0 },
    hot: { trips: 5, read: 12, written: 3, kvReads: 0, kvWrites: 0 },
  },
  importProducts: {
    cold: { trips: 5, read: 50, written: 21, kvReads: 1, kvWrites: 1 },
    hot: { trips: 5, read: 50, written: 21, kvReads: 1, kvWrites: 0 },
  },
  'importProducts/dry_run': {
    cold: { trips: 3, read: 25, written: 0, kvReads: 1, kvWrites: 1 },
    hot: { trips: 2, read: 18, written: 0, kvReads: 0, kvWrites: 0 },
  },
  checkIntegrity: {
    cold: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
    hot: { trips: 1, read: EVERY_ROW, written: 0, kvReads: 0, kvWrites: 0 },
  },
}
