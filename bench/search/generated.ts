import { generator } from '../rig/shuffle.ts'
import { COLORS, DEPARTMENTS, MATERIALS, SENTENCES, STYLES, TAGS, type Word } from './words.ts'

/** What stands in as many products as each of these says, in a shop of a thousand products or more. */
export const WORDS = {
  /** In three titles of ten. */
  common: 'classic',
  /** In one title of six. */
  second: 'cotton',
  /** Each in one title of seven, and never in the same. */
  apart: ['men', 'women'],
  /** In eight titles, whatever the size of the shop. */
  rare: 'quillfern',
  japanese: 'パーカー',
} as const

/** A product in words and numbers; its source is English, German or Japanese. */
export interface GeneratedProduct {
  title: string
  text: string
  vendor: string
  /** The index of its kind among all kinds, in the order of DEPARTMENTS. */
  kind: number
  type: string
  tags: string[]
  options: { name: string; values: string[] }[]
  /** Titles by locale. */
  translations: Record<string, string>
  sku: string
  /** Minor units of USD. */
  price: number
  /** Pieces sold lately. */
  sold: number
  /** Pieces of each variant. */
  onHand: number
}

export const KINDS = DEPARTMENTS.flatMap(({ kinds }, department) => kinds.map((title) => ({ title, department })))

const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const
type Language = (typeof LANGUAGES)[number]
const SIZES = ['S', 'M', 'L', 'XL']
const NAMES = 20_000
const VENDORS = 400
const RARE_EVERY = 125
const SYLLABLES =
  'ba be bo ca da del do el fa fen ga gor ha hil in jo ka kel la lin lo ma mer mi na nor or pa ri ro sa sel ta tor va ven wil xa yo zan'.split(
    ' ',
  )

/** Product `number` of the shop that `seed` makes, counted from 1: the same whatever else is made. */
export function generatedProduct(number: number, seed: number): GeneratedProduct {
  const random = generator(Math.imul(number, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b))
  const kind = zipf(KINDS.length, random)
  const goods = at(KINDS, kind).title
  const style = random() < 0.3 ? CLASSIC : random() < 0.5 ? at(STYLES, zipf(STYLES.length, random)) : null
  const material = random() < 0.73 ? at(MATERIALS, zipf(MATERIALS.length, random)) : null
  const audience = AUDIENCES[Math.floor(random() * 7)] ?? null
  const isRare = number <= 1000 && number % RARE_EVERY === 7
  const name = isRare ? 'Quillfern' : random() < 0.7 ? inventName(zipf(NAMES, random)) : ''
  const model = random() < 0.2 ? inventModel(random) : ''
  const colors = Array.from({ length: 1 + Math.floor(random() * 2) }, () => at(COLORS, zipf(COLORS.length, random))[0])
  const source = sourceOf(random())
  const say = (language: Language) => titleIn(language, { style, material, audience, goods, name, model })
  const shares = { de: 0.3, fr: 0.15, es: 0.1, ja: 0.1, en: source === 'en' ? 0 : 0.5 }
  const others = LANGUAGES.filter((language) => language !== source && random() < shares[language])
  return {
    title: say(source),
    text: describe(source, inLanguage(goods, source), random),
    vendor: inventName(zipf(VENDORS, random)).concat(' & Co'),
    kind,
    type: inLanguage(goods, source),
    tags: [...new Set(Array.from({ length: Math.floor(random() * 3) }, () => at(TAGS, zipf(TAGS.length, random))))],
    options: [
      { name: 'Color', values: [...new Set(colors)] },
      ...(random() < 0.3 ? [{ name: 'Size', values: SIZES.slice(0, 1 + Math.floor(random() * 2)) }] : []),
    ],
    translations: Object.fromEntries(others.map((language) => [language, say(language)])),
    sku: `${at(LETTERS, kind)}${at(LETTERS, kind * 7)}-${String(number).padStart(7, '0')}`,
    price: 500 + Math.floor(random() ** 3 * 40_000),
    sold: random() < 0.4 ? 0 : Math.floor(2 ** (random() * 12)),
    onHand: random() < 0.05 ? 0 : 25,
  }
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const CLASSIC: Word = ['Classic', 'Klassisch', 'classique', 'clásico', 'クラシック']
const AUDIENCES: readonly Word[] = [
  ['Men', 'Herren', 'homme', 'hombre', 'メンズ'],
  ['Women', 'Damen', 'femme', 'mujer', 'レディース'],
]

function sourceOf(chance: number): Language {
  if (chance < 0.08) return 'de'
  return chance < 0.13 ? 'ja' : 'en'
}

function inLanguage(word: Word, language: Language): string {
  return word[LANGUAGES.indexOf(language)] ?? word[0]
}

interface TitleParts {
  style: Word | null
  material: Word | null
  audience: Word | null
  goods: Word
  name: string
  model: string
}

function titleIn(language: Language, { style, material, audience, goods, name, model }: TitleParts): string {
  const [how, of, for_, what] = [style, material, audience, goods].map((word) =>
    word ? inLanguage(word, language) : '',
  )
  const order = {
    en: [how, of, what, for_, name, model],
    de: [how, what, name, model, of ? `aus ${of}` : '', for_],
    fr: [what, how, of ? `en ${of}` : '', for_, name, model],
    es: [what, how, of ? `de ${of}` : '', for_, name, model],
    ja: [`${how}${of ? `${of}の` : ''}${what}`, for_, name, model],
  }[language]
  return order.filter(Boolean).join(' ')
}

function describe(source: Language, goods: string, random: () => number): string {
  const sentences = SENTENCES[source === 'de' || source === 'ja' ? source : 'en']
  const chosen = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
    at(sentences, Math.floor(random() * sentences.length)),
  )
  return `<p>${chosen.join(' ').replaceAll('%', source === 'en' ? goods.toLowerCase() : goods)}</p>`
}

/** A name that stays the same for its place among all names: Belorin, Tavenka. */
function inventName(place: number): string {
  const random = generator(place + 77)
  const syllables = Array.from({ length: 2 + Math.floor(random() * 2) }, () =>
    at(SYLLABLES, Math.floor(random() * SYLLABLES.length)),
  )
  const word = syllables.join('')
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function inventModel(random: () => number): string {
  return `${at(LETTERS, Math.floor(random() * LETTERS.length))}${100 + Math.floor(random() * 9900)}`
}

/** A number below `count`, 0 the most often: n is about 1 / (n + 1) as frequent (Zipf). */
function zipf(count: number, random: () => number): number {
  return Math.floor((count + 1) ** random()) - 1
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('a list of words is empty')
  return item
}
