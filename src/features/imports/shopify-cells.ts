import { MAX_PRICE, minorDigits, parseAmount } from '../../domain/money.ts'
import type { Field, Row } from './shopify-columns.ts'

/** Minor units; 0 when the cell is empty or was refused. */
export function readAmount(row: Row, field: Field, currency: string): number {
  const text = row.text(field)
  const amount = text === '' ? 0 : parseAmount(text, currency)
  if (amount !== null && amount <= MAX_PRICE) return amount
  if (amount !== null) {
    row.refuse(field, `${shown(text)} is more than a piece may cost here.`)
    return 0
  }
  const digits = minorDigits(currency)
  const detail = /^[\d,]+\.\d+$/.test(text)
    ? `${shown(text)} has more decimals than ${currency}, which has ${digits}; prices are not rounded.`
    : `${shown(text)} is not a price: write ${(1299).toFixed(digits)}, without a currency sign and with a point before decimals.`
  row.refuse(field, detail)
  return 0
}

export function readNumber(row: Row, field: Field, shape: RegExp, wanted: string): number {
  const text = row.text(field)
  if (text === '') return 0
  const number = Number(text)
  if (shape.test(text) && Number.isSafeInteger(Math.round(number))) return number
  row.refuse(field, `${shown(text)} is not ${wanted}.`)
  return 0
}

/** Null when the cell says neither true nor false; `blank` when it says nothing. */
export function readFlag(row: Row, field: Field, blank: boolean): boolean | null {
  const text = row.text(field).toLowerCase()
  if (text === '') return blank
  return text === 'true' ? true : text === 'false' ? false : null
}

export function readVariantFlag(row: Row, field: Field): boolean {
  const flag = readFlag(row, field, true)
  if (flag === null) row.refuse(field, `${shown(row.text(field))} is neither true nor false.`)
  return flag ?? true
}

/** A SKU or barcode, without the apostrophe that keeps spreadsheets from reading it as a number. */
export function readCode(row: Row, field: 'sku' | 'barcode'): string | null {
  return row.text(field).replace(/^'\s*/, '') || null
}

export function readAddress(row: Row, field: Field, otherwise: string): string | null {
  const url = row.text(field)
  if (url === '' || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url || null
  row.report(field, `${shown(url)} is not a web address that starts with https:// or http://. ${otherwise}`)
  return null
}

export function shown(text: string | null): string {
  return JSON.stringify(text && text.length > 60 ? `${text.slice(0, 60)}...` : text)
}
