import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitizeHtml } from '../../../src/platform/html/sanitize.ts'

const KEPT = [
  ['plain text', 'Soft & warm, 5 &gt; 3'],
  ['text elements', '<p>A <strong>warm</strong> <em>coat</em><br>for <sub>2</sub></p><hr><pre><code>x</code></pre>'],
  ['lists', '<ul><li>Wool</li><li>Silk</li></ul><dl><dt>Fit</dt><dd>Loose</dd></dl>'],
  [
    'a size table',
    '<table><caption>cm</caption><colgroup><col span="2"></colgroup><tbody><tr><th colspan="2">Size</th></tr></tbody></table>',
  ],
  [
    'an image',
    '<figure><img src="https://cdn.example/a.jpg" alt="" width="50%" height="40"><figcaption>A</figcaption></figure>',
  ],
  ['a web link', '<a href="https://shop.example/?a=1&amp;b=2#c" title="Care &amp; repair" rel="nofollow">x</a>'],
  ['a mail link', '<a href="mailto:hi@shop.example">x</a>'],
  ['a phone link', '<a href="tel:+4712345678">x</a>'],
  ['a link within the shop', '<a href="/collections/wool">x</a><a href="care.html?at=12:30">y</a><a href="#top">z</a>'],
  ['entities in text', '<p>5&nbsp;&euro; &lt;b&gt; &#169;</p>'],
  ['letters of every script', '<p>Тёплый 雨衣 เสื้อ 🧦</p>'],
] as const

