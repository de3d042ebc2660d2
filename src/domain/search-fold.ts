import { SPELLED } from './handle.ts'

// Accents, and what Hebrew and Arabic are mostly written without: points, harakat, tatweel. Vowel signs of Hindi or Thai and
// the voicing marks of Kana stay, because without them another word stands there. Variation selectors choose a look only.
const MARKS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]|[\u180b-\u180d]|[\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]|[\ufe00-\ufe0f]|[\ufe20-\ufe2f]|[\u{e0100}-\u{e01ef}]/gu
const UNSPOKEN = /[^\p{L}\p{N}\p{M}]|ʼ/gu
// Hiragana and the common Chinese characters are their own folded form.
const PLAIN = /^(?:[A-Za-z0-9]*|[\u3041-\u3096\u4e00-\u9fff]*)$/

// One sound or sign, several code points: letters of Latin with their own look, both sigmas, Persian kaf and yeh, digits of
// Arabic script. Those of Kana are told apart by an offset.
const SAME: Readonly<Record<string, string>> = { ...SPELLED, ŧ: 't', ŋ: 'n', ς: 'σ', ک: 'ك', ی: 'ي', ى: 'ي' }
const SPECIAL = /[ßæœøðđþłħıŧŋςکیى٠-٩۰-۹ァ-ヶ]/g
const KATAKANA_BEFORE_HIRAGANA = 0x60

/**
 * A word as it is compared: lower case, without accents, compatibility forms (full width, ligatures, superscripts) as
 * their plain ones, Katakana as Hiragana. Only letters, digits and the marks that spell are left; NFC.
 */
export function foldWord(word: string): string {
  if (PLAIN.test(word)) return word.toLowerCase()
  return word
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => SAME[letter] ?? shifted(letter.charCodeAt(0)))
    .replace(UNSPOKEN, '')
    .normalize('NFC')
}

function shifted(code: number): string {
  return code >= 0x30a1 ? String.fromCharCode(code - KATAKANA_BEFORE_HIRAGANA) : String(code & 15)
}

const LATIN = /^[a-z]{4,}$/

// Words that end in -ie by themselves. Others are taken together with -y: accessories is accessory, bougies is bougie.
const ENDS_IN_IE = new Set(
  'hoodie cookie movie beanie brownie smoothie selfie zombie onesie bootie pixie birdie foodie goodie calorie lingerie prairie rookie talkie hippie veggie doggie freebie indie genie barbie bookie cutie hottie sweetie magpie necktie bowtie bourgeoisie menagerie patisserie rotisserie brasserie boogie budgie collie eerie kiddie laddie quickie toughie undie walkie aussie bougie bikie'.split(
    ' ',
  ),
)

/**
 * A folded Latin word without its plural s, by the rules of the S-stemmer (D. Harman, How effective is suffixing?, Journal
 * of the American Society for Information Science 42 (1), 1991): of three rules the first whose ending fits is the only
 * one. Two more endings are the same in singular and plural, so that each finds the other: the e after a hiss goes (dress
 * and dresses, niche and niches), and -ie is -y.
 */
export function stemOf(word: string): string {
  if (!LATIN.test(word)) return word
  const singular = word.endsWith('s') && !/(?:us|ss)$/.test(word) ? word.slice(0, -1) : word
  if (/[^aeiouy]ie$/.test(singular) && singular.length > 4) {
    return ENDS_IN_IE.has(singular) ? singular : `${singular.slice(0, -2)}y`
  }
  return singular.replace(/(?<=[a-z](?:ss|sh|ch|zz|[a-z]x))e$/, '')
}
