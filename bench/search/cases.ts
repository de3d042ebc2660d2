import { WORDS } from './generated.ts'

/** A kind of request that is measured. */
export interface SearchCase {
  name: string
  kind: 'list' | 'search' | 'suggest'
  /** Paths that ask for the same kind of thing, one after the other. */
  paths: readonly string[]
  /** From so many products on there is as much to be found as a request looks at, and it reads the same. */
  flatFrom: number
}

const LIMIT = 24

/** What all times are measured by. */
export const PLAIN_LIST = `/v1/products?limit=${LIMIT}`

const lists = (name: string, ...queries: string[]): SearchCase => ({
  ...{ name, kind: 'list', flatFrom: 10_000 },
  paths: queries.map((query) => `${PLAIN_LIST}&${query}`),
})

const searches = (name: string, ...queries: string[]): SearchCase => ({
  ...{ name, kind: 'search', flatFrom: 10_000 },
  paths: queries.map((query) => {
    const [text = '', ...others] = query.split('&')
    return [`${PLAIN_LIST}&q=${encodeURIComponent(text)}`, ...others].join('&')
  }),
})

const suggests = (name: string, ...texts: string[]): SearchCase => ({
  ...{ name, kind: 'suggest', flatFrom: 10_000 },
  paths: texts.map((text) => `/v1/search/suggest?q=${encodeURIComponent(text)}`),
})

/** Of what few products have. */
const ofFew = (each: SearchCase): SearchCase => ({ ...each, flatFrom: 100_000 })

const { common, second, apart, rare, japanese } = WORDS

export const CASES: readonly SearchCase[] = [
  lists('a collection', 'collection=staff-picks'),
  lists('a category with those below it', 'category=clothing'),
  lists('a collection of one vendor', 'collection=staff-picks&vendor=Bepa%20%26%20Co'),
  lists('an option', 'option.Color=Black', 'option.Color=White'),
  ofFew(lists('two options and a tag', 'option.Color=Black&option.Size=S&tag=new')),
  lists('prices in a category', 'category=clothing&price_min=2000&price_max=5000'),
  lists('what is in stock', 'in_stock=true'),
  lists('cheapest of a vendor in a category', 'category=clothing&vendor=Bepa%20%26%20Co&sort=price_asc'),
  ofFew(lists('few: a colour, a tag, a category', 'option.Color=Turquoise&tag=limited&category=toys')),
  lists('none: a vendor that is none', 'category=hoodie&vendor=No%20such%20vendor'),
  lists('best selling', 'sort=best_selling'),
  lists('with facets', 'facets=true'),
  lists('a category with facets', 'category=clothing&facets=true'),
  lists('two filters with facets', 'category=clothing&option.Color=Black&facets=true'),
  lists('handles and titles only', 'fields=handle,title'),
  searches('a rare word', rare),
  searches('a common word', common, second, 'hoodie'),
  searches('two common words', `${common} ${second}`, `${second} hoodie`),
  searches('common words that never meet', apart.join(' ')),
  ofFew(searches('four words', `${common} ${second} hoodie men`, `black ${second} t-shirt women`)),
  searches('a word of descriptions', 'washable', 'studio'),
  searches('one letter', 'c', 'h'),
  searches('two letters', 'cl', 'ho'),
  searches('four letters', 'clas', 'hood'),
  searches('a misspelt common word', 'clasic', 'hodie', 'coton'),
  searches('a misspelt rare word', 'quilfern', 'quillfren'),
  searches('a misspelt word beside a common one', 'clasic hoodie', `${common} hodie`),
  searches('letters that are no word', 'xqzvkwpl'),
  searches('a SKU', 'BH-0000003-1', 'WY-0000001-1'),
  searches('Japanese', japanese, `${japanese} メンズ`),
  searches('a common word in a category', `${common}&category=clothing`),
  searches('a common word, two options', `${common}&option.Color=Black&option.Size=S`),
  searches('a common word with facets', `${common}&facets=true`),
  searches('a common word, cheapest first', `${common}&sort=price_asc`),
  suggests('suggest: one letter', 'c', 'h'),
  suggests('suggest: the beginning of a word', 'clas', 'hood'),
  suggests('suggest: a word and a beginning', 'classic cot'),
  suggests('suggest: a misspelt word', 'hodie'),
]
