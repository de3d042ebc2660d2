// HTML 4.01, section 24: the entities of U+00A0 to U+00FF in their order, then others that shops write.
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'
const ENTITIES = new Map([
  ...LATIN.split(' ').map((name, index) => [name, String.fromCodePoint(160 + index)] as const),
  ...Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
  ...Object.entries({ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bdquo: '„', sbquo: '‚' }),
  ...Object.entries({ hellip: '…', bull: '•', euro: '€', trade: '™', minus: '−', OElig: 'Œ', oelig: 'œ' }),
])

const ITEMS = /<li>/g
const BREAKS = /<(?:br|hr)>|<\/(?:p|h[1-6]|li|dt|dd|tr|div|blockquote|pre|figure|table|ul|ol)>/g

/**
 * The text of a sanitised description: a line for each block, items of lists behind a dash, entities decoded. It may be cut
 * off anywhere, also within a tag.
 */
export function toPlainText(html: string): string {
  const text = html
    .replace(/\s+/g, ' ')
    .replace(ITEMS, '- ')
    .replace(BREAKS, '\n')
    // In sanitised HTML no raw bracket stands inside of a tag.
    .replace(/<[^>]*(?:>|$)/g, '')
  return decode(text)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}

function decode(text: string): string {
  return text.replace(/&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(\w{1,8});/gi, (source, hex, decimal, name) => {
    if (name) return ENTITIES.get(name) ?? source
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0x10ffff ? '' : String.fromCodePoint(code)
  })
}

/** The first `length` characters, counted in code points: no pair of surrogates is torn. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join('')
}
