import { signTestEvent } from '../../src/features/payments/test/events.ts'
import { signRecoveryToken } from '../../src/features/sessions/recovery-token.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { parseConfig } from '../../src/platform/env.ts'
import type { Route } from '../../src/platform/http/route.ts'
import {
  type Answer,
  type Api,
  addGiftCards,
  complete,
  createApi,
  makeGiftCard,
  makeProduct,
  makeShopper,
  type Shopper,
  type TestProduct,
  unique,
} from './api.ts'
import { type Shop, seedShop } from './shop.ts'

/** What samples are made in: a product nobody else sells, under a vendor's name and tag that nobody else has. */
export interface World {
  api: Api
  shop: Shop
  product: TestProduct
  vendor: string
}

/** One request as its rightful caller sends it. */
export interface Call {
  path: string
  /** An object is sent as JSON, a string as it is. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** The owner's session token or a staff key; absent where the route asks for none. */
  token?: string
  /** A read that shows what the call would change: its answer is the same before and after a call that is refused. */
  witness?: { path: string; token: string }
  /** The owner's e-mail, which nobody else's answer may contain. */
  email?: string
  /** The status that is right for this call, where it is not the usual one of its route. */
  status?: number
}

type Sample = (world: World) => Call | Promise<Call>

export async function makeWorld(api = createApi()): Promise<World> {
  const vendor = unique('Vendor')
  return { api, shop: await seedShop(), vendor, product: await makeProduct(api, { vendor, tags: [vendor] }) }
}

