import type { Context } from './context.ts'

const LOCALE = '{locale}'

/** Where shoppers find what this API sells. */
export interface Storefront {
  /** Whether each language has an address of its own. */
  readonly localized: boolean
  /** @param path begins with a slash and is escaped already. */
  url(path: string, locale: string): string
}

/** The shop of STOREFRONT_URL; without it links lead to the origin of this API. */
export function storefrontOf(context: Context): Storefront {
  const template = context.config.storefrontUrl ?? apiOrigin(context)
  return {
    localized: template.includes(LOCALE),
    url: (path, locale) => template.replaceAll(LOCALE, locale) + path,
  }
}

/** The origin of this API, which also serves its own pictures. */
export function apiOrigin({ bindings, origin }: Context): string {
  return bindings.PUBLIC_ORIGIN?.replace(/\/+$/, '') ?? origin
}
