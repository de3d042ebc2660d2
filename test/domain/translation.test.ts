import { describe, expect, it } from 'vitest'
import {
  checkOptionTexts,
  localeChain,
  type Translations,
  translatableLocales,
  translated,
  translateOptions,
} from '../../src/domain/translation.ts'

describe('a locale', () => {
  it('is stood in for by what begins it, the longest first', () => {
    expect(localeChain('zh-Hant-TW')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh'])
    expect(localeChain('de')).toEqual(['de'])
  })

  it('is worth translating into when a market speaks it, or it begins one', () => {
    expect(translatableLocales(['zh-Hant-TW', 'de-AT', 'de-DE'])).toEqual([
      'de',
      'de-AT',
      'de-DE',
      'zh',
      'zh-Hant',
      'zh-Hant-TW',
    ])
  })
})

describe('texts', () => {
  const translations: Translations = {
    de: { title: 'Hemd', seoTitle: 'Hemden', options: { Size: { name: 'Größe', values: { S: 'K' } } } },
    'de-AT': { title: 'Leiberl' },
  }

  it('are each the best that there is', () => {
    expect(translated(translations, 'de-AT', 'title')).toBe('Leiberl')
    expect(translated(translations, 'de-AT', 'seoTitle')).toBe('Hemden')
    expect(translated(translations, 'de-AT', 'descriptionHtml')).toBeNull()
    expect(translated(translations, 'den', 'title')).toBeNull()
  })

  it('of options keep what is not translated, whatever it is called', () => {
    expect(translateOptions({ Size: 'S', constructor: 'toString' }, translations, 'de-DE')).toEqual({
      Größe: 'K',
      constructor: 'toString',
    })
    expect(translateOptions({ Size: 'valueOf' }, translations, 'de')).toEqual({ Größe: 'valueOf' })
  })
})

describe('texts of options', () => {
  const options = { 'Size/Fit': ['S', 'M'], Color: ['Red'] }
  const pointersOf = (texts: Parameters<typeof checkOptionTexts>[0]) =>
    checkOptionTexts(texts, options, '/options').map(({ pointer }) => pointer)

  it('are right where they name what is there and tell it apart', () => {
    expect(pointersOf({})).toEqual([])
    expect(pointersOf({ 'Size/Fit': { name: 'Größe', values: { S: 'K' } }, Color: { name: 'Farbe' } })).toEqual([])
    expect(pointersOf({ 'Size/Fit': { name: 'Color' }, Color: { name: 'Size/Fit' } }), 'swapped').toEqual([])
  })

  it('are wrong where they name what is not there, or make two the same', () => {
    expect(pointersOf({ Material: { name: 'Stoff' } })).toEqual(['/options/Material'])
    expect(pointersOf({ 'Size/Fit': { values: { L: 'G', XL: 'XG' } } })).toEqual([
      '/options/Size~1Fit/values/L',
      '/options/Size~1Fit/values/XL',
    ])
    expect(pointersOf({ 'Size/Fit': { values: { S: 'M' } } })).toEqual(['/options/Size~1Fit/values'])
    expect(pointersOf({ Color: { name: 'Size/Fit' } })).toEqual(['/options'])
  })
})
