import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProductDraft } from '../../src/domain/product.ts'
import { readShopifyCsv } from '../../src/features/imports/shopify-csv.ts'

const EXPORT = readFileSync(join(import.meta.dirname, '../fixtures/shopify-export.csv'), 'utf8')
/** A price everywhere, of one piece: a file knows no other. */
const regular = (currency: string, amount: number, compareAtAmount: number | null) => ({
  currency,
  marketId: '',
  minQuantity: 1,
  amount,
  compareAtAmount,
})

const CDN = 'https://cdn.nordlys.example'

function read(text: string, currency = 'USD') {
  return readShopifyCsv(text, { currency, sanitize: (html) => html })
}

/** The drafts of a file in which nothing is wrong. */
async function readAll(text: string, currency?: string): Promise<ProductDraft[]> {
  const { products, problems } = await read(text, currency)
  expect(problems).toEqual([])
  return products.map(({ draft }) => draft)
}

/** What the cells of one product of one row mean. */
async function readOne(cells: Readonly<Record<string, string>>, currency?: string): Promise<ProductDraft> {
  const [draft, ...others] = await readAll(
    write([{ Handle: 'mug', Title: 'Mug', 'Variant Price': '5', ...cells }]),
    currency,
  )
  expect(others).toEqual([])
  if (!draft) throw new Error('no product')
  return draft
}

function write(rows: readonly Readonly<Record<string, string>>[], { lineEnd = '\n', quoteAll = false } = {}): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))]
    .map((cells) => cells.map((cell) => (quoteAll || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)))
    .map((cells) => cells.join(',') + lineEnd)
    .join('')
}

