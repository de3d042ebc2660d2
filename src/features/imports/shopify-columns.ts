import type { ImportError } from '../../domain/import.ts'

/** Where a field stands: the names of its column in Shopify's exports, the older one first. All others are ignored. */
const COLUMNS = {
  handle: ['Handle', 'URL handle'],
  title: ['Title'],
  body: ['Body (HTML)', 'Description'],
  vendor: ['Vendor'],
  type: ['Type'],
  tags: ['Tags'],
  published: ['Published', 'Published on online store'],
  status: ['Status'],
  option1Name: ['Option1 Name'],
  option1Value: ['Option1 Value'],
  option2Name: ['Option2 Name'],
  option2Value: ['Option2 Value'],
  option3Name: ['Option3 Name'],
  option3Value: ['Option3 Value'],
  sku: ['Variant SKU', 'SKU'],
  barcode: ['Variant Barcode', 'Barcode'],
  price: ['Variant Price', 'Price'],
  compareAt: ['Variant Compare At Price', 'Compare-at price'],
  // Always grams: `Variant Weight Unit` beside it only says how the old shop displayed them.
  grams: ['Variant Grams', 'Weight value (grams)'],
  tracker: ['Variant Inventory Tracker', 'Inventory tracker'],
  quantity: ['Variant Inventory Qty', 'Inventory quantity'],
  policy: ['Variant Inventory Policy', 'Continue selling when out of stock'],
  requiresShipping: ['Variant Requires Shipping', 'Requires shipping'],
  taxable: ['Variant Taxable', 'Charge tax'],
  image: ['Image Src', 'Product image URL'],
  imagePosition: ['Image Position'],
  imageAlt: ['Image Alt Text'],
  variantImage: ['Variant Image', 'Variant image URL'],
  giftCard: ['Gift Card'],
  seoTitle: ['SEO Title'],
  seoDescription: ['SEO Description'],
} as const satisfies Record<string, readonly [string, ...string[]]>

export type Field = keyof typeof COLUMNS
const FIELDS = Object.keys(COLUMNS) as Field[]
export const OPTION_FIELDS = [
  { name: 'option1Name', value: 'option1Value' },
  { name: 'option2Name', value: 'option2Value' },
  { name: 'option3Name', value: 'option3Value' },
] as const

/** A row by its fields, and what is wrong with it. */
export class Row {
  readonly line: number
  readonly isTooWide: boolean
  readonly problems: ImportError[] = []
  isRefused = false
  readonly #cells: readonly string[]
  readonly #headings: Headings

  constructor(line: number, cells: readonly string[], width: number, headings: Headings) {
    this.line = line
    this.isTooWide = cells.length > width
    this.#cells = cells
    this.#headings = headings
  }

  /** As it stands in the file. A column or cell that is not there is empty: spreadsheets drop empty cells at the end. */
  cell(field: Field): string {
    return this.#cells[this.#headings.get(field)?.index ?? -1] ?? ''
  }

  text(field: Field): string {
    return this.cell(field).trim()
  }

  /** Notes a problem that leaves the row's variant in. */
  report(field: Field | null, detail: string): void {
    this.problems.push({ line: this.line, column: field && this.nameOf(field), detail })
  }

  /** Notes a problem that leaves the row's variant out. */
  refuse(field: Field | null, detail: string): void {
    this.isRefused = true
    this.report(field, detail)
  }

  nameOf(field: Field): string {
    return this.#headings.get(field)?.name ?? COLUMNS[field][0]
  }
}

/** Which of the fields the file has a column for, where it stands and what it is called there. */
export type Headings = ReadonlyMap<Field, { index: number; name: string }>

export function findHeadings(header: readonly string[]): Headings {
  const names = header.map((name) => name.trim().toLowerCase())
  const headings = new Map<Field, { index: number; name: string }>()
  for (const field of FIELDS) {
    const index = COLUMNS[field].map((name) => names.indexOf(name.toLowerCase())).find((at) => at >= 0)
    if (index !== undefined) headings.set(field, { index, name: header[index]?.trim() ?? '' })
  }
  return headings
}

/** A problem for each column without which no product can be read. */
export function listMissing(headings: Headings, header: readonly string[]): ImportError[] {
  const separator = header.length === 1 ? /[;\t]/.exec(header[0] ?? '')?.[0] : undefined
  const hint = separator
    ? ` Columns are separated by commas; this file uses ${separator === ';' ? 'semicolons' : 'tabs'}.`
    : ''
  return (['handle', 'title', 'price'] as const)
    .filter((field) => !headings.has(field))
    .map((field) => ({
      line: 1,
      column: COLUMNS[field][0],
      detail: `The first line names the columns, and none is called ${COLUMNS[field].join(' or ')}.${hint}`,
    }))
}
