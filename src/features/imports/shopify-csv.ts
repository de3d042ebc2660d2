import { isHandle } from '../../domain/handle.ts'
import type { ImportError } from '../../domain/import.ts'
import type { ImageDraft, ProductDraft, ProductStatus, VariantDraft } from '../../domain/product.ts'
import { readRecords } from './csv-records.ts'
import { readAddress, readFlag, shown } from './shopify-cells.ts'
import { type Field, findHeadings, listMissing, OPTION_FIELDS, Row } from './shopify-columns.ts'
import { type Axis, isWithoutChoice, readVariants, refuseRepeatedSkus } from './shopify-variants.ts'

const MAX_TITLE_LENGTH = 255

export interface ShopifyCsv {
  /** In file order; `line` is where the product's first row starts. */
  products: { draft: ProductDraft; line: number }[]
  /** Rows that are neither the header nor blank, whether or not they could be used. */
  rows: number
  /** Products that are left out with all their rows. */
  refused: number
  /** By line. Each says what is wrong, what to write instead, and what was left out because of it. */
  problems: ImportError[]
  /** What the file has columns for. A field without one says nothing, which is not the same as an empty cell. */
  fields: ReadonlySet<Field>
  /** False when a row could not be used: what the file does not name may then have stood there. */
  isWhole: boolean
}

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
  let refused = 0
  if (missing.length === 0) {
    refuseRepeatedSkus(rows)
    for (const [handle, group] of Map.groupBy(rows, (row) => row.text('handle').normalize('NFC').toLowerCase())) {
      const product = readProduct(handle, group, options.currency)
      if (product) products.push(product)
      else refused += 1
    }
    for (const { draft } of products) draft.descriptionHtml = await options.sanitize(draft.descriptionHtml)
  }
  const problems = [...missing, ...broken, ...rows.flatMap((row) => row.problems)]
  return {
    products,
    rows: rows.length + broken.length,
    refused,
    problems: problems.sort((a, b) => a.line - b.line),
    fields: new Set(headings.keys()),
    isWhole: broken.length === 0 && rows.every((row) => !row.isRefused && row.text('handle') !== ''),
  }
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
    publishedAt: null,
    unpublishedAt: null,
    categoryId: null,
    customFields: {},
    relatedIds: [],
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