/** One call for every route, by its id; `<id>/<variant>` is another call of that route. */
export const samples: Readonly<Record<string, Sample>> = {
  getHealth: () => ({ path: '/healthz' }),
  getReadiness: () => ({ path: '/readyz' }),
  getJwks: () => ({ path: '/.well-known/jwks.json' }),

  listProducts: ({ vendor }) => ({ path: `/v1/products?vendor=${vendor}` }),
  'listProducts/newest': () => ({ path: '/v1/products?limit=1' }),
  'listProducts/collection': async (world) => {
    const { api, shop, product, vendor } = world
    const handle = vendor.toLowerCase()
    const ask = { token: shop.staffKey }
    const made = await api.post('/v1/admin/collections', { title: vendor, handle, status: 'active' }, ask)
    // One a world: whoever asks again asks for the same list.
    const path = `/v1/admin/collections/${made.body.id}/products`
    if (made.status === 201) await api.patch(path, { add: [product.id] }, ask)
    return { path: `/v1/products?collection=${handle}&sort=price_asc` }
  },
  'listProducts/filtered': ({ vendor }) => ({ path: `/v1/products?vendor=${vendor}&in_stock=true&fields=title` }),
  'listProducts/facets': ({ vendor }) => ({ path: `/v1/products?tag=${vendor}&facets=true` }),
  'listProducts/search': ({ vendor }) => ({ path: `/v1/products?q=${vendor}&limit=2` }),
  suggest: ({ vendor }) => ({ path: `/v1/search/suggest?q=${vendor}` }),
  'listProducts/tagged': ({ vendor }) => ({ path: `/v1/products?tag=${vendor}` }),
  getProduct: ({ product }) => ({ path: `/v1/products/${product.handle}` }),
  listVariants: ({ product }) => ({ path: `/v1/products/${product.handle}/variants?limit=10` }),
  listRelatedProducts: ({ product }) => ({ path: `/v1/products/${product.handle}/related` }),
  listCollections: () => ({ path: '/v1/collections' }),
  getCollection: () => ({ path: '/v1/collections/everything' }),
  listCategories: async (world) => {
    await category(world)
    return { path: '/v1/categories' }
  },
  getCategory: async (world) => ({ path: `/v1/categories/${(await category(world)).handle}` }),
  listMarkets: () => ({ path: '/v1/markets' }),

  listPrices: async (world) => ({
    path: `/v1/prices?variant_ids=${world.product.variantId}&skus=${world.product.sku}&quantity=2`,
    token: (await shopper(world)).token,
  }),
  getSitemapIndex: () => ({ path: '/sitemap.xml' }),
  getSitemap: () => ({ path: '/sitemaps/products-1.xml' }),
  getProductFeed: () => ({ path: '/feeds/products.xml?currency=EUR&country=DE&locale=de-DE' }),

  renewGuestSession: async (world) => ({ path: '/v1/sessions/guest/renew', token: (await shopper(world)).token }),
  endSession: async (world) => ({ path: '/v1/sessions/current', token: (await shopper(world)).token }),

  createCart: ({ product }) => ({ path: '/v1/carts', body: { lines: [{ sku: product.sku, quantity: 1 }] } }),
  getCart: async (world) => ofCart(await shopper(world), ''),
  updateCart: async (world) =>
    ofCart(await shopper(world), '', { note: 'Ring twice', metadata: { gift: 'yes' }, vat_id: 'DE136695976' }),
  addLines: async (world) =>
    ofCart(await shopper(world), '/lines', {
      lines: [{ sku: world.product.sku, quantity: 1, attributes: { engraving: 'Ada' } }],
    }),
  setLines: async (world) => {
    const owner = await shopper(world)
    return ofCart(owner, '/lines', { lines: [{ id: owner.cart.lines[0].id, quantity: 1 }] })
  },
  removeLine: async (world) => {
    const owner = await shopper(world)
    return ofCart(owner, `/lines/${owner.cart.lines[0].id}`)
  },
  mergeCarts: async (world) => {
    const owner = await shopper(world)
    const guest = await makeShopper(world.api, [{ sku: world.product.sku, quantity: 1 }])
    const body = { from_cart_id: guest.cartId, from_access_token: guest.token, strategy: 'sum' }
    return ofCart(owner, '/merge', body)
  },
  recoverCart: async (world) => {
    const owner = await shopper(world)
    const expiresAt = new Date(Date.now() + 3600_000)
    const token = await signRecoveryToken(
      parseConfig(world.api.bindings),
      { subject: owner.cartId, expiresAt },
      new Date(),
      mint,
    )
    return { path: '/v1/carts/recover', body: { token }, email: owner.cart.email }
  },
  addGiftCards: async (world) => {
    const { code } = await makeGiftCard(world.api, 500)
    return ofCart(await shopper(world), '/gift-cards', { codes: [code] })
  },
  removeGiftCard: async (world) => {
    const card = await makeGiftCard(world.api, 500)
    return ofCart(await addGiftCards(world.api, await shopper(world), [card]), `/gift-cards/${card.id}`)
  },
  listShippingOptions: async (world) => ofCart(await shopper(world), '/shipping-options'),
  explainCart: async (world) => ofCart(await shopper(world), '/explain', { discount_codes: ['NO-SUCH-CODE'] }),
  listPaymentOptions: async (world) => ofCart(await shopper(world), '/payment-options'),
  'completeCart/gift_card': async (world) => {
    const owner = await addGiftCards(world.api, await shopper(world), [await makeGiftCard(world.api, 500)])
    const expected = { expected_total: owner.cart.totals.total, expected_amount_due: owner.cart.totals.amount_due }
    const call = ofCart(owner, '/complete', { payment: { provider: 'test' }, ...expected })
    return { ...call, headers: { 'Idempotency-Key': crypto.randomUUID() } }
  },
  completeCart: async (world) => {
    const owner = await shopper(world)
    const payment = { provider: 'test', return_url: 'https://shop.example/thanks' }
    const call = ofCart(owner, '/complete', { payment, expected_total: owner.cart.totals.total })
    return { ...call, headers: { 'Idempotency-Key': crypto.randomUUID() } }
  },

  listOrders: async (world) => {
    const { owner } = await order(world, { test_outcome: 'succeeded' })
    return { path: '/v1/orders', token: owner.token, email: owner.cart.email }
  },
  getOrder: async (world) => {
    const { owner, orderId } = await order(world)
    const path = `/v1/orders/${orderId}`
    return { path, token: owner.token, email: owner.cart.email, witness: { path, token: owner.token } }
  },
  lookUpOrder: async (world) => {
    const { owner, orderId } = await order(world, { test_outcome: 'succeeded' })
    const { number, email } = (await world.api.get(`/v1/orders/${orderId}`, { token: owner.token })).body
    return { path: '/v1/orders/lookup', body: { number, email } }
  },

  showTestPayment: async (world) => ({ path: `/v1/test-payments/${(await order(world)).paymentId}` }),
  decideTestPayment: async (world) => {
    const { owner, orderId, paymentId } = await order(world)
    const witness = { path: `/v1/orders/${orderId}`, token: owner.token }
    return { path: `/v1/test-payments/${paymentId}`, body: { outcome: 'succeeded' }, witness }
  },
  receiveWebhook: paidEvent,
  'receiveWebhook/forged': async (world) => {
    const call = await paidEvent(world)
    return { ...call, headers: { ...call.headers, 'webhook-signature': `v1,${btoa('x'.repeat(32))}` }, status: 401 }
  },

  createProduct: ({ shop }) => ({
    path: '/v1/admin/products',
    token: shop.staffKey,
    body: {
      title: unique('Mug'),
      status: 'active',
      tags: ['mugs'],
      seo: { title: 'Mug' },
      metadata: { material: 'enamel' },
      images: [{ url: 'https://shop.example/mug.jpg', alt: 'A mug' }],
      variants: [
        {
          ...{
            sku: unique('MUG'),
            prices: [{ amount: 1200, currency: 'USD' }],
            tax_category: 'reduced',
            quantity_step: 1,
          },
          inventory: { policy: 'deny', on_hand: 3 },
        },
      ],
    },
  }),
  listAdminProducts: ({ shop }) => ({ path: '/v1/admin/products?limit=1', token: shop.staffKey }),
  getAdminProduct: ({ shop, product }) => ({ path: `/v1/admin/products/${product.id}`, token: shop.staffKey }),
  updateProduct: ({ shop, product }) => {
    const path = `/v1/admin/products/${product.id}`
    const body = { title: unique('Product'), metadata: { season: 'winter' } }
    return { path, token: shop.staffKey, body, witness: { path, token: shop.staffKey } }
  },

  listProductTranslations: async (world) => translationsOf(world, 'products', world.product.id),
  updateProductTranslation: async (world) => translation(world, 'products', world.product.id, { title: 'Becher' }),
  // Of a product of its own: what is deleted twice is not there the second time.
  deleteProductTranslation: async (world) => translation(world, 'products', (await makeProduct(world.api)).id),

  createCollection: ({ shop }) => ({
    path: '/v1/admin/collections',
    token: shop.staffKey,
    body: {
      title: unique('Mugs'),
      description_html: '<p>All that holds tea</p>',
      kind: 'rules',
      match: 'all',
      rules: [
        { field: 'tag', operator: 'is', value: unique('mug') },
        { field: 'price', operator: 'at_most', value: { amount: 1, currency: 'USD' } },
      ],
      seo: { title: 'Mugs' },
      image: { url: 'https://shop.example/mugs.jpg', alt: 'Mugs' },
      metadata: { season: 'winter' },
      private_metadata: { buyer: 'Ada' },
      custom_fields: {},
    },
  }),
  listAdminCollections: async (world) => {
    await collection(world)
    return { path: '/v1/admin/collections?limit=1', token: world.shop.staffKey }
  },
  getAdminCollection: async (world) => ofStaff(world, `/v1/admin/collections/${await collection(world)}`),
  updateCollection: async (world) =>
    ofStaff(world, `/v1/admin/collections/${await collection(world)}`, { title: unique('Cups'), status: 'draft' }),
  deleteCollection: async (world) => ofStaff(world, `/v1/admin/collections/${await collection(world)}`),
  listCollectionProducts: async (world) => {
    const path = `/v1/admin/collections/${await collection(world)}/products?limit=1`
    return { path, token: world.shop.staffKey }
  },
  updateCollectionProducts: async (world) => {
    const path = `/v1/admin/collections/${await collection(world)}/products`
    return ofStaff(world, path, { add: [world.product.id], move: { ids: [world.product.id], after: null } })
  },
  listCollectionTranslations: async (world) => translationsOf(world, 'collections', await collection(world)),
  updateCollectionTranslation: async (world) =>
    translation(world, 'collections', await collection(world), { title: 'Becher', seo_title: 'Becher' }),
  deleteCollectionTranslation: async (world) => translation(world, 'collections', await collection(world)),

  createCategory: async (world) => ({
    path: '/v1/admin/categories',
    token: world.shop.staffKey,
    body: {
      title: unique('Kitchen'),
      parent_id: (await category(world)).id,
      description_html: '<p>For cooks</p>',
      seo: { title: 'Kitchen' },
      image: { url: 'https://shop.example/kitchen.jpg', alt: 'A kitchen' },
      metadata: { floor: '2' },
      private_metadata: { buyer: 'Ada' },
    },
  }),
  listAdminCategories: async (world) => {
    await category(world)
    return { path: '/v1/admin/categories?limit=1', token: world.shop.staffKey }
  },
  getAdminCategory: async (world) => ofStaff(world, `/v1/admin/categories/${(await category(world)).id}`),
  updateCategory: async (world) =>
    ofStaff(world, `/v1/admin/categories/${(await category(world)).id}`, { title: unique('Garden'), position: 3 }),
  deleteCategory: async (world) => ofStaff(world, `/v1/admin/categories/${(await category(world)).id}`),
  listCategoryTranslations: async (world) => translationsOf(world, 'categories', (await category(world)).id),
  updateCategoryTranslation: async (world) =>
    translation(world, 'categories', (await category(world)).id, { title: 'Küche' }),
  deleteCategoryTranslation: async (world) => translation(world, 'categories', (await category(world)).id),
  createPriceList: ({ shop }) => ({
    path: '/v1/admin/price-lists',
    token: shop.staffKey,
    body: { title: 'Winter', status: 'active', starts_at: '2030-12-01T00:00:00Z', ends_at: '2031-01-01T00:00:00Z' },
  }),
  listPriceLists: async (world) => {
    await priceList(world)
    return { path: '/v1/admin/price-lists?limit=1', token: world.shop.staffKey }
  },
  getPriceList: async (world) => ofStaff(world, `/v1/admin/price-lists/${await priceList(world)}`),
  updatePriceList: async (world) =>
    ofStaff(world, `/v1/admin/price-lists/${await priceList(world)}`, { title: 'Later', status: 'paused' }),
  listPriceListPrices: async (world) => ofStaff(world, `/v1/admin/price-lists/${await priceList(world)}/prices`),
  changePriceListPrices: async (world) =>
    ofStaff(world, `/v1/admin/price-lists/${await priceList(world)}/prices`, {
      set: [{ sku: world.product.sku, currency: 'USD', amount: 1500 }],
      remove: [{ variant_id: world.product.variantId, currency: 'EUR' }],
    }),
  reducePrices: async (world) => {
    const list = `/v1/admin/price-lists/${await priceList(world)}`
    const body = { percent: 12.5, currency: 'USD', product_ids: [world.product.id], round_to: 5 }
    return { ...ofStaff(world, `${list}/reductions`, body), witness: { path: list, token: world.shop.staffKey } }
  },

  createMarket: ({ shop }) => ({
    path: '/v1/admin/markets',
    token: shop.staffKey,
    body: { name: 'Elsewhere', currency: 'USD', countries: [], locales: ['en-US'], position: 999_999 },
  }),
  listAdminMarkets: (world) => ofStaff(world, '/v1/admin/markets?limit=1'),
  getMarket: async (world) => ofStaff(world, `/v1/admin/markets/${await market(world)}`),
  updateMarket: async (world) =>
    ofStaff(world, `/v1/admin/markets/${await market(world)}`, { name: 'Nowhere', countries: [], tax_included: true }),

  createCustomerGroup: (world) => ofStaff(world, '/v1/admin/customer-groups', { title: 'Wholesale' }),
  listCustomerGroups: async (world) => {
    await customerGroup(world)
    return ofStaff(world, '/v1/admin/customer-groups?limit=1')
  },
  getCustomerGroup: async (world) => ofStaff(world, `/v1/admin/customer-groups/${await customerGroup(world)}`),
  updateCustomerGroup: async (world) =>
    ofStaff(world, `/v1/admin/customer-groups/${await customerGroup(world)}`, { title: 'Retail' }),
  deleteCustomerGroup: async (world) => ofStaff(world, `/v1/admin/customer-groups/${await customerGroup(world)}`),
  listCustomerGroupMembers: async (world) =>
    ofStaff(world, `/v1/admin/customer-groups/${await customerGroup(world)}/members`),
  changeCustomerGroupMembers: async (world) =>
    ofStaff(world, `/v1/admin/customer-groups/${await customerGroup(world)}/members`, {
      add: [mint('guest')],
      remove: [mint('customer')],
    }),

  createCustomField: (world) =>
    ofStaff(world, '/v1/admin/custom-fields', {
      subject: 'product',
      key: uniqueKey(),
      title: 'Material',
      type: 'text',
      visibility: 'public',
      options: { choices: ['wool', 'cotton'] },
    }),
  listCustomFields: async (world) => {
    await customField(world)
    return ofStaff(world, '/v1/admin/custom-fields?limit=1')
  },
  getCustomField: async (world) => ofStaff(world, `/v1/admin/custom-fields/${await customField(world)}`),
  updateCustomField: async (world) =>
    ofStaff(world, `/v1/admin/custom-fields/${await customField(world)}`, { title: 'Cloth', options: { maximum: 9 } }),
  deleteCustomField: async (world) => ofStaff(world, `/v1/admin/custom-fields/${await customField(world)}`),

  createSynonym: (world) =>
    ofStaff(world, '/v1/admin/search/synonyms', {
      kind: 'one_way',
      input: unique('laptop'),
      words: ['notebook', 'portable computer'],
    }),
  listSynonyms: async (world) => {
    await synonym(world)
    return ofStaff(world, '/v1/admin/search/synonyms?limit=1')
  },
  getSynonym: async (world) => ofStaff(world, `/v1/admin/search/synonyms/${await synonym(world)}`),
  updateSynonym: async (world) =>
    ofStaff(world, `/v1/admin/search/synonyms/${await synonym(world)}`, {
      words: [unique('sofa'), unique('settee'), unique('couch')],
    }),
  deleteSynonym: async (world) => ofStaff(world, `/v1/admin/search/synonyms/${await synonym(world)}`),

  createPin: (world) =>
    ofStaff(world, '/v1/admin/search/pins', { query: unique('gift'), product_ids: [world.product.id] }),
  listPins: async (world) => {
    await pin(world)
    return ofStaff(world, '/v1/admin/search/pins?limit=1')
  },
  getPin: async (world) => ofStaff(world, `/v1/admin/search/pins/${await pin(world)}`),
  updatePin: async (world) =>
    ofStaff(world, `/v1/admin/search/pins/${await pin(world)}`, {
      query: unique('present'),
      product_ids: [world.product.id],
    }),
  deletePin: async (world) => ofStaff(world, `/v1/admin/search/pins/${await pin(world)}`),

  listInventory: ({ shop, product }) => ({ path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey }),
  adjustInventory: ({ shop, product }) => ({
    path: '/v1/admin/inventory/adjustments',
    token: shop.staffKey,
    body: { sku: product.sku, delta: 5, reason: 'counted' },
    witness: { path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey },
  }),
  updateInventory: ({ shop, product }) => ({
    path: '/v1/admin/inventory',
    token: shop.staffKey,
    body: { sku: product.sku, policy: 'backorder', backorder_limit: counted(), low_stock_at: 5 },
    witness: { path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey },
  }),
  transferInventory: async (world) => {
    const { shop, product } = world
    const to = await location(world)
    return {
      path: '/v1/admin/inventory/transfers',
      token: shop.staffKey,
      body: {
        from_location_id: shop.locationId,
        to_location_id: to,
        items: [{ sku: product.sku, quantity: 2 }],
        reason: 'moved',
      },
      witness: { path: `/v1/admin/inventory?sku=${product.sku}`, token: shop.staffKey },
    }
  },
  listMovements: ({ shop, product }) => ({
    path: `/v1/admin/inventory/movements?sku=${product.sku}&location_id=${shop.locationId}&limit=1`,
    token: shop.staffKey,
  }),

  createLocation: (world) =>
    ofStaff(world, '/v1/admin/locations', {
      name: unique('Depot'),
      country: 'NL',
      priority: 7,
      is_default: false,
      active: true,
    }),
  listLocations: async (world) => {
    await location(world)
    return ofStaff(world, '/v1/admin/locations?limit=1')
  },
  getLocation: async (world) => ofStaff(world, `/v1/admin/locations/${await location(world)}`),
  updateLocation: async (world) =>
    ofStaff(world, `/v1/admin/locations/${await location(world)}`, {
      name: unique('Depot'),
      country: 'BE',
      active: false,
    }),

  createPromotion: ({ shop }) => ({
    path: '/v1/admin/promotions',
    token: shop.staffKey,
    body: {
      title: 'Ten percent',
      method: 'code',
      codes: [unique('TEN')],
      effect: { type: 'percent', percent: 10 },
      conditions: { minimum_subtotal: [{ amount: 1000, currency: 'USD' }] },
      usage_limit: 100,
    },
  }),
  listPromotions: async (world) => {
    await promotion(world)
    return { path: '/v1/admin/promotions?limit=1', token: world.shop.staffKey }
  },
  getPromotion: async (world) => ({
    path: `/v1/admin/promotions/${await promotion(world)}`,
    token: world.shop.staffKey,
  }),
  updatePromotion: async (world) => {
    const path = `/v1/admin/promotions/${await promotion(world)}`
    const token = world.shop.staffKey
    return { path, token, body: { title: 'Later', status: 'paused' }, witness: { path, token } }
  },
  'updatePromotion/terms': async (world) =>
    ofStaff(world, `/v1/admin/promotions/${await promotion(world)}`, {
      effect: { type: 'buy_get', buy: { quantity: 2 }, get: { quantity: 1, percent: 50 } },
      conditions: { minimum_quantity: 3, countries: ['DE'] },
      budget: [{ amount: 100_000, currency: 'EUR' }],
    }),
  deletePromotion: async (world) => ofStaff(world, `/v1/admin/promotions/${await promotion(world)}`),
  addPromotionCodes: async (world) => {
    const path = `/v1/admin/promotions/${await promotion(world)}`
    const token = world.shop.staffKey
    return { path: `${path}/codes`, token, body: { codes: [unique('MORE')], usage_limit: 1 }, witness: { path, token } }
  },
  'addPromotionCodes/generated': async (world) => {
    const path = `/v1/admin/promotions/${await promotion(world)}`
    const token = world.shop.staffKey
    const body = { generate: { count: 5, prefix: 'VIP-' }, usage_limit: 1 }
    return { path: `${path}/codes`, token, body, witness: { path, token } }
  },
  listPromotionCodes: async (world) => ({
    path: `/v1/admin/promotions/${await promotion(world)}/codes?used=false&limit=10`,
    token: world.shop.staffKey,
  }),
  deletePromotionCode: async (world) => {
    const path = `/v1/admin/promotions/${await promotion(world)}`
    const token = world.shop.staffKey
    const [code] = (await world.api.get(path, { token })).body.codes
    return { path: `${path}/codes/${code}`, token, witness: { path, token } }
  },

  issueGiftCard: (world) =>
    ofStaff(world, '/v1/admin/gift-cards', {
      amount: { amount: 5000, currency: 'USD' },
      expires_at: '2099-12-31T00:00:00Z',
      note: 'For a delay',
    }),
  'issueGiftCard/store_credit': (world) =>
    ofStaff(world, '/v1/admin/gift-cards', {
      amount: { amount: 5000, currency: 'USD' },
      kind: 'store_credit',
      email: 'ada@shop.example',
    }),
  listGiftCards: async (world) =>
    ofStaff(world, `/v1/admin/gift-cards?limit=1&last4=${(await makeGiftCard(world.api, 500)).last4}`),
  getGiftCard: async (world) => ofStaff(world, `/v1/admin/gift-cards/${(await makeGiftCard(world.api, 500)).id}`),
  updateGiftCard: async (world) =>
    ofStaff(world, `/v1/admin/gift-cards/${(await makeGiftCard(world.api, 500)).id}`, {
      status: 'disabled',
      expires_at: '2099-12-31T00:00:00Z',
      note: 'Lost',
    }),
  adjustGiftCard: async (world) => {
    const path = `/v1/admin/gift-cards/${(await makeGiftCard(world.api, 500)).id}`
    const token = world.shop.staffKey
    const body = { amount: -200, reason: 'Goodwill taken back' }
    return { path: `${path}/adjustments`, token, body, witness: { path, token } }
  },

  createShippingZone: async (world) =>
    ofStaff(world, '/v1/admin/shipping-zones', {
      name: 'Elsewhere',
      position: 999_999,
      areas: [{ country: 'ZZ', postal_pattern: uniqueCode() }],
      rates: [
        {
          kind: 'weight',
          name: 'Parcel',
          description: 'In 3 days',
          steps: [{ currency: 'USD', from: 0, amount: 500 }],
          free_over: [{ amount: 5000, currency: 'USD' }],
          rule: { maximum_grams: 30_000, without_items: { tags: ['bulky'], exclude: { reduced: true } } },
          pickup_location_id: await pickupLocation(world),
        },
      ],
    }),
  listShippingZones: async (world) => {
    await shippingZone(world)
    return ofStaff(world, '/v1/admin/shipping-zones?limit=1')
  },
  getShippingZone: async (world) => ofStaff(world, `/v1/admin/shipping-zones/${(await shippingZone(world)).id}`),
  updateShippingZone: async (world) => {
    const { id, rates } = await shippingZone(world)
    const rate = { ...rates[0], name: 'Courier', prices: [{ amount: 900, currency: 'USD' }] }
    return ofStaff(world, `/v1/admin/shipping-zones/${id}`, { name: 'Nowhere', areas: [], rates: [rate] })
  },
  deleteShippingZone: async (world) => ofStaff(world, `/v1/admin/shipping-zones/${(await shippingZone(world)).id}`),

  createPickupLocation: (world) =>
    ofStaff(world, '/v1/admin/pickup-locations', {
      ...{
        name: 'Shop',
        line1: '1 Main Street',
        city: 'Springfield',
        region: 'IL',
        postal_code: '62701',
        country: 'US',
      },
    }),
  listPickupLocations: async (world) => {
    await pickupLocation(world)
    return ofStaff(world, '/v1/admin/pickup-locations?limit=1')
  },
  getPickupLocation: async (world) => ofStaff(world, `/v1/admin/pickup-locations/${await pickupLocation(world)}`),
  updatePickupLocation: async (world) =>
    ofStaff(world, `/v1/admin/pickup-locations/${await pickupLocation(world)}`, { name: 'Old shop', line2: null }),
  deletePickupLocation: async (world) => ofStaff(world, `/v1/admin/pickup-locations/${await pickupLocation(world)}`),

  createTaxZone: (world) =>
    ofStaff(world, '/v1/admin/tax-zones', {
      name: 'Elsewhere',
      position: 999_999,
      areas: [{ country: 'ZZ', postal_pattern: uniqueCode() }],
      included: true,
      shipping: { rule: 'category', category: 'reduced' },
      rounding: { mode: 'half_even', level: 'unit' },
      reverse_charge: true,
      rates: [
        { category: 'standard', name: 'VAT', percent: 20 },
        { category: 'reduced', name: 'VAT', percent: 5.5, compound: false },
      ],
    }),
  listTaxZones: async (world) => {
    await taxZone(world)
    return ofStaff(world, '/v1/admin/tax-zones?limit=1')
  },
  getTaxZone: async (world) => ofStaff(world, `/v1/admin/tax-zones/${await taxZone(world)}`),
  updateTaxZone: async (world) =>
    ofStaff(world, `/v1/admin/tax-zones/${await taxZone(world)}`, {
      name: 'Nowhere',
      areas: [],
      shipping: { rule: 'like_goods' },
      rates: [{ category: 'standard', name: 'VAT', percent: 21.125, compound: true }],
    }),
  deleteTaxZone: async (world) => ofStaff(world, `/v1/admin/tax-zones/${await taxZone(world)}`),

  listAdminOrders: async (world) => {
    const { owner } = await order(world)
    return { path: '/v1/admin/orders?limit=1', token: world.shop.staffKey, email: owner.cart.email }
  },
  'listAdminOrders/to_ship': async (world) => {
    const { owner } = await order(world, { test_outcome: 'succeeded' })
    const query = 'limit=1&status=confirmed&fulfillment_status=unfulfilled&fulfillment_status=partially_fulfilled'
    return { path: `/v1/admin/orders?${query}`, token: world.shop.staffKey, email: owner.cart.email }
  },
  getAdminOrder: async (world) => {
    const { owner, orderId } = await order(world)
    return { path: `/v1/admin/orders/${orderId}`, token: world.shop.staffKey, email: owner.cart.email }
  },
  captureOrder: async (world) => {
    const authorized = await authorizedOrder(world)
    const { amount, currency } = authorized.total
    const body = { payment_id: authorized.paymentId, amount: { amount: amount - 1, currency }, final: true }
    return ofMoney(world, authorized, 'capture', body)
  },
  voidOrder: async (world) => {
    const authorized = await authorizedOrder(world)
    return ofMoney(world, authorized, 'void', { payment_id: authorized.paymentId })
  },
  refundOrder: async (world) => {
    const paid = await order(world, { test_outcome: 'succeeded' })
    const lines = [{ line_id: paid.lineId, quantity: 1, restock: 'cancel' }]
    return ofMoney(world, paid, 'refunds', { lines, shipping: 'all', reason: 'damaged', note: 'A chip.' })
  },
  cancelOrder: async (world) =>
    ofMoney(world, await order(world, { test_outcome: 'succeeded' }), 'cancel', { reason: 'Changed their mind' }),
  fulfillOrder: async (world) => {
    const { owner, orderId } = await order(world, { test_outcome: 'succeeded' })
    const path = `/v1/admin/orders/${orderId}`
    const body = {
      lines: [{ line_id: owner.cart.lines[0].id, quantity: 1 }],
      location_id: world.shop.locationId,
      tracking: { carrier: 'Post', number: 'RR123456785DE', url: 'https://post.example/RR123456785DE' },
      notify: false,
    }
    return { ...ofStaff(world, path), path: `${path}/fulfillments`, body, email: owner.cart.email }
  },
  updateFulfillment: async (world) => {
    const { orderId } = await order(world, { test_outcome: 'succeeded' })
    const path = `/v1/admin/orders/${orderId}`
    const shipped = await world.api.post(`${path}/fulfillments`, {}, { token: world.shop.staffKey })
    const [{ id }] = shipped.body.fulfillments
    const body = { tracking: { carrier: 'Post', number: 'RR123456785DE' }, delivered: true }
    return { ...ofStaff(world, path), path: `${path}/fulfillments/${id}`, body }
  },
  createOrderAccessToken: async (world) => {
    const { orderId } = await order(world)
    const path = `/v1/admin/orders/${orderId}`
    return { ...ofStaff(world, path), path: `${path}/access-tokens`, body: { expires_in_hours: 72 } }
  },

  listWebhookEvents: async (world) => {
    await unmatchedEvent(world)
    return { path: '/v1/admin/webhook-events?limit=1', token: world.shop.staffKey }
  },
  'listWebhookEvents/of_payment': async (world) => {
    await unmatchedEvent(world)
    const paymentId = createMint(new Date(), cryptoRandom)('payment')
    const query = `payment_id=${paymentId}&provider=test&status=unmatched&status=ignored`
    return { path: `/v1/admin/webhook-events?${query}`, token: world.shop.staffKey }
  },
  getWebhookEvent: async (world) => ({
    path: `/v1/admin/webhook-events/${await unmatchedEvent(world)}`,
    token: world.shop.staffKey,
  }),
  replayWebhookEvent: async (world) => ({
    path: `/v1/admin/webhook-events/${await unmatchedEvent(world)}/replay`,
    token: world.shop.staffKey,
  }),
  importProducts: ({ shop }) => ({ path: '/v1/admin/imports', ...csvOf(shop) }),
  rebuildSearch: ({ shop }) => ({
    path: '/v1/admin/search/rebuild',
    body: { steps: 0 },
    token: shop.staffKey,
    status: 200,
  }),
  'importProducts/dry_run': ({ shop }) => ({ path: '/v1/admin/imports?dry_run=true', ...csvOf(shop) }),
  'importProducts/opened': ({ shop }) => ({ path: '/v1/admin/imports?stock=overwrite', token: shop.staffKey }),
  listImports: async (world) => {
    await openedImport(world)
    return { path: '/v1/admin/imports?limit=1', token: world.shop.staffKey }
  },
  getImport: async (world) => ofStaff(world, await openedImport(world)),
  putImportPart: async (world) => {
    const path = await openedImport(world)
    return { ...csvOf(world.shop), path: `${path}/parts/1`, witness: { path, token: world.shop.staffKey } }
  },
  'putImportPart/lines': async (world) => {
    const path = await openedImport(world)
    const prices = [{ amount: 1000, currency: 'USD' }]
    const product = { title: unique('Imported'), variants: [{ sku: unique('IMP'), prices }], status: 'active' }
    return {
      path: `${path}/parts/1`,
      token: world.shop.staffKey,
      body: `${JSON.stringify(product)}\n`,
      headers: { 'Content-Type': 'application/jsonl' },
    }
  },
  finishImport: async (world) => {
    const path = await openedImport(world)
    const { token, ...file } = csvOf(world.shop)
    await world.api.put(`${path}/parts/1`, file.body, { token, headers: file.headers })
    return { ...ofStaff(world, path), path: `${path}/finish`, body: { parts: 1 } }
  },
  checkIntegrity: ({ shop }) => ({ path: '/v1/admin/integrity', token: shop.staffKey }),
}

