/** An element as it was written; text is that of all text nodes directly in it. */
export interface XmlElement {
  name: string
  attributes: Readonly<Record<string, string>>
  children: XmlElement[]
  text: string
}

const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?'
const TAG = new RegExp(`^<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>`)
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0, production 2.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u

/**
 * Reads a document that is a declaration and elements, without comments, CDATA or a document type.
 * @throws {Error} on whatever is not well formed, an undeclared prefix and a character that XML 1.0 forbids among them.
 */
export function parseXml(document: string): XmlElement {
  const forbidden = FORBIDDEN.exec(document)
  if (forbidden) throw new Error(`forbidden character at ${forbidden.index}`)
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>'
  if (!document.startsWith(declaration)) throw new Error('no declaration')
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const prefixes = new Set(['xmlns', 'xml'])
  let rest = document.slice(declaration.length)
  while (rest !== '') {
    const parent = open.at(-1)
    if (!parent) throw new Error('closed too often')
    if (!rest.startsWith('<')) {
      const end = rest.indexOf('<')
      const text = end < 0 ? rest : rest.slice(0, end)
      if (open.length === 1 && text.trim() !== '') throw new Error(`text outside of the root: ${text.slice(0, 40)}`)
      parent.text += decode(text)
      rest = rest.slice(text.length)
      continue
    }
    const [tag, closing, name = '', attributes = '', empty] = TAG.exec(rest) ?? []
    if (tag === undefined) throw new Error(`not a tag: ${rest.slice(0, 80)}`)
    rest = rest.slice(tag.length)
    if (closing) {
      if (open.length === 1 || parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>`)
      open.pop()
      continue
    }
    if (open.length === 1 && root.children.length > 0) throw new Error(`a second root: ${name}`)
    const element = { name, attributes: readAttributes(attributes), children: [], text: '' }
    for (const attribute of Object.keys(element.attributes)) {
      if (attribute.startsWith('xmlns:')) prefixes.add(attribute.slice(6))
    }
    for (const each of [name, ...Object.keys(element.attributes)]) {
      const [prefix, local] = each.split(':')
      if (local !== undefined && !prefixes.has(prefix ?? '')) throw new Error(`undeclared prefix of ${each}`)
    }
    parent.children.push(element)
    if (!empty) open.push(element)
  }
  const [top] = root.children
  if (open.length > 1 || !top) throw new Error(`never closed: ${open.map((each) => each.name).join(' ')}`)
  return top
}

function readAttributes(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(new RegExp(`(${NAME})="([^"]*)"`, 'g'))) {
    if (name in found) throw new Error(`${name} stands there twice`)
    found[name] = decode(value)
  }
  return found
}

function decode(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text))
    throw new Error(`an ampersand that is no entity: ${text.slice(0, 80)}`)
  if (text.includes(']]>')) throw new Error('the end of a CDATA section')
  return text.replace(/&(\w+);/g, (_, name) => ENTITIES[name] ?? '')
}

/** The texts of an element's children by their names, the last of a name. */
export function fieldsOf({ children }: XmlElement): Record<string, string> {
  return Object.fromEntries(children.map(({ name, text }) => [name, text]))
}
