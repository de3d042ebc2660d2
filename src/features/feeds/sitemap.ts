import type { Storefront } from '../../platform/http/storefront.ts'
import { element, escapeXml, XML_DECLARATION } from './xml.ts'

const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9'
// The protocol allows 50,000 addresses and 50 MB a file. Links to other languages grow with the square of their number, so
// they are counted too.
const MAX_LINKS = 50_000

/** A page of the shop. */
export interface SitemapEntry {
  path: string
  /** Unix milliseconds. */
  updatedAt: number
}

/** Into which languages a sitemap branches: all of the shop's where each has addresses of its own. */
export function languagesOf({ localized }: Storefront, locales: readonly string[]): readonly string[] {
  return localized ? locales : locales.slice(0, 1)
}

/** How many entries a file may have, so that no more than `maxUrls` addresses stand in it. */
export function entriesPerFile(maxUrls: number, languages: number): number {
  const byLinks = languages > 1 ? Math.floor(MAX_LINKS / languages ** 2) : maxUrls
  return Math.max(1, Math.min(Math.floor(maxUrls / Math.max(1, languages)), byLinks))
}

/** A sitemap index (sitemaps.org 0.9). @param files addresses of sitemaps. */
export function renderIndex(files: readonly string[]): string {
  const lines = files.map((file) => `<sitemap>${element('loc', file)}</sitemap>\n`)
  return `${XML_DECLARATION}\n<sitemapindex xmlns="${NAMESPACE}">\n${lines.join('')}</sitemapindex>\n`
}

/** A sitemap. Where languages have addresses of their own, each is an entry that names all the others and itself. */
export function renderSitemap(
  entries: readonly SitemapEntry[],
  storefront: Storefront,
  languages: readonly string[],
): string {
  const [first = 'en'] = languages
  const several = languages.length > 1
  const urls = entries.flatMap(({ path, updatedAt }) => {
    const rest = `${element('lastmod', new Date(updatedAt).toISOString())}${several ? alternates(path) : ''}`
    return (several ? languages : [first]).map(
      (locale) => `<url>${element('loc', storefront.url(path, locale))}${rest}</url>\n`,
    )
  })
  const xhtml = several ? ' xmlns:xhtml="http://www.w3.org/1999/xhtml"' : ''
  return `${XML_DECLARATION}\n<urlset xmlns="${NAMESPACE}"${xhtml}>\n${urls.join('')}</urlset>\n`

  function alternates(path: string): string {
    const link = (hreflang: string, locale: string) =>
      `<xhtml:link rel="alternate" hreflang="${escapeXml(hreflang)}" href="${escapeXml(storefront.url(path, locale))}"/>`
    return languages.map((locale) => link(locale, locale)).join('') + link('x-default', first)
  }
}
