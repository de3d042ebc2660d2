const WITHOUT_ATTRIBUTES =
  'p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd strong b em i u s sub sup small blockquote pre code table thead tbody tfoot tr caption figure figcaption span div'
/**
 * Element -> attributes that survive. No class, id or style: a description must not dress up as, or reach into, the page
 * around it. No target: whether a link opens a window is the storefront's decision, and so rel has no opener to deny.
 */
const ALLOWED = new Map<string, readonly string[]>([
  ...WITHOUT_ATTRIBUTES.split(' ').map((element) => [element, []] as const),
  ['a', ['href', 'title', 'rel']],
  ['abbr', ['title']],
  ['img', ['src', 'alt', 'width', 'height']],
  ['td', ['colspan', 'rowspan']],
  ['th', ['colspan', 'rowspan']],
  ['col', ['span']],
  ['colgroup', ['span']],
])
const SCHEMES = new Map([
  ['href', ['http', 'https', 'mailto', 'tel']],
  ['src', ['http', 'https']],
])
const COUNTS = ['width', 'height', 'colspan', 'rowspan', 'span']
const VOID = ['br', 'hr', 'img', 'col']
const ENDED_BY_SIBLING = ['p', 'li', 'dt', 'dd', 'tr', 'td', 'th']
// Deeper than anybody writes, and less deep than what makes browsers slow.
const MAX_DEPTH = 100
// Reading attributes takes quadratic time; what is longer than this is an inlined image, which is not allowed anyway.
const MAX_TAG_LENGTH = 10_000

// Comments, and elements whose inside is not text of the page, in the order in which they occur. Every alternative also
// ends at the end of the input: what is never closed goes whole, as in a browser, and the scan stays linear.
const DROPPED =
  /<!--[\s\S]*?(?:-->|$)|<(script|style|iframe|object|applet|template|noscript|noembed|noframes|xmp|title|textarea|select|audio|video|canvas)(?=[\s/>]|$)[\s\S]*?(?:<\/\1(?=[\s/>]|$)[^>]*(?:>|$)|$)/gi
// biome-ignore lint/suspicious/noControlCharactersInRegex: these have to go; tabs and line ends stay.
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers ignore them in addresses, so `java\nscript:` runs.
const ADDRESS_CONTROLS = /[\u0000-\u001F\u007F]/g

type Parser = typeof import('xss/lib/parser.js').default
let parser: Promise<Parser> | null = null

/**
 * The part of `html` that may stand in a storefront page as it is. Unknown elements lose their tags and keep their
 * text; scripts, styles, frames, comments and the like go with what is in them.
 *
 * In what comes out, text has no raw `<` or `>`, every attribute is double-quoted and every element is closed. So no
 * browser can read it in another way than was decided here, an unclosed element cannot swallow the page after it, and
 * sanitising again changes nothing: a description that is imported twice is the same description.
 */
export async function sanitizeHtml(html: string): Promise<string> {
  // Loaded by the first use, so that the Worker does not start slower for what only catalog writes need.
  parser ??= import('xss/lib/parser.js').then((module) => module.default)
  const { parseTag, parseAttr } = await parser
  const open: string[] = []
  const closeDownTo = (depth: number) => open.splice(depth).reduceRight((tags, element) => `${tags}</${element}>`, '')

  const onTag = (_from: number, _to: number, element: string, source: string, closes: boolean): string => {
    // `a < b` and `<3` are text to a browser too.
    if (!/^<[a-z/!?]/i.test(source)) return escapeText(source)
    const attributes = source.endsWith('>') ? ALLOWED.get(element) : undefined
    if (!attributes) return ''
    if (closes) return open.includes(element) ? closeDownTo(open.lastIndexOf(element)) : ''
    const before = ENDED_BY_SIBLING.includes(element) && open.at(-1) === element ? closeDownTo(open.length - 1) : ''
    const written = source.length > MAX_TAG_LENGTH ? '' : source.slice(element.length + 1, -1).trim()
    const kept = parseAttr(written, (name, value) => (attributes.includes(name) ? cleanAttribute(name, value) : ''))
    if (element === 'img' && !kept.includes('src="')) return before
    if (!VOID.includes(element)) {
      if (open.length === MAX_DEPTH) return before
      open.push(element)
    }
    return `${before}<${element}${kept && ` ${kept}`}>`
  }
  return parseTag(html.replace(CONTROLS, '').replace(DROPPED, ''), onTag, escapeText) + closeDownTo(0)
}

function escapeText(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** `name="value"`, or nothing when the value is not one that this attribute may have. */
function cleanAttribute(name: string, value: string): string {
  const schemes = SCHEMES.get(name)
  const clean = schemes ? cleanAddress(value, schemes) : value.replace(/\s+/g, ' ')
  if (COUNTS.includes(name) && !/^\d{1,4}%?$/.test(clean)) return ''
  // An empty alt says that an image is decoration; nothing else means anything when it is empty.
  if (clean === '' && name !== 'alt') return ''
  return `${name}="${escapeText(clean).replaceAll('"', '&quot;')}"`
}

/** The address a browser would see, decoded once and encoded again, or '' unless it is relative or of these schemes. */
function cleanAddress(value: string, schemes: readonly string[]): string {
  const address = decodeEntities(value).replace(ADDRESS_CONTROLS, '').trim().replace(/\s/g, '%20')
  const scheme = /^([^/?#]*?):/.exec(address)?.[1]
  if (scheme !== undefined && !schemes.includes(scheme.toLowerCase())) return ''
  return address.replaceAll('&', '&amp;')
}

const NAMED = new Map(
  Object.entries({ amp: '&', quot: '"', apos: "'", lt: '<', gt: '>', colon: ':', Tab: '\t', NewLine: '\n' }),
)

/** Entities that are not known here stay as they are written, and lose their meaning when `&` is encoded. */
function decodeEntities(text: string): string {
  return text.replace(/&#x([0-9a-f]+);?|&#([0-9]+);?|&([a-z]+);/gi, (source, hex, decimal, name) => {
    if (name) return NAMED.get(name) ?? source
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code)
  })
}
