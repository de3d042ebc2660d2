import { beforeAll, describe, expect, it } from 'vitest'
import { defaultDeps } from '../../src/app.ts'
import { setTranslation } from '../../src/features/translations/queries.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { raiseGeneration } from '../../src/platform/generations.ts'
import { createApi, unique } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { costOf } from '../support/scale.ts'
import { seedShop } from '../support/shop.ts'

const OPTIONS = {
  Size: ['Extra small', 'Small', 'Medium', 'Large', 'Extra large'],
  Color: ['Midnight blue', 'Forest green', 'Burgundy', 'Charcoal', 'Off-white', 'Sand'],
  Fit: ['Slim', 'Regular', 'Relaxed', 'Oversized'],
}
// Three bytes a letter in the last one.
const LOCALES = { 'en-US': 'American', 'en-GB': 'British', 'de-DE': 'Deutsch', 'ja-JP': 'とても長い日本語の名前' }
const CURRENCIES = ['USD', 'EUR', 'JPY']
const DESCRIPTION = `<p>${'Woven from long fibres, cut by hand and made to be worn for years. '.repeat(20)}</p>`
const MAX_BYTES = 64 * 1000

const combinations = OPTIONS.Size.flatMap((Size) =>
  OPTIONS.Color.flatMap((Color) => OPTIONS.Fit.map((Fit) => ({ Size, Color, Fit }))),
)

const handle = unique('linen-shirt')

beforeAll(async () => {
  const { staffKey } = await seedShop()
  const variants = combinations.map((options, index) => ({
    sku: unique('SHIRT'),
    options,
    prices: CURRENCIES.map((currency) => ({ currency, amount: 4900 + index, compare_at_amount: 5900 + index })),
    inventory: { on_hand: 3 },
  }))
  const images = Array.from({ length: 8 }, (_, index) => ({ url: `https://shop.example/${index}.jpg`, alt: 'A shirt' }))
  const product = { title: 'Linen shirt', handle, status: 'active', description_html: DESCRIPTION, images, variants }
  const ask = { token: staffKey }
  const { status, body } = await createApi().post(
    '/v1/admin/products',
    { ...product, options: Object.keys(OPTIONS) },
    ask,
  )
  expect(status, JSON.stringify(body)).toBe(201)

  const { db } = systemContext('test', testEnv(), defaultDeps(), () => {})
  const texts = (name: string) => ({
    title: `Linen shirt (${name})`,
    descriptionHtml: DESCRIPTION,
    options: Object.fromEntries(
      Object.entries(OPTIONS).map(([option, values]) => [
        option,
        {
          name: `${option} (${name})`,
          values: Object.fromEntries(values.map((value) => [value, `${value} (${name})`])),
        },
      ]),
    ),
  })
  const rows = Object.entries(LOCALES).map(([locale, name]) => ({
    ...{ subjectId: body.id, locale, fields: texts(name), updatedAt: 0 },
  }))
  await db.commit([...rows.flatMap(setTranslation), raiseGeneration()])
})

describe('a product with 3 options and 120 variants, in 3 currencies and 4 locales', () => {
  it('is read in one trip', async () => {
    const answer = await createApi().get(`/v1/products/${handle}`)
    expect(costOf(answer).trips).toBe(1)
    expect(answer.body.variants).toHaveLength(120)
  })

  const cases = Object.keys(LOCALES).flatMap((locale) => CURRENCIES.map((currency) => [locale, currency] as const))

  it.each(cases)(
    'is answered in less than 64 kB, whole or with a cursor to the rest: %s, %s',
    async (locale, currency) => {
      const wish = `locale=${locale}&currency=${currency}`
      const { body } = await createApi().get(`/v1/products/${handle}?${wish}`)
      expect(body.title).toBe(`Linen shirt (${LOCALES[locale as keyof typeof LOCALES]})`)
      expect(body.variants[0].price.currency).toBe(currency)
      const bytes = new TextEncoder().encode(JSON.stringify(body)).byteLength
      expect(bytes).toBeLessThan(MAX_BYTES)
      if (currency === 'USD') console.log(`${body.variants.length} variants in ${locale}: ${bytes} bytes`)
      const rest = body.variants_next_cursor
        ? await createApi().get(`/v1/products/${handle}/variants?${wish}&limit=100&cursor=${body.variants_next_cursor}`)
        : null
      const shown = [...body.variants, ...(rest?.body.data ?? [])]
      expect(new Set(shown.map(({ id }) => id)).size).toBe(120)
    },
  )

  it('has every variant behind a page, the last ones too', async () => {
    const api = createApi()
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await api.get(`/v1/products/${handle}/variants?limit=50${cursor}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      if (body.next_cursor === null) break
      cursor = `&cursor=${body.next_cursor}`
    }
    expect(new Set(seen).size).toBe(120)
  })
})
