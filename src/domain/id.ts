/** Every kind of id and its TypeID prefix (a prefix, `_`, and a UUIDv7 in 26 letters of Crockford's base 32). */
export const ID_PREFIX = {
  product: 'prod',
  variant: 'var',
  image: 'img',
  collection: 'col',
  category: 'cat',
  market: 'mkt',
  priceList: 'plist',
  customField: 'field',
  synonym: 'syn',
  pin: 'pin',
  customerGroup: 'group',
  location: 'loc',
  // The two letters are the shard slot: carts of another slot may live in another database one day.
  cart: 'cart_aa',
  line: 'line',
  order: 'ord',
  payment: 'pay',
  refund: 'ref',
  capture: 'cap',
  void: 'void',
  fulfillment: 'ful',
  promotion: 'promo',
  giftCard: 'gift',
  guest: 'gst',
  session: 'ses',
  customer: 'cus',
  address: 'addr',
  event: 'evt',
  webhook: 'whk',
  key: 'key',
  import: 'imp',
  adjustment: 'adj',
  transfer: 'trf',
  zone: 'zone',
  rate: 'rate',
  tax: 'tax',
  pickup: 'pickup',
  audit: 'aud',
  request: 'req',
} as const

export type IdKind = keyof typeof ID_PREFIX
export type Id<Kind extends IdKind> = `${(typeof ID_PREFIX)[Kind]}_${string}`

/** Mints an id of a kind. Ids of one millisecond are random in order; ids of different milliseconds sort by time. */
export type Mint = <Kind extends IdKind>(kind: Kind) => Id<Kind>

const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}'

/** The pattern an id of `kind` matches. A cart's shard slot may be any two letters. */
export function idPattern(kind: IdKind): RegExp {
  return new RegExp(`^${kind === 'cart' ? 'cart_[a-z]{2}' : ID_PREFIX[kind]}_${SUFFIX}$`)
}

const PATTERNS = new Map<IdKind, RegExp>()

/** Whether `text` has the shape of an id of `kind`; it need not exist. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is Id<Kind> {
  let pattern = PATTERNS.get(kind)
  if (!pattern) {
    pattern = idPattern(kind)
    PATTERNS.set(kind, pattern)
  }
  return pattern.test(text)
}

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const LAST_MOMENT = 2 ** 48 - 1

/** The lowest id of `kind` that can be minted at `at` (Unix milliseconds): what was made since then has this or a higher one. */
export function firstIdAt(kind: IdKind, at: number): string {
  let moment = ''
  let rest = Math.min(Math.max(Math.trunc(at), 0), LAST_MOMENT)
  for (let place = 0; place < 10; place += 1) {
    moment = DIGITS.charAt(rest % 32) + moment
    rest = Math.floor(rest / 32)
  }
  return `${ID_PREFIX[kind]}_${moment}${'0'.repeat(16)}`
}

/** When an id was minted (Unix milliseconds), which its first letters tell; null for anything that is no id. */
export function mintedAt(id: string): number | null {
  const letters = /_([0-7][0-9a-hjkmnp-tv-z]{9})[0-9a-hjkmnp-tv-z]{16}$/.exec(id)?.[1]
  if (letters === undefined) return null
  return [...letters].reduce((moment, letter) => moment * 32 + DIGITS.indexOf(letter), 0)
}
