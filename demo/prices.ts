import type { Mint } from '../src/domain/id.ts'
import { MILLION, multiplyRatio } from '../src/domain/money.ts'
import { changeListPrices, insertPriceList } from '../src/features/prices/list-queries.ts'
import { rememberPrices, setPrices } from '../src/features/prices/queries.ts'
import type { Write } from '../src/platform/db/client.ts'
import { type Goods, toPrices } from './goods.ts'
import { RISES, SALES } from './shop.ts'

const DAY_MS = 24 * 3600 * 1000

/** What was cheaper, and then rose: the history of prices has it. */
export function listRises(goods: Goods, now: Date): Write[] {
  const variants = new Map(goods.all.flatMap((product) => product.variants.map((variant) => [variant.sku, variant])))
  return RISES.flatMap(({ sku, daysAgo, before }) => {
    const variant = variants.get(sku)
    if (!variant) throw new Error(`demo: no variant has the SKU ${sku}`)
    const earlier = variant.prices.map((price) => ({ ...price, amount: before[price.currency] ?? price.amount }))
    const set = (prices: typeof earlier, days: number) => {
      const sets = [{ variantId: variant.id, prices: toPrices(prices) }]
      const then = new Date(now.getTime() - days * DAY_MS)
      return [...rememberPrices(sets, then), ...setPrices(sets, then)]
    }
    return [...set(earlier, 2 * daysAgo), ...set(variant.prices, daysAgo)]
  })
}

/** Sales as price lists that switch themselves on and off. They were planned on the day the shop opened. */
export function listSales(goods: Goods, { mint, now, opened }: { mint: Mint; now: Date; opened: Date }): Write[] {
  return SALES.flatMap(({ title, startsInDays, endsInDays, ratePpm, products }) => {
    const id = mint('priceList')
    const at = opened.getTime()
    const list = {
      ...{ id, title, status: 'active' as const, marketId: '', customerGroupId: null, version: 1 },
      ...{ startsAt: now.getTime() + startsInDays * DAY_MS, endsAt: now.getTime() + endsInDays * DAY_MS },
      ...{ createdAt: at, updatedAt: at },
    }
    const rows = products.flatMap((handle) =>
      goods.product(handle).variants.flatMap(({ id: variantId, prices }) =>
        prices.map(({ currency, min_quantity: minQuantity = 1, amount }) => ({
          ...{ variantId, currency, minQuantity },
          amount: multiplyRatio(amount, MILLION - ratePpm, MILLION, 'half_up'),
        })),
      ),
    )
    return [...insertPriceList(list), ...changeListPrices(list, { set: rows, remove: [] }, opened)]
  })
}