describe('sanitizeHtml', () => {
  it.each(KEPT)('keeps %s as it is', async (_what, html) => {
    expect(await sanitizeHtml(html)).toBe(html)
  })

  it.each([
    ['a script with its code', 'a<script>alert(1)</script>b', 'ab'],
    ['a script in odd case', 'a<ScRiPt >alert(1)</sCrIpT foo>b', 'ab'],
    ['a script that contains tags', 'a<script>if (a<b) x="</p><p>"</script>b', 'ab'],
    ['a script that is never closed', 'a<script>alert(1)', 'a'],
    ['a script built from the rest of another', '<scr<script>x</script>ipt>alert(1)</script>', 'alert(1)'],
    ['a style sheet', '<style>p{color:red}</style>a', 'a'],
    ['a frame', '<iframe srcdoc="<script>alert(1)</script>" src="https://evil.example"></iframe>a', 'a'],
    ['an object and what it embeds', '<object data="x"><embed src="y"></object>a', 'a'],
    ['a template', '<template><img src=x onerror=alert(1)></template>a', 'a'],
    [
      'noscript that hides markup in an attribute',
      '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
      '<img src="x">"&gt;',
    ],
    ['a comment', 'a<!-- <b>secret</b> -->b', 'ab'],
    ['a comment that is never closed', 'a<!-- b', 'a'],
    ['a conditional comment', 'a<!--[if IE]><script>x</script><![endif]-->b', 'ab'],
    ['a doctype and a processing instruction', '<!DOCTYPE html><?xml version="1"?>a', 'a'],
    ['a CDATA section', '<![CDATA[<script>x</script>]]>a', 'a'],
    ['svg with a handler', '<svg onload=alert(1)><path/></svg>a', 'a'],
    [
      'svg that switches the parser',
      '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
      '<img src="1">"&gt;',
    ],
    [
      'math that switches the parser',
      '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
      '<table></table>',
    ],
    ['a form and its action', '<form action="https://evil.example"><input name=card><p>a</p></form>', '<p>a</p>'],
    [
      'base, meta and link',
      '<base href="//evil.example"><meta http-equiv=refresh content="0;url=x"><link rel=stylesheet href=x>a',
      'a',
    ],
    ['elements that are named like object members', '<constructor>a</constructor><toString x="1">b', 'ab'],
    ['handlers', '<p onclick="x" ONMOUSEOVER=x on\nload=x>a</p>', '<p>a</p>'],
    ['style, class, id and data attributes', '<p style="position:fixed" class="x" id="y" data-z="1">a</p>', '<p>a</p>'],
    ['a target', '<a href="/x" target="_blank">a</a>', '<a href="/x">a</a>'],
    ['counts that are none', '<td colspan="1e9" rowspan="-1">a</td>', '<td>a</td>'],
    ['null bytes and other controls', 'a\0<scr\0ipt>x</scr\0ipt><p>b\u0007\u007f</p>', 'a<p>b</p>'],
  ])('removes %s', async (_what, html, clean) => expect(await sanitizeHtml(html)).toBe(clean))

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'java&#115;cript:alert(1)',
    '&#106;&#x61;vascript:alert(1)',
    '&#0000106avascript:alert(1)',
    'javascript&colon;alert(1)',
    'java&Tab;script&#58;alert(1)',
    'java&NewLine;script:alert(1)',
    '&#1;javascript:alert(1)',
    'javascript&#x3A;alert(1)',
    'vbscript:x',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'blob:https://shop.example/1',
    'file:///etc/passwd',
    'x-custom:y',
    'view-source:javascript:alert(1)',
  ])('lets no link and no image go to %j', async (address) => {
    for (const quote of ['"', "'"]) {
      expect(await sanitizeHtml(`<a href=${quote}${address}${quote}>a</a>`)).toBe('<a>a</a>')
      expect(await sanitizeHtml(`<img src=${quote}${address}${quote} alt="b">c`)).toBe('c')
    }
  })

  it.each([
    [
      'a double encoded address',
      '<a href="&#38;#106;avascript:alert(1)">a</a>',
      '<a href="&amp;#106;avascript:alert(1)">a</a>',
    ],
    ['an unquoted address', '<a href=javascript:alert(1)>a</a>', '<a>a</a>'],
    ['an image that is sent by mail', '<img src="mailto:a@b.example">', ''],
    ['spaces in an address', '<a href=" /size chart ">a</a>', '<a href="/size%20chart">a</a>'],
    ['quotes in an address', `<a href='/"onclick="x'>a</a>`, '<a href="/&quot;onclick=&quot;x">a</a>'],
    [
      'markup in an attribute',
      '<abbr title="<img src=x onerror=alert(1)>">a</abbr>',
      '<abbr title="&lt;img src=x onerror=alert(1)&gt;">a</abbr>',
    ],
    ['backticks', '<img src="`x`" alt="``onerror=alert(1)">', '<img src="`x`" alt="``onerror=alert(1)">'],
  ])('reads %s as a browser would', async (_what, html, clean) => expect(await sanitizeHtml(html)).toBe(clean))

  it.each([
    ['an element that is never closed', '<div><p>a', '<div><p>a</p></div>'],
    ['a closing tag without an element', 'a</div></p></br>b', 'ab'],
    ['elements that overlap', '<b>a<i>b</b>c</i>', '<b>a<i>b</i></b>c'],
    [
      'paragraphs and items without an end',
      '<p>a<p>b<ul><li>c<li>d</ul>',
      '<p>a</p><p>b<ul><li>c</li><li>d</li></ul></p>',
    ],
    ['a tag that is cut off', 'a<p title="x', 'a&lt;p title="x'],
    [
      'an attribute that is never closed',
      '<a href="/x>a</a><b>c</b>',
      '&lt;a href="/x&gt;a&lt;/a&gt;&lt;b&gt;c&lt;/b&gt;',
    ],
    ['a tag in a tag', '<b <i>a</i>', '&lt;b <i>a</i>'],
    ['comparisons', 'a < b and c > d, <3 you', 'a &lt; b and c &gt; d, &lt;3 you'],
  ])('leaves %s well-formed', async (_what, html, clean) => expect(await sanitizeHtml(html)).toBe(clean))

  it('keeps nesting within what a browser can show', async () => {
    expect(await sanitizeHtml(`${'<div>'.repeat(5000)}a`)).toBe(`${'<div>'.repeat(100)}a${'</div>'.repeat(100)}`)
  })

  it.each([
    ['tags that open', '<p '],
    ['tags that are dropped', '<script '],
    ['ends of a dropped element', '<script></script '],
    ['comments', '<!--'],
    ['quotes', '<a b="'],
    ['attributes', ' a'],
    ['overlapping elements', '<b><i></b>'],
  ])('is not slowed down by thousands of %s', async (_what, part) => {
    const start = performance.now()
    await sanitizeHtml(`<p${part.repeat(100_000 / part.length)}`)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  // Pieces that break sanitisers when they meet, rather than letters that hardly ever do.
  const tags = words('p a img td b table tr svg math style script noscript template title textarea form').flatMap(
    (tag) => [`<${tag}`, `<${tag}>`, `</${tag}>`, `<${tag} `],
  )
  const attributes = words('href src alt title rel width colspan style onclick srcdoc').flatMap((name) => [
    ` ${name}=`,
    ` ${name}="`,
    ` ${name}='`,
  ])
  const addresses = ['<a href="', '<img src="', 'javascript:', 'https://a.example/', 'mailto:', '//', '%', '">']
  const signs = [...'<>/="\'`&;:#!-?\0\n\t \u00a0\u2028a1', '<!--', '-->', ']]>']
  const entities = words('&quot &amp; &#x &#58; &#106; &lt; &colon; &Tab; &#160; &#0;')
  const html = fc
    .array(
      fc.oneof(
        ...[tags, attributes, addresses, signs, entities].map((pieces) => fc.constantFrom(...pieces)),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 40 },
    )
    .map((pieces) => pieces.join(''))

  it('changes nothing when it is done again', async () => {
    await fc.assert(
      fc.asyncProperty(html, async (source) => {
        const once = await sanitizeHtml(source)
        expect(await sanitizeHtml(once)).toBe(once)
      }),
      { numRuns: 5000 },
    )
  })

  it('gives only text, allowed tags and quoted attributes, with every element closed', async () => {
    const elements = words(
      'p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd strong b em i u s sub sup small blockquote pre code table thead tbody tfoot tr th td caption colgroup col a img figure figcaption span div abbr',
    )
    const allowed = words('href src alt title rel width height colspan rowspan span')
    const protocols = words('https: http: mailto: tel:')
    await fc.assert(
      fc.asyncProperty(html, async (source) => {
        const open: string[] = []
        const clean = await sanitizeHtml(source)
        const text = clean.replace(/<(\/?)([a-z0-9]+)((?: [a-z]+="[^"<>]*")*)>/g, (_tag, closes, element, written) => {
          expect(elements).toContain(element)
          for (const [, name, value = ''] of written.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
            expect(allowed).toContain(name)
            const address = URL.parse(value.replaceAll('&amp;', '&'), 'https://shop.example')
            if ((name === 'href' || name === 'src') && address) expect(protocols).toContain(address.protocol)
          }
          if (closes) expect(open.pop()).toBe(element)
          else if (!words('br hr img col').includes(element)) open.push(element)
          return ''
        })
        expect(text).not.toMatch(/[<>]/)
        expect(open).toEqual([])
      }),
      { numRuns: 5000 },
    )
  })
})

function words(text: string): string[] {
  return text.split(' ')
}
