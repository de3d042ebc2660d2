import { earliest, FOREVER } from '../../domain/price.ts'
import { type Family, USUAL_TIMES, want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Position } from '../../platform/db/page.ts'
import type { Context } from '../../platform/http/context.ts'
import { chooseMarket } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import type { CardRow } from './cards.ts'
import { MAX_RELATED } from './contract.ts'
import type { FacetsRow } from './facets.ts'
import type { ListedRow } from './list.ts'
import { type BuyerRow, findBuyer, findPublished, listRelatedCards, noShelf, type PublishedRow } from './queries.ts'

/** One page of one list, with whom it was priced for. */
interface CardPage<Row extends CardRow = CardRow> {
  buyer: BuyerRow
  rows: Row[]
}

/** The moment at which a page is out of date by what is known now: a price changes, a product appears or goes. */
function currentUntil({ buyer, rows }: Pick<CardPage, 'buyer' | 'rows'>): number | null {
  return earliest([buyer.nextChange ?? FOREVER, ...rows.map((row) => row.currentUntil)])
}

/** Products by their names; the key is the hash of everything that was asked. */
export function cardsFamily<Row extends CardRow>(queries: Family<CardPage<Row>>['queries']): Family<CardPage<Row>> {
  return {
    name: 'named',
    ...USUAL_TIMES,
    queries,
    currentUntil,
    collect: ([buyers, rows], [key]) => {
      const [buyer] = buyers as BuyerRow[]
      return new Map(buyer ? [[key ?? '', { buyer, rows: rows as Row[] }]] : [])
    },
  }
}

/** One page of a list, with what it can be narrowed down by if that was asked. */
export interface ListPage {
  buyer: BuyerRow
  rows: ListedCardRow[]
  further: Position | null
  unknownOptions: string[]
  knownOptions: string[]
  counts: FacetsRow | null
  /** JSON, of a search: `others` and `fixes` of `matchCtes`. */
  others: string | null
  fixes: string | null
}

/** A row of a list that has a card. */
export type ListedCardRow = ListedRow & CardRow

/** Pages of lists; the key is the hash of everything that was asked. */
export function listFamily(queries: Family<ListPage>['queries']): Family<ListPage> {
  return {
    name: 'list',
    ...USUAL_TIMES,
    queries,
    currentUntil,
    collect: ([rows, counts], [key]) => {
      const [first] = rows as ListedRow[]
      if (!first) return new Map()
      const { currency, marketId, locale, nextChange, further, others, fixes } = first
      const page: ListPage = {
        buyer: { currency, marketId, locale, nextChange },
        rows: (rows as ListedRow[]).filter((row): row is ListedCardRow => row.id !== null),
        further: further === null ? null : JSON.parse(further),
        unknownOptions: JSON.parse(first.unknownOptions),
        knownOptions: JSON.parse(first.knownOptions ?? '[]'),
        counts: (counts as FacetsRow[] | undefined)?.[0] ?? null,
        others,
        fixes,
      }
      return new Map([[key ?? '', page]])
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
export async function loadCards<Page>(
  { cache }: Context,
  family: Family<Page>,
  asked: unknown,
  wish: MarketWish,
): Promise<Page> {
  const key = await sha256Hex(JSON.stringify(asked))
  const [cards, markets] = await cache.load([want(family, [key]), want(marketsFamily, ['all'])])
  chooseMarket(markets.get('all')?.value ?? [], wish, '/query')
  const page = cards.get(key)?.value
  if (!page) throw new Error('the shop has no market')
  return page
}
