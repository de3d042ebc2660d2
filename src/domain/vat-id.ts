import type { TaxZone } from './tax.ts'

/** How a VAT identification number looks behind its prefix, and where it is certain, how its check digits are made. */
interface Format {
  /** ISO 3166-1, where the prefix is another one. */
  country?: string
  pattern: RegExp
  check?: (number: string) => boolean
}

/**
 * Every member state of the EU, as the European Commission publishes its structure with VIES (Directive 2006/112/EC, article
 * 215), and its neighbours. XI is Northern Ireland, whose businesses are of the country GB: they have the digits of their
 * GB number. States whose check digits depend on who holds the number (a company, a person, a foreigner) are told by
 * their format alone: a number that was issued is never refused.
 */
const FORMATS: Readonly<Record<string, Format>> = {
  AT: { pattern: /^U\d{8}$/, check: (id) => (luhnSum(id.slice(1, 8)) + 4 + Number(id[8])) % 10 === 0 },
  BE: { pattern: /^[01]\d{9}$/, check: (id) => 97 - (Number(id.slice(0, 8)) % 97) === Number(id.slice(8)) },
  BG: { pattern: /^\d{9,10}$/ },
  CY: { pattern: /^\d{8}[A-Z]$/ },
  CZ: { pattern: /^\d{8,10}$/ },
  DE: { pattern: /^[1-9]\d{8}$/, check: isMod11And10 },
  DK: { pattern: /^[1-9]\d{7}$/, check: (id) => weigh(id, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { pattern: /^\d{9}$/, check: (id) => weigh(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: { country: 'GR', pattern: /^\d{9}$/, check: (id) => (powers(id) % 11) % 10 === Number(id[8]) },
  ES: { pattern: /^(?:[A-Z]\d{7}[0-9A-Z]|\d{8}[A-Z])$/ },
  FI: { pattern: /^\d{8}$/, check: (id) => weigh(id, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0 },
  // Keys with a letter are made otherwise, and rarely given out.
  FR: { pattern: /^[0-9A-HJ-NP-Z]{2}\d{9}$/, check: (id) => !/^\d{2}/.test(id) || isFrenchKey(id) },
  HR: { pattern: /^\d{11}$/, check: isMod11And10 },
  HU: { pattern: /^\d{8}$/, check: (id) => weigh(id, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: { pattern: /^(?:\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])$/ },
  IT: { pattern: /^\d{11}$/, check: (id) => luhn(id) },
  LT: { pattern: /^(?:\d{9}|\d{12})$/ },
  LU: { pattern: /^\d{8}$/, check: (id) => Number(id.slice(0, 6)) % 89 === Number(id.slice(6)) },
  LV: { pattern: /^\d{11}$/ },
  MT: { pattern: /^\d{8}$/, check: (id) => weigh(id, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 },
  NL: { pattern: /^\d{9}B\d{2}$/, check: isDutch },
  PL: { pattern: /^\d{10}$/, check: (id) => weigh(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(id[9]) },
  PT: { pattern: /^\d{9}$/, check: (id) => complement(weigh(id, [9, 8, 7, 6, 5, 4, 3, 2])) === Number(id[8]) },
  RO: { pattern: /^[1-9]\d{1,9}$/, check: isRomanian },
  SE: { pattern: /^\d{10}\d{2}$/, check: (id) => luhn(id.slice(0, 10)) },
  SI: { pattern: /^[1-9]\d{7}$/, check: (id) => complement(weigh(id, [8, 7, 6, 5, 4, 3, 2])) === Number(id[7]) },
  SK: { pattern: /^[1-9]\d{9}$/, check: (id) => Number(id) % 11 === 0 },
  XI: { country: 'GB', pattern: /^(?:\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, check: isBritish },
  GB: { pattern: /^(?:\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, check: isBritish },
  // The number of the enterprise with what its register calls the tax, in German, French or Italian.
  CH: { pattern: /^E\d{9}(?:MWST|TVA|IVA)$/, check: (id) => isMod11(id.slice(1, 10), [5, 4, 3, 2, 7, 6, 5, 4]) },
  NO: { pattern: /^\d{9}MVA$/, check: (id) => isMod11(id.slice(0, 9), [3, 2, 7, 6, 5, 4, 3, 2]) },
}

/** Monaco and the Isle of Man are taxed as parts of another country, whose numbers they have (article 7 of the Directive). */
const TAXED_AS: Readonly<Record<string, string>> = { MC: 'FR', IM: 'GB' }

/** The form in which VAT ids are stored and compared: upper case, without spaces, dots and hyphens, Greece's with EL. */
export function normaliseVatId(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s.-]/g, '')
    .replace(/^GR/, 'EL')
}

/** The ISO 3166-1 country of a VAT id whose format is right, or null. Whether it was issued is NOT checked. */
export function countryOfVatId(vatId: string): string | null {
  const prefix = vatId.slice(0, 2)
  const format = Object.hasOwn(FORMATS, prefix) ? FORMATS[prefix] : undefined
  const number = vatId.slice(2)
  if (!format?.pattern.test(number)) return null
  if (format.check && !format.check(number)) return null
  return format.country ?? prefix
}

/** Whether a buyer with `vatId` accounts for the tax of `zone`: a business of the country where the goods are supplied. */
export function isExempt(zone: TaxZone | null, country: string, vatId: string | null): boolean {
  return zone?.reverseCharge === true && vatId !== null && countryOfVatId(vatId) === (TAXED_AS[country] ?? country)
}

/** The sum of the first digits, each times its weight. */
function weigh(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)
}

/** What is missing to a multiple of 11; 10 and 11 are written 0. */
function complement(sum: number): number {
  const missing = 11 - (sum % 11)
  return missing > 9 ? 0 : missing
}

/** Modulus 11 with weights, the check digit behind them; a number whose check digit would be 10 is not given out. */
function isMod11(digits: string, weights: readonly number[]): boolean {
  return (11 - (weigh(digits, weights) % 11)) % 11 === Number(digits[weights.length])
}

/** ISO/IEC 7064, MOD 11,10: the check digit is the last one. */
function isMod11And10(digits: string): boolean {
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits.at(-1))
}

/** Luhn's formula (ISO/IEC 7812-1, annex B): the check digit is the last one. */
function luhn(digits: string): boolean {
  return luhnSum(digits) % 10 === 0
}

/** The sum in which every second digit from the right counts twice, and what that makes of two digits is added up. */
function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, letter, index) => {
    const worth = Number(letter) * (index % 2 === 1 ? 2 : 1)
    return sum + (worth > 9 ? worth - 9 : worth)
  }, 0)
}

/** Greece: each of the first eight digits by a power of two, 256 down to 2. */
function powers(digits: string): number {
  return weigh(digits, [256, 128, 64, 32, 16, 8, 4, 2])
}

function isFrenchKey(id: string): boolean {
  return (12 + 3 * (Number(id.slice(2)) % 97)) % 97 === Number(id.slice(0, 2))
}

/** Numbers of companies pass the elfproef; those of sole traders, since 2020, ISO/IEC 7064 MOD 97,10 with their prefix. */
function isDutch(id: string): boolean {
  if ((weigh(id, [9, 8, 7, 6, 5, 4, 3, 2]) - Number(id[8])) % 11 === 0) return true
  // N is 23, L is 21, B is 11.
  return BigInt(`2321${id.replace('B', '11')}`) % 97n === 1n
}

function isRomanian(id: string): boolean {
  const digits = id.padStart(10, '0')
  return ((weigh(digits, [7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10) % 11) % 10 === Number(digits[9])
}

/** Modulus 97, or since 2010 with 55 or 42 added. Government departments and health authorities have no check digits. */
function isBritish(id: string): boolean {
  if (!/^\d/.test(id)) return true
  const sum = weigh(id, [8, 7, 6, 5, 4, 3, 2]) + Number(id.slice(7, 9))
  return [0, 42, 55].some((added) => (sum + added) % 97 === 0)
}
