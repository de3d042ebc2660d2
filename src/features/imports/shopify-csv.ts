import type { ImportError } from '../../domain/import.ts'
import { minorDigits, parseAmount } from '../../domain/money.ts'
import type { ImageDraft, InventoryPolicy, ProductDraft, ProductStatus, VariantDraft } from '../../domain/product.ts'
import { isHandle } from '../catalog/handle.ts'

export interface ShopifyCsv {
  /** In file order; `line` is where the product's first row starts. */
  products: { draft: ProductDraft; line: number }[]
  /** Rows that are neither the header nor blank, whether or not they could be used. */
  rows: number
  /** By line. Each says what is wrong, what to write instead, and what was left out because of it. */
  problems: ImportError[]
}

const MAX_TITLE_LENGTH = 255
const MAX_VARIANTS = 2000

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

type Field = keyof typeof COLUMNS
const FIELDS = Object.keys(COLUMNS) as Field[]
const OPTION_FIELDS = [
  { name: 'option1Name', value: 'option1Value' },
  { name: 'option2Name', value: 'option2Value' },
  { name: 'option3Name', value: 'option3Value' },
] as const

/**
 * Reads Shopify's product export: several rows a product that share its Handle, the first with what is the product's,
 * each with a variant, an image or both. Pure: nothing is stored or fetched, and the same text reads the same.
 *
 * What can be read goes in and the rest is a problem: a bad variant leaves out only itself, a bad image only itself, a
 * first row without a usable title its product. An unclosed quote ends the reading, for nobody knows where its row ends.
 * @param options.currency of every price in the file, upper case; amounts are never rounded to it.
 * @param options.sanitize what descriptions go through; nothing else in the file is HTML.
 */
export async function readShopifyCsv(
  text: string,
  options: { currency: string; sanitize: (html: string) => string | Promise<string> },
): Promise<ShopifyCsv> {
  const { records, broken } = await readRecords(text)
  const [header, ...data] = records
  const headings = findHeadings(header?.cells ?? [])
  const width = header?.cells.length ?? 0
  const rows = data.map(({ line, cells }) => new Row(line, cells, width, headings))
  const missing = listMissing(headings, header?.cells ?? [])
  const products: ShopifyCsv['products'] = []
  if (missing.length === 0) {
    refuseRepeatedSkus(rows)
    for (const [handle, group] of Map.groupBy(rows, (row) => row.text('handle').normalize('NFC').toLowerCase())) {
      const product = readProduct(handle, group, options.currency)
      if (product) products.push(product)
    }
    for (const { draft } of products) draft.descriptionHtml = await options.sanitize(draft.descriptionHtml)
  }
  const problems = [...missing, ...broken, ...rows.flatMap((row) => row.problems)]
  return { products, rows: rows.length + broken.length, problems: problems.sort((a, b) => a.line - b.line) }
}

