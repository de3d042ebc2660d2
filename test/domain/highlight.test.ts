import { describe, expect, it } from 'vitest'
import { highlight, snippet } from '../../src/domain/highlight.ts'

const sought = (stems: string[], prefixes: string[] = []) => ({ stems: new Set(stems), prefixes })

describe('what was found is marked', () => {
  it.each([
    ['Red Hoodies', ['hoodie'], [], 'Red <mark>Hoodies</mark>'],
    ['Red Hoodie', ['red'], ['hoo'], '<mark>Red</mark> <mark>Hoodie</mark>'],
    ['Crème brûlée', ['creme'], [], '<mark>Crème</mark> brûlée'],
    ['Größe L', ['gross'], [], '<mark>Größe</mark> L'],
    ['Soft t-shirt', ['t', 'shirt'], [], 'Soft <mark>t</mark>-<mark>shirt</mark>'],
    ['東京タワー', ['東京'], [], '<mark>東京</mark>タワー'],
    ['a <b>bold</b> "mug" & more', ['mug'], [], 'a &lt;b&gt;bold&lt;/b&gt; &quot;<mark>mug</mark>&quot; &amp; more'],
    ['<img src=x onerror=alert(1)>', ['alert'], [], '&lt;img src=x onerror=<mark>alert</mark>(1)&gt;'],
  ] as const)('%s', (text, stems, prefixes, html) => {
    expect(highlight(text, sought([...stems], [...prefixes]))).toBe(html)
  })

  it('nothing where no word was found', () => {
    expect(highlight('Blue mug', sought(['hoodie']))).toBeNull()
    expect(snippet('Blue mug', sought(['hoodie']))).toBeNull()
  })
})

describe('a snippet', () => {
  const long = `${'Something else entirely. '.repeat(30)}A warm hoodie of organic cotton. ${'And so it goes on. '.repeat(30)}`

  it('stands around the place with the most words, cut between words', () => {
    const html = snippet(long, sought(['hoodie', 'cotton']))
    expect(html).toContain('<mark>hoodie</mark> of organic <mark>cotton</mark>')
    expect(html).toMatch(/^…\S/)
    expect(html).toMatch(/\S…$/)
    expect(html?.replace(/<\/?mark>/g, '').length).toBeLessThan(165)
  })

  it('is the whole of a short text', () => {
    expect(snippet('A warm hoodie', sought(['hoodie']))).toBe('A warm <mark>hoodie</mark>')
  })

  it('tears no pair of surrogates, and takes text without any space', () => {
    const html = snippet(`${'😀'.repeat(200)}hoodie${'😀'.repeat(200)}`, sought(['hoodie'])) ?? ''
    expect(html).toContain('<mark>hoodie</mark>')
    expect(html.isWellFormed()).toBe(true)
  })
})