/** A new call of a route. @throws {Error} when nobody has written a sample of it. */
export async function sampleOf(id: string, world: World): Promise<Call> {
  const sample = samples[id]
  if (!sample) throw new Error(`no sample of the route ${id} in test/support/samples.ts`)
  return sample(world)
}

export function toRequest({ method }: Pick<Route, 'method'>, { path, body, token, headers = {} }: Call): Request {
  const sent = new Headers(headers)
  if (token !== undefined) sent.set('Authorization', `Bearer ${token}`)
  if (body !== undefined && !sent.has('Content-Type')) sent.set('Content-Type', 'application/json')
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(`http://shop.test${path}`, { method: method.toUpperCase(), headers: sent, body: text ?? null })
}

export function perform(api: Api, route: Pick<Route, 'method'>, call: Call): Promise<Answer> {
  return api.send(toRequest(route, call))
}

function shopper({ api, product }: World): Promise<Shopper> {
  return makeShopper(api, [{ sku: product.sku, quantity: 2 }])
}

function ofCart({ cartId, token, cart }: Shopper, rest: string, body?: unknown): Call {
  const path = `/v1/carts/${cartId}`
  return { path: path + rest, body, token, email: cart.email, witness: { path, token } }
}

/** A call of staff, witnessed by reading the same address, if that is a resource. */
function ofStaff({ shop: { staffKey: token } }: World, path: string, body?: unknown): Call {
  const isResource = /^\/v1\/admin\/[a-z-]+\/[^/?]+/.test(path)
  return { path, token, ...(body === undefined ? {} : { body }), ...(isResource ? { witness: { path, token } } : {}) }
}

