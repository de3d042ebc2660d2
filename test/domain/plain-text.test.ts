import { describe, expect, it } from 'vitest'
import { cut, toPlainText } from '../../src/domain/plain-text.ts'
import { element, escapeXml } from '../../src/features/feeds/xml.ts'

describe('toPlainText', () => {
  it.each([
    ['<p>One</p><p>Two<br>Three</p>', 'One\nTwo\nThree'],
    ['<ul><li>Taped   seams</li><li>Hood</li></ul>', '- Taped seams\n- Hood'],
    ['<p>a <strong>b</strong>\n c</p>', 'a b c'],
    ['Caf&eacute; &amp; &quot;Br&#252;he&quot; 5&nbsp;&lt; 6 &#x1F375;', 'Café & "Brühe" 5 < 6 🍵'],
    ['&lt;b&gt; is no tag, and &unknown; no entity', '<b> is no tag, and &unknown; no entity'],
    ['<a href="https://shop.example/?a=1&amp;b=2" title="x &gt; y">here</a>', 'here'],
    ['cut off <a href="https://', 'cut off'],
    ['', ''],
    ['&#1114112;&#99999999;', '&#99999999;'],
  ])('%s', (html, text) => {
    expect(toPlainText(html)).toBe(text)
  })
})

describe('cut', () => {
  it('tears no pair of surrogates', () => {
    expect(cut('🍵🍵🍵', 2)).toBe('🍵🍵')
    expect(cut('abc', 3)).toBe('abc')
  })
})

describe('escapeXml', () => {
  it('leaves out what XML 1.0 forbids and keeps the rest', () => {
    expect(escapeXml('a\u0001\u0000\u001f\ufffe\ud800b\t\n🍵\u007f')).toBe('ab\t\n🍵\u007f')
    expect(escapeXml(`<b>&"'`)).toBe('&lt;b&gt;&amp;&quot;&apos;')
  })

  it('writes no empty elements', () => {
    expect([element('g:brand', ''), element('g:gtin', null), element('g:id', '0')]).toEqual(['', '', '<g:id>0</g:id>'])
  })
})
