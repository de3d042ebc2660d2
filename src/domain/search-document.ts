import { prefixesOf, readWords, type SearchWord, skuKey } from './search-words.ts'

/** Everything of a product that it can be found by. */
export interface DocumentSources {
  /** In each locale, the source's first. */
  titles: readonly string[]
  vendor: string
  productType: string
  tags: readonly string[]
  /** Values of its options, in every locale. */
  options: readonly string[]
  /** Of its category and those above it, in every locale. */
  categories: readonly string[]
  /** Plain text, in every locale. */
  descriptions: readonly string[]
  /** SKUs and barcodes. */
  codes: readonly string[]
  /** Numbers of all shelves that it stands on or is counted by. */
  shelves: readonly number[]
}

/** A product in the search index: `search_documents` and `search_index` of migrations/0035_search.sql. */
export interface SearchDocument {
  /** Tokens parted by spaces: t: n: w: p: k: x: s: with what stands behind them. */
  terms: string
  /** `| red hoodie | roter kapuzenpulli |` */
  title: string
  /** How many words the source's title has. */
  titleWords: number
  /** What the vocabulary has of it, in order. */
  words: string[]
  /** Equal where terms and title are. */
  digest: string
}

// UTF-16 units of each kind of token, so that a document stays below 20 kB, however long its texts are. Shelves have no
// bound: a filter that counts by the index must find them all.
const ROOM = { title: 2_000, named: 3_000, prefixes: 4_000, described: 4_000, codes: 3_000 }
const DESCRIBED_WORDS = 300
const LONGEST_TERM = 24

/** What the index keeps of a product. The same sources give the same document. */
export function makeDocument(sources: DocumentSources): SearchDocument {
  const titles = within(ROOM.title, [...new Set(sources.titles)]).map(readWords)
  const inTitle = titles.flat()
  const { vendor, productType, tags, options, categories } = sources
  const named = [...inTitle, ...[vendor, productType, ...tags, ...options, ...categories].flatMap(readWords)]
  const stems = within(ROOM.named, distinct(named.map(({ stem }) => stem)))
  const described = within(ROOM.described, describedBy(sources.descriptions, new Set(stems)))
  const tokens = [
    ...tagged('t', distinct(inTitle.map(({ stem }) => stem))),
    ...tagged('n', stems),
    ...tagged('w', [...stems, ...described]),
    ...tagged('p', within(ROOM.prefixes, distinct(named.flatMap(beginningsOf)))),
    ...tagged('k', within(ROOM.codes, distinct(sources.codes.map(skuKey).filter((key) => key !== '')))),
    ...tagged('x', within(ROOM.title, distinct(sources.titles.map(skuKey).filter((key) => key !== '')))),
    ...tagged('s', distinct(sources.shelves)),
  ]
  const terms = tokens.join(' ')
  const title = `| ${titles
    .map((words) =>
      words
        .filter(isMain)
        .map(({ stem }) => stem)
        .join(' '),
    )
    .join(' | ')} |`
  return {
    terms,
    title,
    titleWords: titles[0]?.filter(isMain).length ?? 0,
    words: vocabularyOf(named, new Set(stems)),
    digest: digestOf(`${terms}\n${title}`),
  }
}

const isMain = ({ extra }: SearchWord) => !extra

/** Words of texts that are not in `known`, the first ones. */
function describedBy(texts: readonly string[], known: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  for (const text of texts) {
    for (const { stem } of readWords(text)) {
      if (found.size === DESCRIBED_WORDS) return [...found]
      if (!known.has(stem)) found.add(stem)
    }
  }
  return [...found]
}

/** What has been typed of a word before it is complete. In scripts without spaces a word may begin at any character. */
function beginningsOf({ raw, kind }: SearchWord): string[] {
  return kind === 'word' ? prefixesOf(raw) : [...prefixesOf(raw), ...[...raw].slice(1)]
}

/** Words that somebody may misspell. Pairs of characters and numbers are none. */
function vocabularyOf(words: readonly SearchWord[], indexed: ReadonlySet<string>): string[] {
  const terms = words.filter(
    ({ stem, kind }) => kind === 'word' && stem.length <= LONGEST_TERM && !/^\p{N}+$/u.test(stem) && indexed.has(stem),
  )
  return distinct(terms.map(({ stem }) => stem)).sort()
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)]
}

function tagged(kind: string, texts: readonly (string | number)[]): string[] {
  return texts.map((text) => `${kind}:${text}`)
}

/** The first of `texts` that fit into so many UTF-16 units together. */
function within(room: number, texts: readonly string[]): string[] {
  let used = 0
  return texts.filter((text) => {
    used += text.length
    return used <= room
  })
}

/**
 * 64 bits of a text in hex, as even as a hash table needs them and no secret: two lanes of FNV-1a (RFC 9923) with different
 * primes, each stirred at the end as MurmurHash3 does.
 */
export function digestOf(text: string): string {
  let first = 0x811c9dc5
  let second = 0x050c5d1f
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    first = Math.imul(first ^ unit, 0x01000193)
    second = Math.imul(second ^ unit, 0x85ebca6b)
  }
  return hexOf(stir(first)) + hexOf(stir(second ^ first))
}

function stir(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}

function hexOf(lane: number): string {
  return lane.toString(16).padStart(8, '0')
}
