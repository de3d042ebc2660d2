/**
 * Whether `text` is a Global Trade Item Number: 8, 12, 13 or 14 digits whose last one checks the others (GS1 General
 * Specifications, 7.9). Numbers that a shop gives to itself are none, however well they check: the prefixes 02, 04 and 2
 * of thirteen digits (0 and 2 of eight) are for use inside a company or region.
 */
export function isGtin(text: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(text)) return false
  // Counted from the right, the check digit first, every second digit weighs three.
  const sum = [...text].reduce(
    (total, digit, index) => total + Number(digit) * ((text.length - index) % 2 === 0 ? 3 : 1),
    0,
  )
  if (sum % 10 !== 0) return false
  if (text.length === 8) return !/^[02]/.test(text)
  // The first of fourteen digits only says how the goods are packed.
  return !/^(?:02|04|2|0+$)/.test(text.padStart(14, '0').slice(1))
}
