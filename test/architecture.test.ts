import path from 'node:path'
import { describe, expect, it } from 'vitest'
import * as rules from './support/rules.ts'
import { readSource, readTree, type SourceFile } from './support/source.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const TREE = [
  ...readTree(ROOT, 'src', ['.ts']),
  ...readTree(ROOT, 'migrations', ['.sql']),
  readSource(ROOT, 'wrangler.toml'),
]

const file = (where: string, ...lines: string[]): SourceFile => ({ path: where, text: lines.join('\n') })
/** How a template names a table. */
const of = (table: string) => `$\{${table}}`
const SCHEMA = file('src/platform/db/schema/cart.ts', "export const carts = sqliteTable('carts', {})")
const LIMIT = file('src/platform/http/rate-limit.ts', "cart: { binding: 'RL_CART', quota: 1_200, seconds: 60 },")
const limit = (quota: number, prefix = '') =>
  `[[${prefix}ratelimits]]\nname = "RL_CART"\nsimple = { limit = ${quota}, period = 60 }\n`

/** Each rule with trees that break it once, and the finding it must report. A rule that cannot fail guards nothing. */
const PLANTED: Record<keyof typeof rules, readonly (readonly [finding: string, tree: readonly SourceFile[]])[]> = {
  floors: [
    [
      'src/domain/quote.ts:1 domain imports the package zod',
      [file('src/domain/quote.ts', "import * as z from 'zod'", "import { allocate } from './money.ts'")],
    ],
    [
      'src/domain/quote.ts:2 imports up: src/platform/log.ts',
      [file('src/domain/quote.ts', '', "import type { Log } from '../platform/log.ts'")],
    ],
    [
      'src/platform/audit.ts:1 imports up: src/features/cart/load.ts',
      [file('src/platform/audit.ts', 'import {', '  load,', "} from '../features/cart/load.ts'")],
    ],
    [
      'src/features/cart/load.ts:1 imports up: src/jobs/relay.ts',
      [file('src/features/cart/load.ts', "export { relay } from '../../jobs/relay.ts'")],
    ],
    [
      'src/jobs/relay.ts:1 imports up: src/app.ts',
      [file('src/jobs/relay.ts', "const app = await import('../app.ts')")],
    ],
    ['src/lib/money.ts stands on no floor', [file('src/lib/money.ts')]],
  ],
  rows: [
    [
      'src/features/tax/queries.ts:1 tax imports shipping, which is not below it',
      [file('src/features/tax/queries.ts', "import { findZones } from '../shipping/queries.ts'")],
    ],
    [
      'src/features/cart/change.ts:1 cart imports checkout, which is not below it',
      [file('src/features/cart/change.ts', "import type { Settlement } from '../checkout/settle.ts'")],
    ],
    [
      'src/features/wishlists/routes.ts belongs to a feature without a row: wishlists',
      [file('src/features/wishlists/routes.ts')],
    ],
  ],
  purity: [
    ['Date.now', 'Date.now()'],
    ['new Date', 'new Date()'],
    ['Math.random', 'Math.random() * new Date(at).getTime()'],
    ['crypto', 'crypto.randomUUID()'],
    ['fetch(', "await fetch('/x')"],
    ['setTimeout', 'setTimeout(go, 1)'],
    ['performance', 'performance.now()'],
  ].map(([found, call]) => [
    `src/domain/cart.ts:2 the domain is pure: ${found}`,
    [file('src/domain/cart.ts', '// Date.now() is forbidden, and so is Math.random().', `export const x = ${call}`)],
  ]),
  clock: [
    [
      'src/features/cart/load.ts:3 reads a clock: new Date',
      [
        file('src/features/cart/load.ts', '', 'const at = new Date(row.createdAt)', 'const now = new Date()'),
        file('src/app.ts', 'const clock = () => new Date()'),
        file('src/jobs/scheduled.ts', 'const now = Date.now()'),
      ],
    ],
    ['src/platform/log.ts:1 reads a clock: Date.now', [file('src/platform/log.ts', 'const clock = { now: Date.now }')]],
  ],
  circles: [
    [
      'circle: src/domain/a.ts -> src/domain/b.ts -> src/domain/a.ts',
      [
        file('src/domain/a.ts', "import { b } from './b.ts'"),
        file('src/domain/b.ts', "import type { a } from './a.ts'", "import { c } from './c.ts'"),
        file('src/domain/c.ts'),
      ],
    ],
  ],
  writers: [
    ...[
      ['q', '  .insert(carts)'],
      ['q.update(carts)'],
      ['q.delete(carts)'],
      ['insertRows(carts, rows)'],
      ['upsertRows(', '  carts, rows)'],
      ['updateVersion(carts, known, changes)'],
      ['deleteVersion(carts, known)'],
      [`sql\`INSERT INTO ${of('carts')} (id) VALUES (1)\``],
      [`sql\`UPDATE ${of('carts')} SET id = 1\``],
      [`sql\`DELETE FROM ${of('carts')}\``],
      ['sql`UPDATE carts SET id = 1`'],
    ].map(
      (lines) =>
        [
          'src/features/checkout/place.ts:2 checkout writes a table of cart: carts',
          [SCHEMA, file('src/features/checkout/place.ts', '// q.insert(carts)', ...lines)],
        ] as const,
    ),
    [
      'src/features/checkout/place.ts:2 checkout writes a table of cart: mine',
      [
        SCHEMA,
        file(
          'src/features/checkout/place.ts',
          `const mine = sql\`${of('carts')} WHERE 1\``,
          `sql\`DELETE FROM ${of('mine')}\``,
        ),
      ],
    ],
    [
      'src/features/checkout/place.ts:2 checkout writes a table of cart: baskets',
      [SCHEMA, file('src/features/checkout/place.ts', "import { carts as baskets } from 'x'", 'q.insert(baskets)')],
    ],
    [
      'src/features/cart/change.ts:1 writes what cannot be told: q.insert(table',
      [SCHEMA, file('src/features/cart/change.ts', 'q.insert(table)', 'q.update(carts)')],
    ],
  ],
  routesWithoutSql: [
    [
      'src/features/cart/admin.ts:1 an endpoint imports drizzle-orm',
      [file('src/features/cart/admin.ts', "import { eq } from 'drizzle-orm'")],
    ],
    [
      'src/features/cart/routes.ts:1 an endpoint holds SQL: sql`',
      [file('src/features/cart/routes.ts', 'sql`SELECT 1`')],
    ],
    [
      'src/features/cart/routes.ts:1 an endpoint holds SQL: q.select',
      [file('src/features/cart/routes.ts', 'await db.read(q.select())')],
    ],
  ],
  queriesWithoutHttp: [
    [
      'src/features/cart/queries.ts:1 queries import ../../platform/http/problem.ts',
      [file('src/features/cart/queries.ts', "import { Problem } from '../../platform/http/problem.ts'")],
    ],
  ],
  names: [
    ['src/features/cart/cart-helpers.ts is a vague name: helpers', [file('src/features/cart/cart-helpers.ts')]],
    ['src/domain/index.ts is a vague name: index', [file('src/domain/index.ts')]],
    [
      'src/domain/money-and-tax.ts:1 passes on ./money.ts',
      [file('src/domain/money-and-tax.ts', "export * from './money.ts'")],
    ],
  ],
  noAny: [
    [
      'src/app.ts:2 is not a type: any',
      [file('src/app.ts', "const text = 'any' // of any kind", 'const value: any = Promise.any([])')],
    ],
  ],
  noLeftovers: [['src/app.ts:1 is left for later: TODO', [file('src/app.ts', '// TODO: later')]]],
  zodAsNamespace: [
    [
      "src/app.ts:1 import * as z: import { z } from 'zod'",
      [file('src/app.ts', "import { z } from 'zod'", "import type * as y from 'yaml'", "import * as z from 'zod'")],
    ],
  ],
  parsersOnDemand: [
    [
      'src/app.ts:1 loads csv-parse/sync at start-up',
      [file('src/app.ts', "import { parse } from 'csv-parse/sync'", "const xss = await import('xss')")],
    ],
  ],
  rateLimits: [
    ['wrangler.toml lacks RL_CART 1200/60', [LIMIT, file('wrangler.toml', '')]],
    ['rate-limit.ts lacks RL_CART 1200/60', [file('wrangler.toml', limit(1200))]],
    [
      'rate-limit.ts lacks env.staging.RL_CART 1/60',
      [LIMIT, file('wrangler.toml', limit(1200) + limit(1200, 'env.staging.') + limit(1, 'env.staging.'))],
    ],
  ],
  migrationsKeepRows: [
    [
      'migrations/0009_x.sql:2 a migration must not: foreign_keys=OFF',
      [file('migrations/0009_x.sql', '-- No ON DELETE CASCADE here.', 'PRAGMA foreign_keys=OFF;')],
    ],
    [
      'migrations/0009_x.sql:1 a migration must not: on delete cascade',
      [file('migrations/0009_x.sql', 'a TEXT REFERENCES b (id) on delete cascade')],
    ],
  ],
}

describe.each(Object.entries(rules))('%s', (name, rule) => {
  it('holds', () => {
    expect(rule(TREE)).toEqual([])
  })

  it.each(PLANTED[name as keyof typeof rules])('reports: %s', (finding, tree) => {
    expect(rule(tree)).toEqual([finding])
  })
})
