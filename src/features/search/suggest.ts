import { highlight, type SoughtWords } from '../../domain/highlight.ts'
import { readQuery, type SearchQuery } from '../../domain/search-query.ts'
import { readWords } from '../../domain/search-words.ts'
import { titleIn } from '../../domain/translation.ts'
import { type Family, USUAL_TIMES, want } from '../../platform/cache/cache.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Context } from '../../platform/http/context.ts'
import { route } from '../../platform/http/route.ts'
import { collectionsFamily, type OpenCollection } from '../collections/queries.ts'
import { chooseMarket } from '../markets/choose.ts'
import { type MarketWish, marketsFamily } from '../markets/queries.ts'
import { toCardView } from './contract.ts'
import { searchFor } from './filter.ts'
import { correctedQuery, soughtWords } from './found.ts'
import { listCards } from './list.ts'
import { type ListPage, listFamily } from './pages.ts'
import { MAX_SUGGESTED, SuggestQuery, SuggestView } from './suggest-contract.ts'

/** The products that a search suggests; the key is its words and whom it is for. */
function suggestFamily(text: string, wish: MarketWish, now: Date): Family<ListPage> {
  // What is kept of every beginning that somebody types is small: no descriptions.
  const queries = () => [listCards(wish, searchFor(text), null, { limit: MAX_SUGGESTED, now, described: false })]
  return { ...listFamily(queries), name: 'suggest', ...USUAL_TIMES }
}

/** Products and collections for what has been typed. One trip where nothing is cached, none for what others have typed. */
async function suggest({ cache, now }: Context, text: string, wish: MarketWish, limit: number) {
  const query = readQuery(text)
  const { words, spans, phrase, whole } = query
  const key = await sha256Hex(
    JSON.stringify([
      words.map(({ stem, prefix, parts, spellings }) => [stem, prefix, parts, spellings]),
      spans,
      phrase,
      whole,
      wish,
    ]),
  )
  const [found, shelves, markets] = await cache.load([
    want(suggestFamily(text, wish, now), [key]),
    want(collectionsFamily, ['all']),
    want(marketsFamily, ['all']),
  ])
  const { locale } = chooseMarket(markets.get('all')?.value ?? [], wish, '/query')
  const suggested = found.get(key)?.value
  if (!suggested) throw new Error('the shop has no market')
  const { rows, buyer } = suggested
  const sought = soughtWords(query, suggested)
  const collections = shelves.get('all')?.value.collections ?? []
  return {
    query: text,
    corrected_query: correctedQuery(query, suggested),
    products: rows.slice(0, limit).map((row) => ({
      ...toCardView(row, buyer.currency),
      highlight: highlight(row.title, sought),
    })),
    collections: collectionsOf(collections, query, sought, locale).slice(0, limit),
  }
}

/** Collections whose title has every word of the query that must be there, the shop's first ones first. */
function collectionsOf(
  collections: readonly OpenCollection[],
  { words }: SearchQuery,
  sought: SoughtWords,
  locale: string,
) {
  if (words.length === 0) return []
  return collections.flatMap((collection) => {
    const { id, handle } = collection
    const title = titleIn(collection, locale)
    const titleWords = readWords(title)
    const isFound = words.every(
      ({ stem, prefix, optional }) =>
        optional || titleWords.some((word) => word.stem === stem || (prefix !== null && word.raw.startsWith(prefix))),
    )
    return isFound ? [{ id, handle, title, highlight: highlight(title, sought) }] : []
  })
}

export const suggestRoute = route(
  {
    id: 'suggest',
    method: 'get',
    path: '/v1/search/suggest',
    summary: 'Products and collections for what has been typed so far, and what it was taken for if it is misspelt',
    access: 'public',
    limit: 'browse',
    cache: 'catalog',
    query: SuggestQuery,
    returns: SuggestView,
    problems: [],
  },
  async (context, { query: { q, limit, currency, country, locale } }) => ({
    body: await suggest(context, q, { currency, country, locale }, limit),
  }),
)