describe('a whole export', () => {
  it('reads the rows of one handle as one product, wherever they stand', async () => {
    const { products, rows, problems } = await read(EXPORT)
    expect(problems).toEqual([])
    expect(rows).toBe(5)
    expect(products.map(({ draft, line }) => [draft.handle, line])).toEqual([
      ['fjord-rain-jacket', 2],
      ['wool-socks', 8],
    ])
    expect(products[0]?.draft).toEqual({
      handle: 'fjord-rain-jacket',
      title: 'Fjord Rain Jacket',
      descriptionHtml:
        '<p>Keeps the rain out, "even sideways".</p>\n<ul>\n<li>Taped seams</li>\n<li>Hood, adjustable</li>\n</ul>',
      vendor: 'Nordlys',
      productType: 'Jackets',
      tags: ['rain', 'outdoor', 'new'],
      status: 'active',
      seo: { title: 'Fjord Rain Jacket | Nordlys', description: 'Waterproof, light and long-lived' },
      options: ['Size', 'Colour'],
      images: [
        { url: `${CDN}/jacket-front.jpg`, alt: 'Front', width: null, height: null },
        { url: `${CDN}/jacket-back.jpg`, alt: 'Back', width: null, height: null },
        { url: `${CDN}/jacket-hood.jpg`, alt: '', width: null, height: null },
        { url: `${CDN}/jacket-moss.jpg`, alt: '', width: null, height: null },
      ],
      variants: [
        {
          sku: 'FRJ-S-MOS',
          options: { Size: 'S', Colour: 'Moss' },
          prices: [regular('USD', 18900, 22900)],
          barcode: '7090001000017',
          weightGrams: 640,
          requiresShipping: true,
          taxable: true,
          imageUrl: `${CDN}/jacket-moss.jpg`,
          taxCategory: 'standard',
          quantity: { min: 1, max: null, step: 1 },
          unitMeasure: null,
          inventory: { policy: 'deny', onHand: 4 },
        },
        {
          sku: 'FRJ-M-MOS',
          options: { Size: 'M', Colour: 'Moss' },
          prices: [regular('USD', 18900, null)],
          barcode: null,
          weightGrams: 660,
          requiresShipping: true,
          taxable: true,
          imageUrl: null,
          taxCategory: 'standard',
          quantity: { min: 1, max: null, step: 1 },
          unitMeasure: null,
          inventory: { policy: 'backorder', onHand: -2 },
        },
        {
          sku: 'FRJ-M-RUS',
          options: { Size: 'M', Colour: 'Rust' },
          prices: [regular('USD', 118950, null)],
          barcode: null,
          weightGrams: 660,
          requiresShipping: false,
          taxable: false,
          imageUrl: `${CDN}/jacket-front.jpg`,
          taxCategory: 'standard',
          quantity: { min: 1, max: null, step: 1 },
          unitMeasure: null,
          inventory: { policy: 'deny', onHand: 0 },
        },
      ],
      metadata: {},
      privateMetadata: {},
      publishedAt: null,
      unpublishedAt: null,
      categoryId: null,
      customFields: {},
      relatedIds: [],
    })
    expect(products[1]?.draft).toMatchObject({
      status: 'draft',
      options: [],
      variants: [{ sku: null, options: {}, weightGrams: 90, inventory: { policy: 'untracked', onHand: 0 } }],
    })
  })

  it.each([
    ['CRLF', EXPORT.replaceAll('\n', '\r\n')],
    ['lone CR', EXPORT.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${EXPORT}`],
    ['no line end at the end', EXPORT.trimEnd()],
    ['blank lines and rows of commas', `\n${EXPORT.replace('wool-socks', ',,,,\n \nwool-socks')}\n\n,,\n`],
    [
      'a header in another case, with spaces',
      EXPORT.replace(/^.*/, (header) => header.toUpperCase().replaceAll(',', ' , ')),
    ],
  ])('reads the same with %s', async (_what, text) => expect(await readAll(text)).toEqual(await readAll(EXPORT)))

  it('reads the newer export, whose columns have other names', async () => {
    const [draft] = await readAll(
      write([
        {
          Title: 'Mug',
          'URL handle': 'Mug',
          Description: '<p>Holds tea.</p>',
          'Published on online store': 'TRUE',
          Status: 'Active',
          SKU: 'M-1',
          Barcode: '123',
          'Option1 name': 'Glaze',
          'Option1 value': 'Blue',
          Price: '12.50',
          'Price / International': '99',
          'Compare-at price': '15',
          'Charge tax': 'FALSE',
          'Inventory tracker': 'shopify',
          'Inventory quantity': '7',
          'Continue selling when out of stock': 'CONTINUE',
          'Weight value (grams)': '350',
          'Requires shipping': 'TRUE',
          'Product image URL': `${CDN}/mug.jpg`,
          'Image alt text': 'A mug',
          'Variant image URL': `${CDN}/blue.jpg`,
          'SEO title': 'A blue mug',
        },
      ]),
    )
    expect(draft).toMatchObject({
      handle: 'mug',
      descriptionHtml: '<p>Holds tea.</p>',
      status: 'active',
      seo: { title: 'A blue mug', description: null },
      images: [
        { url: `${CDN}/mug.jpg`, alt: 'A mug' },
        { url: `${CDN}/blue.jpg`, alt: '' },
      ],
      variants: [
        {
          sku: 'M-1',
          options: { Glaze: 'Blue' },
          prices: [regular('USD', 1250, 1500)],
          barcode: '123',
          weightGrams: 350,
          taxable: false,
          imageUrl: `${CDN}/blue.jpg`,
          inventory: { policy: 'backorder', onHand: 7 },
        },
      ],
    })
  })

  it('puts descriptions, and nothing else, through the sanitiser', async () => {
    const seen: string[] = []
    const { products } = await readShopifyCsv(EXPORT, {
      currency: 'USD',
      sanitize: async (html) => {
        seen.push(html.slice(0, 8))
        return 'clean'
      },
    })
    expect(seen).toEqual(['<p>Keeps', '<p>Two p'])
    expect(products.map(({ draft }) => draft.descriptionHtml)).toEqual(['clean', 'clean'])
  })
})

describe('what a cell means', () => {
  it.each([
    [{}, 'active'],
    [{ Published: '' }, 'active'],
    [{ Published: 'TRUE' }, 'active'],
    [{ Published: 'false' }, 'draft'],
    [{ Published: 'true', Status: 'active' }, 'active'],
    [{ Published: 'false', Status: 'active' }, 'draft'],
    [{ Published: 'true', Status: 'Draft' }, 'draft'],
    [{ Published: 'true', Status: 'archived' }, 'archived'],
  ])('%j is %s', async (cells, status) => expect((await readOne(cells)).status).toBe(status))

  it.each([
    [{}, 'untracked', 0],
    [{ 'Variant Inventory Tracker': '', 'Variant Inventory Qty': '5' }, 'untracked', 5],
    [{ 'Variant Inventory Tracker': 'shopify' }, 'deny', 0],
    [{ 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Qty': '5' }, 'deny', 5],
    [{ 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Qty': '-5' }, 'deny', 0],
    [{ 'Variant Inventory Tracker': 'a-warehouse', 'Variant Inventory Qty': '5.0' }, 'deny', 5],
    [{ 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Policy': 'Deny' }, 'deny', 0],
    [
      { 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Policy': 'continue', 'Variant Inventory Qty': '-5' },
      'backorder',
      -5,
    ],
    [{ 'Variant Inventory Tracker': 'shopify', 'Continue selling when out of stock': 'FALSE' }, 'deny', 0],
    [{ 'Variant Inventory Policy': 'continue' }, 'untracked', 0],
  ])('%j is %s with %i on hand', async (cells, policy, onHand) => {
    expect((await readOne(cells)).variants[0]?.inventory).toEqual({ policy, onHand })
  })

  it.each([
    ['5', '', 'USD', 500, null],
    ['0', '', 'USD', 0, null],
    ['1,299.00', '', 'USD', 129900, null],
    ['19.9', '0.00', 'USD', 1990, null],
    ['19.90', '19.90', 'USD', 1990, null],
    ['19.90', '9.90', 'USD', 1990, null],
    ['19.90', '19.91', 'USD', 1990, 1991],
    ['1999.00', '2500', 'JPY', 1999, 2500],
    ['1.234', '', 'KWD', 1234, null],
  ])(
    'a price of %s beside %j in %s is %i, compared with %s',
    async (price, compareAt, currency, amount, compareAtAmount) => {
      const draft = await readOne({ 'Variant Price': price, 'Variant Compare At Price': compareAt }, currency)
      expect(draft.variants[0]?.prices).toEqual([regular(currency, amount, compareAtAmount)])
    },
  )

  it.each([
    ['Handle', 'Red-MUG ', { handle: 'red-mug' }],
    ['Handle', 'cafe\u0301', { handle: 'café' }],
    ['Handle', '雨衣', { handle: '雨衣' }],
    ['Title', '  A mug ', { title: 'A mug' }],
    ['Tags', ' a, b ,,A,b c', { tags: ['a', 'b', 'b c'] }],
    ['Variant SKU', "'00123", { variants: [{ sku: '00123' }] }],
    ['Variant SKU', '  ', { variants: [{ sku: null }] }],
    ['Variant Barcode', "'", { variants: [{ barcode: null }] }],
    ['Variant Grams', '453.59', { variants: [{ weightGrams: 454 }] }],
    ['Variant Grams', '', { variants: [{ weightGrams: 0 }] }],
    ['Variant Requires Shipping', 'False', { variants: [{ requiresShipping: false }] }],
    ['Variant Taxable', '', { variants: [{ taxable: true }] }],
    ['Option1 Value', 'Default Title', { options: [], variants: [{ options: {} }] }],
    ['Gift Card', 'FALSE', { status: 'active' }],
  ])('%s %j', async (column, value, expected) => expect(await readOne({ [column]: value })).toMatchObject(expected))

  it('takes the position of an image before its place in the file, and each image once', async () => {
    const [draft] = await readAll(
      write([
        {
          Handle: 'a',
          Title: 'A',
          'Variant Price': '1',
          'Image Src': `${CDN}/c`,
          'Image Position': '10',
          'Variant Image': `${CDN}/d`,
        },
        { Handle: 'a', 'Image Src': `${CDN}/x` },
        { Handle: 'a', 'Image Src': `${CDN}/b`, 'Image Position': '2' },
        { Handle: 'a', 'Image Src': `${CDN}/a`, 'Image Position': '1' },
        { Handle: 'a', 'Image Src': `${CDN}/b`, 'Image Position': '3', 'Image Alt Text': 'again' },
      ]),
    )
    expect(draft?.images.map(({ url }) => url.slice(CDN.length))).toEqual(['/a', '/b', '/c', '/x', '/d'])
    expect(draft?.variants).toHaveLength(1)
  })

  it('takes an option called Title for an option when it has a real value', async () => {
    const [draft] = await readAll(
      'Handle,Title,Option1 Name,Option1 Value,Price\na,A,Title,Default Title,1\na,,,Large,2\n',
    )
    expect(draft?.options).toEqual(['Title'])
    expect(draft?.variants.map(({ options }) => options)).toEqual([{ Title: 'Default Title' }, { Title: 'Large' }])
  })

  it('passes over a row that says nothing but its handle', async () => {
    expect(await readAll('Handle,Title,Price\na,A,1\na,,\n')).toMatchObject([{ variants: [{}] }])
  })
})

/** A file of two products; `bad` rows stand between the variants of the first. */
function around(bad: string): string {
  return [
    'Handle,Title,Published,Status,Gift Card,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Price,Variant Compare At Price,Variant Grams,Variant Inventory Qty,Variant Inventory Policy,Variant Taxable,Image Src,Variant Image',
    'shirt,Shirt,true,active,,Size,S,,,SH-S,10,,,,,,,',
    bad,
    'shirt,,,,,,L,,,SH-L,12,,,,,,,',
    'mug,Mug,,,,,,,,M,5,,,,,,,',
    '',
  ].join('\n')
}

describe('what is wrong is told, and the rest goes in', () => {
  it.each([
    ['no price', 'shirt,,,,,,M,,,SH-M,,,,,,,,', 'Variant Price', /^Empty/],
    [
      'a price that is none',
      'shirt,,,,,,M,,,SH-M,abc,,,,,,,',
      'Variant Price',
      /^"abc" is not a price: write 1299\.00/,
    ],
    ['a price with a currency sign', 'shirt,,,,,,M,,,SH-M,$10,,,,,,,', 'Variant Price', /without a currency sign/],
    ['a negative price', 'shirt,,,,,,M,,,SH-M,-1,,,,,,,', 'Variant Price', /not a price/],
    ['a decimal comma', 'shirt,,,,,,M,,,SH-M,"10,50",,,,,,,', 'Variant Price', /with a point before decimals/],
    ['too many decimals', 'shirt,,,,,,M,,,SH-M,10.505,,,,,,,', 'Variant Price', /more decimals than USD, which has 2/],
    ['a bad compare-at price', 'shirt,,,,,,M,,,SH-M,10,x,,,,,,', 'Variant Compare At Price', /not a price/],
    ['a bad weight', 'shirt,,,,,,M,,,SH-M,10,,1kg,,,,,', 'Variant Grams', /"1kg" is not a weight in grams/],
    ['a bad quantity', 'shirt,,,,,,M,,,SH-M,10,,,1.5,,,,', 'Variant Inventory Qty', /"1\.5" is not a whole number/],
    [
      'an unknown policy',
      'shirt,,,,,,M,,,SH-M,10,,,,maybe,,,',
      'Variant Inventory Policy',
      /neither deny nor continue/,
    ],
    ['an unknown boolean', 'shirt,,,,,,M,,,SH-M,10,,,,,yes,,', 'Variant Taxable', /"yes" is neither true nor false/],
    ['a SKU that was there before', 'shirt,,,,,,M,,,SH-S,10,,,,,,,', 'Variant SKU', /"SH-S" already belongs .* line 2/],
    ['a repeated choice', 'shirt,,,,,,S,,,SH-M,10,,,,,,,', null, /Line 2 is already "S"/],
    [
      'no option value',
      'shirt,,,,,,,,,SH-M,10,,,,,,,',
      'Option1 Value',
      /every variant of this product says its "Size"/,
    ],
    ['a value without an option', 'shirt,,,,,,M,,Red,SH-M,10,,,,,,,', 'Option2 Value', /"Red" has no option/],
    [
      'an option under another name',
      'shirt,,,,,Length,M,,,SH-M,10,,,,,,,',
      'Option1 Name',
      /"Length" is called "Size"/,
    ],
    [
      'an image without a web address',
      'shirt,,,,,,,,,,,,,,,,ftp://a/b.jpg,',
      'Image Src',
      /https:\/\/.* The image is left out/,
    ],
    ['more cells than columns', 'shirt,,,,,,M,,,SH-M,10,,,,,,,,x', null, /more cells than the header/],
    ['a stray quote', 'shirt,,,,,,M,,,5"x,10,,,,,,,', null, /write each quote in it twice/],
    ['text after a quote', 'shirt,,,,,,M,,,"5"x",10,,,,,,,', null, /write each quote in it twice/],
    ['no handle', ',Cap,,,,,,,,C,10,,,,,,,', 'Handle', /^Empty/],
    [
      'an impossible handle',
      'red cap,Cap,,,,,,,,C,10,,,,,,,',
      'Handle',
      /"red cap" cannot stand in an address.* left out\.$/,
    ],
    ['no title', 'cap,,,,,,,,,C,10,,,,,,,', 'Title', /Empty on the first row of "cap".* left out\.$/],
    ['too long a title', `cap,${'x'.repeat(256)},,,,,,,,C,10,,,,,,,`, 'Title', /256 characters long/],
    [
      'two options of one name',
      'cap,Cap,,,,Size,S,size,M,C,10,,,,,,,',
      'Option2 Name',
      /Two options are called "size"/,
    ],
    ['a product whose only variant is bad', 'cap,Cap,,,,,,,,C,x,,,,,,,', 'Variant Price', /the product is left out\.$/],
  ])('%s', async (_what, bad, column, detail) => {
    const { products, problems, rows } = await read(around(bad))
    expect(problems).toEqual([{ line: 3, column, detail: expect.stringMatching(detail) }])
    expect(rows).toBe(4)
    expect(products.map(({ draft }) => draft.variants.map(({ sku }) => sku))).toEqual([['SH-S', 'SH-L'], ['M']])
  })

  it.each([
    ['Published', 'maybe', 'draft'],
    ['Status', 'unlisted', 'draft'],
    ['Gift Card', 'x', 'draft'],
    ['Gift Card', 'true', 'draft'],
    ['Variant Image', 'cap.jpg', 'active'],
  ])('%s %j lets the product in, and says how', async (column, value, status) => {
    const row = { Handle: 'cap', Title: 'Cap', 'Variant Price': '5', [column]: value }
    const { products, problems } = await read(write([row]))
    expect(products).toMatchObject([{ draft: { status, images: [], variants: [{ imageUrl: null }] } }])
    expect(problems).toEqual([
      { line: 2, column, detail: expect.stringMatching(/imported (as a draft|without it)\.$/) },
    ])
  })

  it('says once that a product is left out, with how many rows', async () => {
    const { products, problems } = await read('Handle,Title,Price\ncap,,1\nmug,Mug,2\ncap,,x\ncap,Cap,3\n')
    expect(products.map(({ draft }) => draft.handle)).toEqual(['mug'])
    expect(problems).toEqual([
      { line: 2, column: 'Title', detail: expect.stringContaining('left out with its other rows (2)') },
    ])
  })

  it('leaves out the product when its first row cannot be trusted', async () => {
    const { products, problems } = await read('Handle,Title,Price\ncap,Cap, red,1\ncap,,2\n')
    expect(products).toEqual([])
    expect(problems).toEqual([{ line: 2, column: null, detail: expect.stringContaining('other rows (1)') }])
  })

  it('keeps a product whose first variant is bad', async () => {
    const { products, problems } = await read('Handle,Title,Option1 Name,Option1 Value,Price\na,A,Size,S,x\na,,,M,2\n')
    expect(products).toMatchObject([{ line: 2, draft: { title: 'A', variants: [{ options: { Size: 'M' } }] } }])
    expect(problems).toMatchObject([{ line: 2, column: 'Price' }])
  })

  it('tells everything that is wrong with a row at once', async () => {
    const { problems } = await read(around('shirt,,,,,,M,,,SH-M,x,y,z,q,p,t,,'))
    expect(problems.map(({ line }) => line)).toEqual([3, 3, 3, 3, 3, 3])
  })

  it('tells a second variant of a product without options', async () => {
    const { products, problems } = await read('Handle,Title,Price\na,A,1\na,,2\n')
    expect(products).toMatchObject([{ draft: { variants: [{ prices: [{ amount: 100 }] }] } }])
    expect(problems).toEqual([
      { line: 3, column: null, detail: 'The product has no options, so line 2 is its only variant.' },
    ])
  })

  it('takes 2000 variants of a product, and tells the first that is too many', async () => {
    const rows = Array.from({ length: 2002 }, (_, index) => `a,A,Number,${index},1`)
    const { products, problems } = await read(`Handle,Title,Option1 Name,Option1 Value,Price\n${rows.join('\n')}`)
    expect(products[0]?.draft.variants).toHaveLength(2000)
    expect(problems).toEqual([{ line: 2002, column: null, detail: expect.stringContaining('at most 2000') }])
  })

  it('counts lines where rows start, with line ends of all kinds inside values', async () => {
    const { problems } = await read(
      'Handle,Title,Body (HTML),Price\r\na,A,"1\r\n2\n\r\n",1\rb,B,"\n\n",x\n\n\nc,"C\n",,y\n',
    )
    expect(problems.map(({ line }) => line)).toEqual([6, 11])
  })

  it('tells where an unclosed quote opened, and keeps everything before it', async () => {
    const { products, problems, rows } = await read(
      'Handle,Title,Body (HTML),Price\na,A,"x\ny",1\nb,"B\nb","open,2\nc,C,c,3\nd,D,d,4\n',
    )
    expect(products.map(({ draft }) => draft.handle)).toEqual(['a'])
    expect(problems).toEqual([{ line: 5, column: null, detail: expect.stringContaining('never closed') }])
    expect(rows).toBe(2)
  })

  it('goes on after a broken row that spans lines', async () => {
    const { products, problems } = await read(
      'Handle,Title,Body (HTML),Price\na,A,"<p class="x">\n</p>",1\nb,B,,2\nc,C,q"q,3\nd,D,,4\n',
    )
    expect(products.map(({ draft }) => draft.handle)).toEqual(['b', 'd'])
    expect(problems.map(({ line }) => line)).toEqual([2, 5])
  })

  it.each([
    ['an empty file', '', ['Handle', 'Title', 'Variant Price'], /first line names the columns/],
    ['a header alone that lacks a column', 'Handle,Title', ['Variant Price'], /called Variant Price or Price/],
    ['a file without a header', 'mug,Mug,5\n', ['Handle', 'Title', 'Variant Price'], /called/],
    ['semicolons', 'Handle;Title;Variant Price\nmug;Mug;5\n', ['Handle', 'Title', 'Variant Price'], /uses semicolons/],
    ['tabs', 'Handle\tTitle\tVariant Price\nmug\tMug\t5\n', ['Handle', 'Title', 'Variant Price'], /uses tabs/],
  ])('reads nothing from %s, and says why', async (_what, text, columns, detail) => {
    const { products, problems } = await read(text)
    expect(products).toEqual([])
    expect(problems).toEqual(columns.map((column) => ({ line: 1, column, detail: expect.stringMatching(detail) })))
  })
})

describe('laws', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\r', '').trim())
  const body = fc.oneof(cell, fc.constantFrom('<p>a, "b"</p>\n<p>c</p>', ' "" ', '\n', ',,\n"'))
  const option = fc.constantFrom('Size', 'Colour', 'Länge', '素材', '__proto__')
  const product = fc
    .record({
      title: cell.filter((title) => title !== ''),
      descriptionHtml: body,
      vendor: cell,
      productType: cell,
      tags: fc.uniqueArray(fc.constantFrom('new', 'sale', 'été', '"quoted"', 'two words'), { maxLength: 4 }),
      status: fc.constantFrom('active', 'draft', 'archived'),
      seoTitle: cell,
      options: fc.uniqueArray(option, { maxLength: 3 }),
      variants: fc.array(
        fc.record({
          amount: fc.integer({ min: 0, max: 10_000_000 }),
          raise: fc.integer({ min: 0, max: 500 }),
          grams: fc.nat(50_000),
          taxable: fc.boolean(),
          policy: fc.constantFrom('deny', 'backorder', 'untracked'),
          onHand: fc.nat(1000),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      images: fc.nat(3),
    })
    .map(({ seoTitle, images, ...rest }) => ({ ...rest, seo: { title: seoTitle || null, description: null }, images }))

  type Model = typeof product extends fc.Arbitrary<infer Value> ? Value : never

  function toDraft(model: Model, index: number): ProductDraft {
    const urls = Array.from({ length: model.images }, (_, at) => `${CDN}/${index}-${at}.jpg`)
    return {
      ...model,
      handle: `product-${index}`,
      status: model.status as ProductDraft['status'],
      images: urls.map((url) => ({ url, alt: '', width: null, height: null })),
      variants: (model.options.length > 0 ? model.variants : model.variants.slice(0, 1)).map((variant, at) => ({
        sku: `${index}-${at}`,
        options: Object.fromEntries(model.options.map((name) => [name, `${name} ${at}`])),
        prices: [regular('USD', variant.amount, variant.raise > 0 ? variant.amount + variant.raise : null)],
        barcode: null,
        weightGrams: variant.grams,
        requiresShipping: true,
        taxable: variant.taxable,
        imageUrl: urls[at] ?? null,
        taxCategory: 'standard',
        quantity: { min: 1, max: null, step: 1 },
        unitMeasure: null,
        inventory: { policy: variant.policy as 'deny', onHand: variant.onHand },
      })),
      publishedAt: null,
      unpublishedAt: null,
      categoryId: null,
      customFields: {},
      relatedIds: [],
      metadata: {},
      privateMetadata: {},
    }
  }

  function toRows(draft: ProductDraft): Record<string, string>[] {
    const variants = draft.variants.map((variant, at) => ({
      ...Object.fromEntries(
        draft.options.map((name, axis) => [`Option${axis + 1} Value`, variant.options[name] ?? '']),
      ),
      'Variant SKU': variant.sku ?? '',
      'Variant Price': decimal(variant.prices[0]?.amount ?? 0),
      'Variant Compare At Price': decimal(variant.prices[0]?.compareAtAmount ?? 0),
      'Variant Grams': String(variant.weightGrams),
      'Variant Taxable': String(variant.taxable),
      'Variant Inventory Tracker': variant.inventory.policy === 'untracked' ? '' : 'shopify',
      'Variant Inventory Policy': variant.inventory.policy === 'backorder' ? 'continue' : 'deny',
      'Variant Inventory Qty': String(variant.inventory.onHand),
      'Variant Image': variant.imageUrl ?? '',
      'Image Src': draft.images[at]?.url ?? '',
    }))
    const pictures = draft.images.slice(draft.variants.length).map(({ url }) => ({ 'Image Src': url }))
    const whole = {
      Title: draft.title,
      'Body (HTML)': draft.descriptionHtml,
      Vendor: draft.vendor,
      Type: draft.productType,
      Tags: draft.tags.join(', '),
      Status: draft.status,
      'SEO Title': draft.seo.title ?? '',
      ...Object.fromEntries(draft.options.map((name, axis) => [`Option${axis + 1} Name`, name])),
    }
    return [...variants, ...pictures].map((row, at) => ({ ...(at === 0 && whole), ...row, Handle: draft.handle }))
  }

  function decimal(amount: number): string {
    return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
  }

  it('reads back what was written, whatever the quoting, the line ends and the order of rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(product, { minLength: 1, maxLength: 5 }),
        fc.record({ lineEnd: fc.constantFrom('\n', '\r\n', '\r'), quoteAll: fc.boolean() }),
        fc.boolean(),
        fc.boolean(),
        async (models, format, isMixed, hasMark) => {
          const drafts = models.map(toDraft)
          const groups = drafts.map(toRows)
          const rows = isMixed
            ? [0, 1, 2, 3, 4, 5, 6].flatMap((at) => groups.flatMap((group) => group.slice(at, at + 1)))
            : groups.flat()
          const text = (hasMark ? '\ufeff' : '') + write(rows, format)
          expect(await readAll(text)).toEqual(drafts)
        },
      ),
      { numRuns: 500 },
    )
  })

  const anything = fc.array(
    fc.oneof(
      fc.constantFrom(',', '"', '\n', '\r\n', '""', 'a', 'a,A,1\n', 'Size', '1', '-', ' ', 'b,"B, b",2\n'),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 40 },
  )

  it('reads any text the same way twice, and tells lines that the text has', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (pieces) => {
        const text = `Handle,Title,Price,Option1 Name,Option1 Value\n${pieces.join('')}`
        const result = await read(text)
        expect(await read(text)).toEqual(result)
        const lines = text.split(/\r\n?|\n/).length
        for (const { line } of [...result.problems, ...result.products]) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines)
        }
        for (const { draft } of result.products) expect(draft.variants.length).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads the rows above a broken one as if they stood alone', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (pieces) => {
        const above = 'Handle,Title,Price\nx,X,1\ny,"Y\n",2\n'
        const { products } = await read(`${above}z,"Z,3\n${pieces.join('').replaceAll('"', '')}`)
        expect(products).toEqual((await read(above)).products)
      }),
    )
  })
})
