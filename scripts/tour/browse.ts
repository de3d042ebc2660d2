import { type Json, price, type Walk } from './walk.ts'

/** Looks at what the catalog of the demo shop can do. Another shop has other goods: there it is left out. */
export async function browse({ step, stepWhole, show, request }: Walk): Promise<void> {
  const goods = await request('GET', '/v1/products?skus=KJELE&skus=BAL-250G-COA')
  if (goods.data.length < 2) return

  const camp = await step('Open a category, with all below it', 'GET', '/v1/products?category=outdoor&limit=3')
  for (const { title, price_range } of camp.data) show(title, price_range ? `from ${price(price_range.min)}` : '')

  const kettlePath = '/v1/products/kjele-kettle'
  const kettle = await step('Look at something on sale', 'GET', kettlePath)
  tell(kettle)

  const german = await step('The same in German and euros', 'GET', `${kettlePath}?country=DE&locale=de-DE`)
  tell(german)

  const chosen = 'option.Weight=250%20g&option.Grind=Coarse'
  const found = await step('Find a variant by its options', 'GET', `/v1/products/bal-coffee/variants?${chosen}`)
  for (const { sku, title, price: now, unit_price } of found.data) {
    const { reference_quantity, reference_unit } = unit_price.measure
    show(sku, `${title}, ${price(now)}, ${price(unit_price.price)} for ${reference_quantity} ${reference_unit}`)
  }

  const shelf = '/v1/products?collection=camp-and-shelter&sort=manual&limit=3'
  const first = await stepWhole('See a collection in the order that staff gave it', 'GET', shelf)
  for (const { title } of first.json.data) show(title, '')

  const hot = await stepWhole('Ask again: nothing is read for it', 'GET', shelf)
  const [, trips] = /trips=(\d+)/.exec(hot.headers.get('Server-Timing') ?? '') ?? []
  show('trips to the database', trips ?? 'not told')
  const tag = hot.headers.get('ETag') ?? ''
  const known = await stepWhole('Ask with its ETag: nothing is sent either', 'GET', shelf, { known: tag })
  show('If-None-Match', tag)
  show('status', String(known.status))

  function tell({ title, category, variants: [variant] }: Json): void {
    show(title, category.breadcrumbs.map((crumb: Json) => crumb.title).join(' > '))
    show('price', price(variant.price))
    show('before', variant.compare_at_price ? price(variant.compare_at_price) : 'the same: the sale is over')
    const lowest = variant.lowest_price_30_days
    if (lowest) show('lowest of 30 days', price(lowest))
  }
}
