/** Stands where something was removed. */
export const REMOVED = '[removed]'

// One look at most texts is enough: they hold none of these.
const SUSPECT =
  /@|%40|whsec_|[sr]k_|_secret_|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|eyJ|[2-69]\d{3}[\d +-]{9}|\d:\d{4}:\d/

const SECRETS = [
  /\b(?:whsec|sk|rk)_[\w+/=-]{6,}/g,
  // What a browser pays with: `pi_..._secret_...`.
  /\b[A-Za-z]{2,10}_\w{1,200}_secret_\w+/g,
  /\b(?:bearer|basic)\s{1,9}[\w.~+/=-]{8,}/gi,
  // JSON Web Tokens: what begins with eyJ is a JSON object in base64.
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
  /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}/g,
  // Adyen's reason of an accepted card: its code, the last four digits and the end of its time.
  /\b\w{1,12}:\d{4}:\d{1,2}\/\d{2,4}\b/g,
] as const

/**
 * Whole, in fours, or as American Express writes them. No card begins with 0, 1, 7 or 8: ids and times often do. Digits within
 * letters are an id, as PayPal's are.
 */
const CARD =
  /(?<![\dA-Za-z])[2-69](?:\d{12,18}|\d{3}([ +-])\d{4}\1\d{4}\1\d{1,7}|\d{3}([ +-])\d{6}\2\d{4,5})(?![\dA-Za-z])/g

/** Removes what looks like a secret, the number of a card or an e-mail address, wherever it stands in `text`. */
export function redactText(text: string): string {
  // The shortest of them has more letters.
  if (text.length < 8 || !SUSPECT.test(text)) return text
  let kept = text
  for (const secret of SECRETS) kept = kept.replace(secret, REMOVED)
  return kept.replace(CARD, (digits) => (passesLuhn(digits.replace(/\D/g, '')) ? REMOVED : digits))
}

/** The check digit that all cards have (ISO/IEC 7812-1). */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48
    sum += place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}