class Row {
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

type Headings = ReadonlyMap<Field, { index: number; name: string }>

function findHeadings(header: readonly string[]): Headings {
  const names = header.map((name) => name.trim().toLowerCase())
  const headings = new Map<Field, { index: number; name: string }>()
  for (const field of FIELDS) {
    const index = COLUMNS[field].map((name) => names.indexOf(name.toLowerCase())).find((at) => at >= 0)
    if (index !== undefined) headings.set(field, { index, name: header[index]?.trim() ?? '' })
  }
  return headings
}

function listMissing(headings: Headings, header: readonly string[]): ImportError[] {
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

/** One SKU is one variant. The row that comes first in the file keeps it. */
function refuseRepeatedSkus(rows: readonly Row[]): void {
  const owners = new Map<string, number>()
  for (const row of rows) {
    const sku = readCode(row, 'sku')
    const owner = sku === null ? undefined : owners.get(sku)
    if (owner !== undefined) row.refuse('sku', `${shown(sku)} already belongs to the variant on line ${owner}.`)
    else if (sku !== null) owners.set(sku, row.line)
  }
}

interface Axis {
  name: string
  fields: (typeof OPTION_FIELDS)[number]
}

function readProduct(
  handle: string,
  rows: readonly Row[],
  currency: string,
): { draft: ProductDraft; line: number } | null {
  const [first] = rows
  if (!first) return null
  if (handle === '') {
    for (const row of rows)
      row.report('handle', 'Empty: every row says which product it belongs to, those with only an image too.')
    return null
  }
  const title = first.text('title')
  const axes = OPTION_FIELDS.map((fields) => ({ name: first.text(fields.name), fields })).filter(({ name }) => name)
  const obstacle = findObstacle(first, handle, title, axes)
  if (obstacle) {
    const others = rows.length === 1 ? '' : ` with its other rows (${rows.length - 1})`
    first.report(obstacle.field, `${obstacle.detail} The product is left out${others}.`)
    return null
  }
  const usable = rows.filter((row) => !row.isTooWide)
  for (const row of rows) if (row.isTooWide) row.refuse(null, TOO_WIDE)

  const options = isWithoutChoice(axes, usable) ? [] : axes
  const variants = readVariants(usable, options, currency)
  if (variants.length === 0) {
    const why = first.problems.at(-1)
    if (why) why.detail += ' No variant is left, so the product is left out.'
    return null
  }
  const draft: ProductDraft = {
    handle,
    title,
    descriptionHtml: first.cell('body'),
    vendor: first.text('vendor'),
    productType: first.text('type'),
    tags: readTags(first.text('tags')),
    status: readStatus(first),
    seo: { title: first.text('seoTitle') || null, description: first.text('seoDescription') || null },
    options: options.map(({ name }) => name),
    images: readImages(usable, variants),
    variants,
    metadata: {},
    privateMetadata: {},
  }
  return { draft, line: first.line }
}

const TOO_WIDE =
  'The row has more cells than the header has columns. A value with a comma in it is put into quotes: "Red, large".'

/** Why nothing can be made of the product's rows, or null. */
function findObstacle(
  first: Row,
  handle: string,
  title: string,
  axes: readonly Axis[],
): { field: Field | null; detail: string } | null {
  if (first.isTooWide) return { field: null, detail: TOO_WIDE }
  if (!isHandle(handle)) {
    return {
      field: 'handle',
      detail: `${shown(handle)} cannot stand in an address: letters and digits in words joined by single hyphens, such as red-rain-jacket, at most 255 characters.`,
    }
  }
  if (title === '') {
    return { field: 'title', detail: `Empty on the first row of ${shown(handle)}, which names the product.` }
  }
  if (title.length > MAX_TITLE_LENGTH) {
    return { field: 'title', detail: `${title.length} characters long; at most ${MAX_TITLE_LENGTH} fit.` }
  }
  const names = axes.map(({ name }) => name.toLowerCase())
  const repeated = axes.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index)
  if (repeated) return { field: repeated.fields.name, detail: `Two options are called ${shown(repeated.name)}.` }
  return null
}

/** Shopify writes a product without options as one option Title with the one value Default Title. */
function isWithoutChoice(axes: readonly Axis[], rows: readonly Row[]): boolean {
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

function readVariants(rows: readonly Row[], axes: readonly Axis[], currency: string): VariantDraft[] {
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
    prices: [{ currency, amount, compareAtAmount: compareAt > amount ? compareAt : null }],
    barcode: readCode(row, 'barcode'),
    weightGrams: Math.round(readNumber(row, 'grams', /^\d+(\.\d+)?$/, 'a weight in grams such as 250')),
    requiresShipping: readVariantFlag(row, 'requiresShipping'),
    taxable: readVariantFlag(row, 'taxable'),
    imageUrl: readAddress(row, 'variantImage', 'The variant is imported without it.'),
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

/** Minor units; 0 when the cell is empty or was refused. */
function readAmount(row: Row, field: Field, currency: string): number {
  const text = row.text(field)
  const amount = text === '' ? 0 : parseAmount(text, currency)
  if (amount !== null) return amount
  const digits = minorDigits(currency)
  const detail = /^[\d,]+\.\d+$/.test(text)
    ? `${shown(text)} has more decimals than ${currency}, which has ${digits}; prices are not rounded.`
    : `${shown(text)} is not a price: write ${(1299).toFixed(digits)}, without a currency sign and with a point before decimals.`
  row.refuse(field, detail)
  return 0
}

function readNumber(row: Row, field: Field, shape: RegExp, wanted: string): number {
  const text = row.text(field)
  if (text === '') return 0
  const number = Number(text)
  if (shape.test(text) && Number.isSafeInteger(Math.round(number))) return number
  row.refuse(field, `${shown(text)} is not ${wanted}.`)
  return 0
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

/** Null when the cell says neither true nor false; `blank` when it says nothing. */
function readFlag(row: Row, field: Field, blank: boolean): boolean | null {
  const text = row.text(field).toLowerCase()
  if (text === '') return blank
  return text === 'true' ? true : text === 'false' ? false : null
}

function readVariantFlag(row: Row, field: Field): boolean {
  const flag = readFlag(row, field, true)
  if (flag === null) row.refuse(field, `${shown(row.text(field))} is neither true nor false.`)
  return flag ?? true
}

/** A SKU or barcode, without the apostrophe that keeps spreadsheets from reading it as a number. */
function readCode(row: Row, field: 'sku' | 'barcode'): string | null {
  return row.text(field).replace(/^'\s*/, '') || null
}

/** Trimmed, in order, each once whatever its case, as Shopify compares them. */
function readTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim())
  const lower = tags.map((tag) => tag.toLowerCase())
  return tags.filter((tag, index) => tag !== '' && lower.indexOf(tag.toLowerCase()) === index)
}

/** Anything doubtful becomes a draft: staff can publish it, whereas what is sold by mistake is sold. */
function readStatus(first: Row): ProductStatus {
  const status = first.text('status').toLowerCase()
  const published = readFlag(first, 'published', true)
  const giftCard = readFlag(first, 'giftCard', false)
  const known = ['', 'active', 'draft', 'archived'].includes(status)
  const instead = 'The product is imported as a draft.'
  if (!known) first.report('status', `${shown(first.text('status'))} is not active, draft or archived. ${instead}`)
  if (published === null)
    first.report('published', `${shown(first.text('published'))} is neither true nor false. ${instead}`)
  if (giftCard === null)
    first.report('giftCard', `${shown(first.text('giftCard'))} is neither true nor false. ${instead}`)
  if (giftCard) first.report('giftCard', `Selling it as a product would deliver no gift card. ${instead}`)
  if (status === 'archived') return 'archived'
  return known && status !== 'draft' && published === true && giftCard === false ? 'active' : 'draft'
}

/** By Image Position, then in file order, each address once; then those that only a variant shows. */
function readImages(rows: readonly Row[], variants: readonly VariantDraft[]): ImageDraft[] {
  const placed = rows.flatMap((row) => {
    const url = readAddress(row, 'image', 'The image is left out.')
    const position = Number(row.text('imagePosition')) || Number.MAX_SAFE_INTEGER
    return url === null ? [] : [{ url, alt: row.text('imageAlt'), position }]
  })
  placed.sort((left, right) => left.position - right.position)
  const images = new Map<string, ImageDraft>()
  const ofVariants = variants.flatMap(({ imageUrl }) => (imageUrl === null ? [] : [{ url: imageUrl, alt: '' }]))
  for (const { url, alt } of [...placed, ...ofVariants]) {
    if (!images.has(url)) images.set(url, { url, alt, width: null, height: null })
  }
  return [...images.values()]
}

function readAddress(row: Row, field: Field, otherwise: string): string | null {
  const url = row.text(field)
  if (url === '' || (/^https?:\/\//i.test(url) && URL.canParse(url))) return url || null
  row.report(field, `${shown(url)} is not a web address that starts with https:// or http://. ${otherwise}`)
  return null
}

function shown(text: string | null): string {
  return JSON.stringify(text && text.length > 60 ? `${text.slice(0, 60)}...` : text)
}

let parser: Promise<typeof import('csv-parse/sync')> | null = null

/**
 * The rows of `text` that have a value in them, with the 1-based line on which each starts, and what is no CSV. Lines
 * end with CRLF, LF or CR; inside values they become LF, so that saving a file elsewhere does not change its products.
 */
async function readRecords(text: string) {
  // Loaded by the first use: the Worker's start-up does not pay for what only imports need. The plain entry takes
  // Buffer from the runtime; the `browser` one would bring its own.
  parser ??= import('csv-parse/sync')
  const { parse } = await parser
  const records: { line: number; cells: string[] }[] = []
  const broken = new Map<number, ImportError>()
  parse(`${text.replace(/\r\n?/g, '\n')}\n`, {
    bom: true,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_records_with_error: true,
    raw: true,
    // With `raw` the record comes wrapped, whatever its type says.
    on_record: (wrapped: unknown, { lines, raw }) => {
      const { record: cells } = wrapped as { record: string[] }
      if (cells.some((cell) => cell.trim() !== '')) records.push({ line: startOf(lines, raw), cells })
      return null
    },
    on_skip: (error, raw) => {
      const start = startOf(Number(error?.lines), raw)
      const isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED'
      const line = isOpen ? start + lineOfOpenQuote(raw ?? '') : start
      if (isOpen || !broken.has(start))
        broken.set(start, { line, column: null, detail: isOpen ? OPEN_QUOTE : STRAY_QUOTE })
    },
  })
  return { records, broken: [...broken.values()] }
}

const OPEN_QUOTE = 'The quote that opens here is never closed, so nothing could be read from this row on.'
const STRAY_QUOTE =
  'A quote stands in the middle of a value. Put the whole value into quotes and write each quote in it twice: "3"" pipe". Nothing could be read up to where the row ends.'

/** csv-parse counts lines where it stands. `raw` is what it has read of the row, with or without the final line end. */
function startOf(line: number, raw = ''): number {
  return line + 1 - raw.replace(/\n$/, '').split('\n').length
}

/** How many lines below the start of `raw` its unclosed quote stands. */
function lineOfOpenQuote(raw: string): number {
  let opened = -1
  for (let at = raw.indexOf('"'); at >= 0; at = raw.indexOf('"', at + 1)) {
    if (opened < 0) opened = at
    else if (raw[at + 1] === '"') at += 1
    else opened = -1
  }
  return raw.slice(0, Math.max(0, opened)).split('\n').length - 1
}
