import { earliest, FOREVER } from '../../domain/price.ts'
import { type Family, USUAL_TIMES, want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Context } from '../../platform/http/context.ts'
import { chooseMarket } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import type { CardRow } from './cards.ts'
import { MAX_RELATED } from './contract.ts'
import { type BuyerRow, findBuyer, findPublished, listRelatedCards, noShelf, type PublishedRow } from './queries.ts'

/** One page of one list, with whom it was priced for. */
interface CardPage<Row extends CardRow = CardRow> {
  buyer: BuyerRow
  rows: Row[]
}

/** The moment at which a page is out of date by what is known now: a price changes, a product appears or goes. */
function currentUntil({ buyer, rows }: CardPage): number | null {
  return earliest([buyer.nextChange ?? FOREVER, ...rows.map((row) => row.currentUntil)])
}

/** Pages of cards; the key is the hash of everything that was asked. */
export function cardsFamily<Row extends CardRow>(queries: Family<CardPage<Row>>['queries']): Family<CardPage<Row>> {
  return {
    name: 'list',
    ...USUAL_TIMES,
    queries,
    currentUntil,
    collect: ([buyers, rows], [key]) => {
      const [buyer] = buyers as BuyerRow[]
      return new Map(buyer ? [[key ?? '', { buyer, rows: rows as Row[] }]] : [])
    },
  }
}

/** What goes with a product; the key is its id or handle and whom it is for. */
export function relatedFamily(ref: string, wish: MarketWish, now: Date): Family<CardPage & PublishedRow> {
  return {
    name: 'related',
    ...USUAL_TIMES,
    queries: () => [
      findPublished(ref, now),
      findBuyer(wish, noShelf, now),
      listRelatedCards(wish, ref, MAX_RELATED, now),
    ],
    // What has gone off sale has nothing beside it any more.
    currentUntil: (page) => earliest([page.unpublishedAt ?? FOREVER, currentUntil(page) ?? FOREVER]),
    collect: ([found, buyers, rows], [key]) => {
      const [product] = found as PublishedRow[]
      const [buyer] = buyers as BuyerRow[]
      return new Map(product && buyer ? [[key ?? '', { ...product, buyer, rows: rows as CardRow[] }]] : [])
    },
  }
}

/** A page with the markets that decide whether it may be asked for at all, in one trip when nothing is cached. */
export async function loadCards<Row extends CardRow>(
  { cache }: Context,
  family: Family<CardPage<Row>>,
  asked: unknown,
  wish: MarketWish,
): Promise<CardPage<Row>> {
  const key = await sha256Hex(JSON.stringify(asked))
  const [cards, markets] = await cache.load([want(family, [key]), want(marketsFamily, ['all'])])
  chooseMarket(markets.get('all')?.value ?? [], wish, '/query')
  const page = cards.get(key)?.value
  if (!page) throw new Error('the shop has no market')
  return page
}
