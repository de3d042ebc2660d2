import type { InventoryPolicy, VariantDraft } from '../../domain/product.ts'
import { STANDARD } from '../../domain/tax.ts'
import { readAddress, readAmount, readCode, readNumber, readVariantFlag, shown } from './shopify-cells.ts'
import { OPTION_FIELDS, type Row } from './shopify-columns.ts'

const MAX_VARIANTS = 2000

/** One of the product's options: its name and where the rows say their choice. */
export interface Axis {
  name: string
  fields: (typeof OPTION_FIELDS)[number]
}

/** One SKU is one variant. The row that comes first in the file keeps it. */
export function refuseRepeatedSkus(rows: readonly Row[]): void {
  const owners = new Map<string, number>()
  for (const row of rows) {
    const sku = readCode(row, 'sku')
    const owner = sku === null ? undefined : owners.get(sku)
    if (owner !== undefined) row.refuse('sku', `${shown(sku)} already belongs to the variant on line ${owner}.`)
    else if (sku !== null) owners.set(sku, row.line)
  }
}

/** Shopify writes a product without options as one option Title with the one value Default Title. */
export function isWithoutChoice(axes: readonly Axis[], rows: readonly Row[]): boolean {
  const [axis] = axes
  if (!axis || axes.length > 1 || axis.name.toLowerCase() !== 'title') return false
  return rows.every((row) => isDefaultTitle(row.text(axis.fields.value)))
}

function isDefaultTitle(value: string): boolean {
  return value === '' || value.toLowerCase() === 'default title'
}

/** Image-only rows have neither an option value nor a price nor a SKU; a product's first row always has its variant. */
function hasVariant(row: Row): boolean {
  return [...OPTION_FIELDS.map(({ value }) => value), 'price' as const, 'sku' as const].some((field) => row.text(field))
}

/** The variants of a product in file order; a row that cannot be used says why and is left out. */
export function readVariants(rows: readonly Row[], axes: readonly Axis[], currency: string): VariantDraft[] {
  const variants: VariantDraft[] = []
  const lines = new Map<string, number>()
  for (const row of rows.filter((candidate, index) => index === 0 || hasVariant(candidate))) {
    const variant = readVariant(row, axes, currency)
    const values = Object.values(variant.options)
    const choice = JSON.stringify(values)
    const line = lines.get(choice)
    if (line === undefined) lines.set(choice, row.line)
    else if (axes.length === 0) row.refuse(null, `The product has no options, so line ${line} is its only variant.`)
    else if (!values.includes('')) row.refuse(null, `Line ${line} is already ${shown(values.join(' / '))}.`)
    if (row.isRefused) continue
    if (variants.length === MAX_VARIANTS) {
      row.refuse(null, `A product has at most ${MAX_VARIANTS} variants: this one and those after it are left out.`)
      break
    }
    variants.push(variant)
  }
  return variants
}

/** The variant of `row`; what could not be read has refused the row and stands in the result as a blank. */
function readVariant(row: Row, axes: readonly Axis[], currency: string): VariantDraft {
  const options = readOptions(row, axes)
  const amount = readAmount(row, 'price', currency)
  const compareAt = readAmount(row, 'compareAt', currency)
  if (row.text('price') === '') row.refuse('price', 'Empty: a variant has a price, which may be 0.')
  return {
    sku: readCode(row, 'sku'),
    options,
    prices: [
      { currency, marketId: '', minQuantity: 1, amount, compareAtAmount: compareAt > amount ? compareAt : null },
    ],
    barcode: readCode(row, 'barcode'),
    weightGrams: Math.round(readNumber(row, 'grams', /^\d+(\.\d+)?$/, 'a weight in grams such as 250')),
    requiresShipping: readVariantFlag(row, 'requiresShipping'),
    taxable: readVariantFlag(row, 'taxable'),
    imageUrl: readAddress(row, 'variantImage', 'The variant is imported without it.'),
    taxCategory: STANDARD,
    quantity: { min: 1, max: null, step: 1 },
    unitMeasure: null,
    inventory: readInventory(row),
  }
}

function readOptions(row: Row, axes: readonly Axis[]): Record<string, string> {
  for (const { name, value } of OPTION_FIELDS) {
    const axis = axes.find(({ fields }) => fields.name === name)
    const chosen = row.text(value)
    const renamed = row.text(name)
    if (axis && chosen === '') row.refuse(value, `Empty: every variant of this product says its ${shown(axis.name)}.`)
    if (axis && renamed !== '' && renamed.toLowerCase() !== axis.name.toLowerCase()) {
      row.refuse(name, `${shown(renamed)} is called ${shown(axis.name)} on the product's first row.`)
    }
    if (!axis && !isDefaultTitle(chosen)) {
      row.refuse(value, `${shown(chosen)} has no option: the product's first row names none in ${row.nameOf(name)}.`)
    }
  }
  return Object.fromEntries(axes.map(({ name, fields }) => [name, row.text(fields.value)]))
}

function readInventory(row: Row): { policy: InventoryPolicy; onHand: number } {
  const continues = row.text('policy').toLowerCase()
  if (!['', 'deny', 'false', 'continue', 'true'].includes(continues)) {
    row.refuse('policy', `${shown(row.text('policy'))} is neither deny nor continue.`)
  }
  const sellsOut = continues === 'continue' || continues === 'true' ? 'backorder' : 'deny'
  // Whose inventory is counted, by Shopify or by a fulfilment service, is the old shop's affair; here it is counted.
  const policy = row.text('tracker') === '' ? 'untracked' : sellsOut
  const quantity = readNumber(row, 'quantity', /^-?\d+(\.0+)?$/, 'a whole number such as 12')
  // Below zero the old shop owes units. Only a backorder can owe here: a shelf that denies has none left.
  return { policy, onHand: policy === 'backorder' ? quantity : Math.max(0, quantity) }
}