async function createByStaff({ api, shop }: World, path: string, body: unknown): Promise<string> {
  const answer = await api.post(path, body, { token: shop.staffKey })
  if (answer.status !== 201) throw new Error(`sample of ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body.id
}

const mint = createMint(new Date(), cryptoRandom)
let count = 0
/** A number that no sample has had: a change to it is one. */
const counted = () => {
  count += 1
  return count
}
const uniqueKey = () => unique('field').replaceAll('-', '_')

/** An empty location that is not the default. @returns its id. */
function location(world: World): Promise<string> {
  return createByStaff(world, '/v1/admin/locations', { name: unique('Depot'), country: 'NL' })
}

/** A list that asks nothing before 2030, with a price of the world's product. @returns its id. */
async function priceList(world: World): Promise<string> {
  const { api, shop, product } = world
  const id = await createByStaff(world, '/v1/admin/price-lists', { title: 'Sale', starts_at: '2030-01-01T00:00:00Z' })
  const set = [{ sku: product.sku, currency: 'EUR', amount: 1700 }]
  await api.patch(`/v1/admin/price-lists/${id}/prices`, { set }, { token: shop.staffKey })
  return id
}

/** A market behind all others, which has no country. @returns its id. */
function market(world: World): Promise<string> {
  const body = { name: unique('Market'), currency: 'USD', countries: [], locales: ['en-US'], position: 999_999 }
  return createByStaff(world, '/v1/admin/markets', body)
}

async function customerGroup(world: World): Promise<string> {
  const id = await createByStaff(world, '/v1/admin/customer-groups', { title: unique('Group') })
  const members = { add: [mint('guest'), mint('guest')] }
  await world.api.patch(`/v1/admin/customer-groups/${id}/members`, members, { token: world.shop.staffKey })
  return id
}

const uniqueCode = () => unique('Z').replaceAll('-', '').toUpperCase()

/** A zone of a place that nothing is sent to. */
async function shippingZone(world: World): Promise<{ id: string; rates: Record<string, unknown>[] }> {
  const areas = [{ country: 'ZZ', postal_pattern: uniqueCode() }]
  const rates = [{ kind: 'flat', name: 'Post', prices: [{ amount: 500, currency: 'USD' }] }]
  const path = '/v1/admin/shipping-zones'
  const id = await createByStaff(world, path, { name: 'Far', position: 999_999, areas, rates })
  return (await world.api.get(`${path}/${id}`, { token: world.shop.staffKey })).body
}

function pickupLocation(world: World): Promise<string> {
  const place = { line1: '1 Main Street', line2: 'Floor 2', city: 'Springfield', postal_code: '62701', country: 'US' }
  return createByStaff(world, '/v1/admin/pickup-locations', { name: 'Shop', ...place })
}

function taxZone(world: World): Promise<string> {
  const areas = [{ country: 'ZZ', postal_pattern: uniqueCode() }]
  const rates = [{ category: 'standard', name: 'VAT', percent: 20 }]
  return createByStaff(world, '/v1/admin/tax-zones', { name: 'Far', position: 999_999, areas, rates, included: false })
}

function customField(world: World): Promise<string> {
  const body = { subject: 'product', key: uniqueKey(), title: 'Material', type: 'text' }
  return createByStaff(world, '/v1/admin/custom-fields', body)
}

function synonym(world: World): Promise<string> {
  return createByStaff(world, '/v1/admin/search/synonyms', { words: [unique('sofa'), unique('couch')] })
}

function pin(world: World): Promise<string> {
  const body = { query: unique('gift'), product_ids: [world.product.id] }
  return createByStaff(world, '/v1/admin/search/pins', body)
}

/** An order that waits for its payment, unless `payment` says otherwise. */
async function order(world: World, payment: { test_outcome?: string } = {}, api = world.api) {
  const owner = await shopper(world)
  const { status, body } = await complete(api, owner, payment)
  if (status !== 200) throw new Error(`sample order: ${status} ${JSON.stringify(body)}`)
  const { id, lines, totals } = body.order
  const ids = { orderId: String(id), lineId: String(lines[0].id), paymentId: String(body.payment.id) }
  return { owner, ...ids, total: totals.total }
}

/** An order that was paid where staff capture by themselves. */
function authorizedOrder(world: World) {
  const manual = createApi({ bindings: { ...world.api.bindings, PAYMENT_CAPTURE: 'manual' } })
  return order(world, { test_outcome: 'succeeded' }, manual)
}

/** What staff ask about the money of an order. */
function ofMoney(
  { shop }: World,
  { orderId, owner }: Awaited<ReturnType<typeof order>>,
  verb: string,
  body: unknown,
): Call {
  const path = `/v1/admin/orders/${orderId}`
  const { staffKey: token } = shop
  const headers = { 'Idempotency-Key': crypto.randomUUID() }
  return { path: `${path}/${verb}`, body, token, headers, witness: { path, token }, email: owner.cart.email }
}

async function signed(api: Api, paymentId: string, amount: { amount: number; currency: string }) {
  const id = unique('evt')
  const secret = api.bindings.TEST_PAYMENT_WEBHOOK_SECRET ?? ''
  return { id, ...(await signTestEvent(secret, { id, outcome: 'succeeded', paymentId, amount }, new Date())) }
}

async function paidEvent(world: World): Promise<Call> {
  const { owner, orderId, paymentId, total } = await order(world)
  const { body, headers } = await signed(world.api, paymentId, total)
  const witness = { path: `/v1/orders/${orderId}`, token: owner.token }
  return { path: '/v1/webhooks/test', body, headers, witness, email: owner.cart.email }
}

/** An event of a payment that was never ours. @returns its id. */
async function unmatchedEvent({ api, shop }: World): Promise<string> {
  const paymentId = createMint(new Date(), cryptoRandom)('payment')
  const { id, body, headers } = await signed(api, paymentId, { amount: 100, currency: 'USD' })
  await api.post('/v1/webhooks/test', body, { headers })
  const events = (await api.get('/v1/admin/webhook-events?limit=100', { token: shop.staffKey })).body.data
  return events.find((event: { event_id: string }) => event.event_id === id).id
}

function csvOf({ staffKey }: Shop) {
  const heading = 'Handle,Title,Vendor,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price'
  const line = `${unique('import')},Imported,Import,${unique('IMP')},shopify,5,10.00`
  return { token: staffKey, body: `${heading}\n${line}\n`, headers: { 'Content-Type': 'text/csv' } }
}

/** @returns the path of an import that takes parts. */
async function openedImport({ api, shop }: World): Promise<string> {
  const { body } = await api.post('/v1/admin/imports', undefined, { token: shop.staffKey })
  return `/v1/admin/imports/${body.id}`
}

async function promotion({ api, shop }: World): Promise<string> {
  const body = {
    title: 'Five percent',
    method: 'code',
    codes: [unique('FIVE')],
    effect: { type: 'percent', percent: 5 },
  }
  return (await api.post('/v1/admin/promotions', body, { token: shop.staffKey })).body.id
}

/** A call of staff whose witness is the thing itself. */
async function collection({ api, shop }: World): Promise<string> {
  return (await api.post('/v1/admin/collections', { title: unique('Mugs') }, { token: shop.staffKey })).body.id
}

async function category({ api, shop }: World): Promise<{ id: string; handle: string }> {
  return (await api.post('/v1/admin/categories', { title: unique('Kitchen') }, { token: shop.staffKey })).body
}

/** The translations of a thing that has one. */
async function translationsOf(world: World, resource: string, id: string): Promise<Call> {
  const path = `/v1/admin/${resource}/${id}/translations`
  await world.api.patch(`${path}/de-DE`, { title: unique('Tasse') }, { token: world.shop.staffKey })
  return { path, token: world.shop.staffKey }
}

async function translation(world: World, resource: string, id: string, body?: unknown): Promise<Call> {
  const { path } = await translationsOf(world, resource, id)
  return { ...ofStaff(world, `${path}/de-DE`, body), witness: { path, token: world.shop.staffKey } }
}
