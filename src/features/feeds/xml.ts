// XML 1.0, production 2: what is not one of its characters cannot be written in any form, not even as a reference.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these have to go.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

/** `text` as it may stand in an element or a quoted attribute; characters that XML does not know are left out. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, '').replace(/[&<>"']/g, (character) => ESCAPED[character] ?? '')
}

/** `<name>text</name>`, or nothing where there is no text. */
export function element(name: string, text: string | null): string {
  return text === null || text === '' ? '' : `<${name}>${escapeXml(text)}</${name}>`
}
