import MagicString from 'magic-string'
import type { Plugin } from 'rolldown'
import { parseSync, Visitor } from 'rolldown/utils'

/** What of a route declaration only openapi.json and docs/problems.md are made of. */
const OF_DOCUMENT = new Set(['summary', 'problems'])

/**
 * Leaves out what only the document of the API says and no answer does: `.meta(...)` of a schema, summary and problems of a
 * route. scripts/openapi.ts reads them from the source, where they stand beside what they describe. The tests in workerd run
 * without them too.
 */
export function withoutDocument(): Plugin {
  return {
    name: 'without-document',
    transform: {
      filter: { id: /\/src\/.*\.ts$/, code: /\.meta\(|\broute\(/ },
      handler(code, id) {
        const text = new MagicString(code)
        new Visitor({
          CallExpression({ callee, arguments: [given], end }) {
            if (callee.type === 'MemberExpression' && !callee.computed && callee.property.name === 'meta')
              text.remove(callee.object.end, end)
            if (callee.type !== 'Identifier' || callee.name !== 'route' || given?.type !== 'ObjectExpression') return
            for (const property of given.properties) {
              if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
              if (OF_DOCUMENT.has(property.key.name))
                text.remove(property.start, property.end + (code[property.end] === ',' ? 1 : 0))
            }
          },
        }).visit(parseSync(id, code).program)
        return { code: text.toString(), map: text.generateMap({ hires: true }) }
      },
    },
  }
}
