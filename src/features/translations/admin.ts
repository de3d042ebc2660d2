import type * as z from 'zod'
import { type Route, route } from '../../platform/http/route.ts'
import { type Shape, shape } from '../../platform/http/schema.ts'
import { LocaleCode, listOf } from '../../platform/http/shapes.ts'
import { TranslationView, toTranslationView, UpdateProductTranslation, UpdateTranslation } from './contract.ts'
import { forgetTranslation, readTranslations, type Translatable, translate } from './edit.ts'

interface Declaration extends Translatable {
  subject: 'product' | 'collection' | 'category'
  /** As it stands in the path. */
  resource: 'products' | 'collections' | 'categories'
  /** The id in the path, named like the subject. */
  params: Shape<z.ZodObject>
}

/** Staff endpoints for the texts of a thing in other locales, the same for every thing that has texts. */
export function translationRoutes({ params, resource, ...thing }: Declaration): Route[] {
  const { subject, access, missing } = thing
  const name = subject.charAt(0).toUpperCase() + subject.slice(1)
  const path = `/v1/admin/${resource}/:${subject}/translations`
  const LocaleParams = shape(() => params().extend({ locale: LocaleCode() }))
  const placeOf = (values: Record<string, unknown>) => ({ id: String(values[subject]), locale: String(values.locale) })
  return [
    route(
      {
        id: `list${name}Translations`,
        method: 'get',
        path,
        summary: `Texts of a ${subject} in other locales`,
        access: { staff: access.read },
        limit: 'staff',
        params,
        returns: shape(() => listOf(TranslationView())),
        versioned: true,
        problems: [missing],
      },
      async (context, input) => {
        const { rows, version } = await readTranslations(context, thing, String(input.params[subject]))
        return { body: { data: rows.map(toTranslationView), next_cursor: null }, version }
      },
    ),
    route(
      {
        id: `update${name}Translation`,
        method: 'patch',
        path: `${path}/:locale`,
        summary: `Translate texts of a ${subject}; null takes one back. If-Match is the version of the ${subject}, which is raised`,
        access: { staff: access.write },
        limit: 'staff',
        params: LocaleParams,
        body: subject === 'product' ? UpdateProductTranslation : UpdateTranslation,
        maxBytes: 256 * 1024,
        returns: TranslationView,
        versioned: true,
        problems: [missing, 'version_mismatch'],
      },
      async (context, { params: values, body, ifMatch }) => {
        const { row, version } = await translate(context, thing, { ...placeOf(values), input: body, ifMatch })
        return { body: toTranslationView(row), version }
      },
    ),
    route(
      {
        id: `delete${name}Translation`,
        method: 'delete',
        path: `${path}/:locale`,
        summary: `Forget all texts of a ${subject} in a locale; its version is raised`,
        access: { staff: access.write },
        limit: 'staff',
        params: LocaleParams,
        returns: null,
        statuses: [204],
        problems: [missing, 'version_mismatch', 'translation_not_found'],
      },
      async (context, { params: values, ifMatch }) => {
        await forgetTranslation(context, thing, { ...placeOf(values), ifMatch })
        return { body: null }
      },
    ),
  ]
}
