import { randomFrom } from './random.ts'

const CHARACTERS = [
  ...'aAzéßİıŁﬁ09-\'’&.," \u0000\n\t:*^()',
  ...[
    '\u0301',
    '\u0308',
    '\u00ad',
    '\u200b',
    '\u200d',
    '\u202e',
    '\ufe0f',
    '\ud800',
    '\udc00',
    '👍🏽',
    '𝔘',
    '𐐨',
    '½',
    'ﷺ',
    '㌔',
  ],
  ...['猫', 'が', 'ｶﾞ', 'ー', 'ก', 'ำ', '가', '\u1100\u1161', 'क', 'ि', 'ש', 'ָ', 'أ', '٣', 'ς', 'ŉ', 'ǰ', 'ΐ', '№', 'ª'],
  ...[' AND ', ' NOT ', 'NEAR(', '""', "''", '--', ';'],
]

/** `count` short texts of letters, marks, signs and operators that somebody might trip over; the same every time. */
export function strangeTexts(count: number): string[] {
  const below = randomFrom(7)
  const character = () => CHARACTERS[below(CHARACTERS.length)] ?? ''
  return Array.from({ length: count }, () => Array.from({ length: 1 + below(20) }, character).join(''))
}
