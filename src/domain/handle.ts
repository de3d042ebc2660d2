const MAX_LENGTH = 255
// A word starts with a letter or digit; marks may follow, because Thai and Hindi words are not spelled without them.
const HANDLE = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:-[\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*$/u

// Latin letters that Unicode does not take apart into a base letter and a mark.
export const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ð: 'd',
  đ: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
}

/**
 * Whether `text` can stand in a storefront address: lower-case words of letters and digits of any script, joined by
 * single hyphens, NFC, at most 255 UTF-16 units.
 */
export function isHandle(text: string): boolean {
  return text.length <= MAX_LENGTH && HANDLE.test(text) && text === text.toLowerCase().normalize('NFC')
}

/**
 * The handle a title suggests: `Women's Café-Jacket & Söckchen` becomes `womens-cafe-jacket-sockchen`. Latin letters
 * lose their marks, other scripts keep theirs. Empty when the title has no letter and no digit; uniqueness is the
 * caller's to settle.
 */
export function toHandle(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .toLowerCase()
    .replace(/[ßæœøðđþłħı]/g, (letter) => SPELLED[letter] ?? letter)
    .normalize('NFC')
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/(?<=^|-)[\p{M}-]+/gu, '')
    .slice(0, MAX_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/-$/, '')
}
