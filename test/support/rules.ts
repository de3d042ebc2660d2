import { codeOnly, importsOf, lineAt, type SourceFile, withoutComments } from './source.ts'

/** A rule of the layout: what breaks it in `files`, one line a finding. Empty is clean. */
export type Rule = (files: readonly SourceFile[]) => string[]

const FLOORS: readonly (readonly [RegExp, number])[] = [
  [/^src\/domain\//, 0],
  [/^src\/platform\//, 1],
  [/^src\/features\//, 2],
  [/^src\/jobs\//, 3],
  [/^src\/app\.ts$/, 4],
  [/^src\/worker\.ts$/, 5],
]

/** A feature imports itself, lower rows and lower floors; never its own row or up. */
const ROWS: readonly (readonly string[])[] = [
  [
    'sessions',
    'inventory',
    'promotions',
    'shipping',
    'tax',
    'customers',
    'translations',
    'custom-fields',
    'search-settings',
  ],
  ['listings', 'giftcards'],
  ['markets'],
  ['prices', 'collections', 'categories'],
  ['catalog'],
  ['search-index'],
  ['search', 'feeds', 'cart', 'payments'],
  ['orders'],
  ['checkout', 'sales'],
  ['accounts', 'webhooks-in', 'imports', 'integrity'],
]

const isSource = ({ path }: SourceFile) => path.startsWith('src/') && path.endsWith('.ts')
const featureOf = (path: string) => /^src\/features\/([^/]+)\//.exec(path)?.[1] ?? null
const floorOf = (path: string) => FLOORS.find(([pattern]) => pattern.test(path))?.[1] ?? null
const rowOf = (feature: string) => ROWS.findIndex((row) => row.includes(feature))

/** Findings of `pattern` in what `view` leaves of each file. */
function grep(files: readonly SourceFile[], pattern: RegExp, why: string, view: (text: string) => string): string[] {
  return files.flatMap(({ path, text }) => {
    const seen = view(text)
    return [...seen.matchAll(pattern)].map((match) => `${path}:${lineAt(seen, match.index)} ${why}: ${match[0].trim()}`)
  })
}

/** Every file stands on a floor and imports its own floor or a lower one; the domain imports no package. */
export const floors: Rule = (files) =>
  files.filter(isSource).flatMap((file) => {
    const floor = floorOf(file.path)
    if (floor === null) return [`${file.path} stands on no floor`]
    return importsOf(file).flatMap(({ specifier, file: target, line }) => {
      if (target === null) return floor === 0 ? [`${file.path}:${line} domain imports the package ${specifier}`] : []
      const below = floorOf(target)
      return below === null || below > floor ? [`${file.path}:${line} imports up: ${target}`] : []
    })
  })

/** Every feature has a row; it imports no other feature of its own row or of a higher one. */
export const rows: Rule = (files) =>
  files.filter(isSource).flatMap((file) => {
    const from = featureOf(file.path)
    if (from === null) return []
    if (rowOf(from) < 0) return [`${file.path} belongs to a feature without a row: ${from}`]
    return importsOf(file).flatMap(({ file: target, line }) => {
      const to = target === null ? null : featureOf(target)
      if (to === null || to === from || (rowOf(to) >= 0 && rowOf(to) < rowOf(from))) return []
      return [`${file.path}:${line} ${from} imports ${to}, which is not below it`]
    })
  })

const IMPURE =
  /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|\bperformance\b|\bMath\.random\b|\bcrypto\b|(?<![.\w])fetch\s*\(|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\b|\bconsole\b/g

/** The domain reads no clock, no chance and no network. */
export const purity: Rule = (files) =>
  grep(
    files.filter(({ path }) => path.startsWith('src/domain/')),
    IMPURE,
    'the domain is pure',
    codeOnly,
  )

const CLOCK = /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|\bperformance\.now\b/g

/** Time comes in as an argument: only app.ts and jobs read a clock. */
export const clock: Rule = (files) =>
  grep(
    files.filter((file) => isSource(file) && file.path !== 'src/app.ts' && !file.path.startsWith('src/jobs/')),
    CLOCK,
    'reads a clock',
    codeOnly,
  )

/** No circle of imports, types included. One finding a circle, in the order of its imports. */
export const circles: Rule = (files) => {
  const graph = new Map(
    files.filter(isSource).map((file) => [file.path, importsOf(file).flatMap(({ file: target }) => target ?? [])]),
  )
  const done = new Set<string>()
  const findings: string[] = []
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) findings.push(`circle: ${[...trail.slice(start), path].join(' -> ')}`)
    if (start >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return findings
}

const WRITE =
  /\bq\s*\.(?:insert|update|delete)\(\s*(\w+)|\b(?:insertRows|upsertRows|updateVersion|deleteVersion)\(\s*(\w+)|\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|DELETE\s+FROM|UPDATE)\s+(?:\$\{(\w+)\}|([a-z]\w*))/g
// The view that turns a code into a refusal; nothing is ever written to it.
const NO_TABLE = new Set(['guard'])

/** Only feature X writes the tables of schema/X.ts; schema/platform.ts is written by the platform alone. */
export const writers: Rule = (files) => {
  const owners = ownersOfTables(files)
  return files.filter(isSource).flatMap((file) => {
    const writer = featureOf(file.path) ?? (file.path.startsWith('src/platform/') ? 'platform' : file.path)
    const text = withoutComments(file.text)
    const tables = tablesIn(file, owners)
    return [...text.matchAll(WRITE)].flatMap((match) => {
      const [found, builder, rowsOf, inserted, literal] = match
      const name = builder ?? rowsOf ?? inserted ?? literal ?? ''
      if (NO_TABLE.has(name)) return []
      const at = `${file.path}:${lineAt(text, match.index)}`
      const owner = literal === undefined ? tables.get(name) : owners.byName.get(name)
      if (owner === undefined) return [`${at} writes what cannot be told: ${found}`]
      return owner === writer ? [] : [`${at} ${writer} writes a table of ${owner}: ${name}`]
    })
  })
}

interface Owners {
  /** By the name of the constant: `stockLevels`. */
  byConstant: ReadonlyMap<string, string>
  /** By the name in SQL: `stock_levels`. */
  byName: ReadonlyMap<string, string>
}

function ownersOfTables(files: readonly SourceFile[]): Owners {
  const found = files.flatMap(({ path, text }) => {
    const owner = /^src\/platform\/db\/schema\/([^/]+)\.ts$/.exec(path)?.[1]
    if (!owner) return []
    return [...text.matchAll(/export const (\w+) = sqliteTable\(\s*'(\w+)'/g)].map((match) => ({ owner, match }))
  })
  return {
    byConstant: new Map(found.map(({ owner, match }) => [match[1] ?? '', owner])),
    byName: new Map(found.map(({ owner, match }) => [match[2] ?? '', owner])),
  }
}

/** Names in `file` that stand for a table: imported, renamed, or a fragment that begins with one. */
function tablesIn(file: SourceFile, owners: Owners): Map<string, string> {
  const tables = new Map(owners.byConstant)
  for (const [, original = '', renamed = ''] of file.text.matchAll(/\b(\w+) as (\w+)\b/g)) {
    const owner = owners.byConstant.get(original)
    if (owner) tables.set(renamed, owner)
  }
  for (const [, name = '', table = ''] of file.text.matchAll(/\bconst (\w+) = (?:sql|fragment)`\$\{(\w+)\}/g)) {
    const owner = tables.get(table)
    if (owner) tables.set(name, owner)
  }
  // The builders that take any table are checked where they are called.
  if (file.path === 'src/platform/db/rows.ts') tables.set('table', 'platform')
  return tables
}

/** Endpoints hold no SQL: neither drizzle nor a statement. */
export const routesWithoutSql: Rule = (files) => {
  const endpoints = files.filter(({ path }) => /^src\/features\/[^/]+\/(routes|admin)\.ts$/.test(path))
  return [
    ...endpoints.flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => /^drizzle-orm\b/.test(specifier) || specifier.includes('/db/schema/'))
        .map(({ specifier, line }) => `${file.path}:${line} an endpoint imports ${specifier}`),
    ),
    ...grep(endpoints, /\bsql`|\bq\s*\.(?:select|insert|update|delete|run|all)\b/g, 'an endpoint holds SQL', codeOnly),
  ]
}

/** Queries know nothing of HTTP. */
export const queriesWithoutHttp: Rule = (files) =>
  files
    .filter(({ path }) => /^src\/features\/[^/]+\/queries\.ts$/.test(path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, file: target }) => target?.startsWith('src/platform/http/') || specifier === 'hono')
        .map(({ specifier, line }) => `${file.path}:${line} queries import ${specifier}`),
    )

const VAGUE = new Set(
  'util utils helper helpers service services manager managers type types index common misc'.split(' '),
)

/** A path says what is in it, and a name is imported from where it is made: no vague names, no barrels. */
export const names: Rule = (files) =>
  files.filter(isSource).flatMap((file) => {
    // The one index that is a thing of its own.
    const words = file.path.replace('search-index', '').replace(/\.ts$/, '').split(/[/.-]/)
    const vague = words.filter((word) => VAGUE.has(word)).map((word) => `${file.path} is a vague name: ${word}`)
    const again = importsOf(file).filter(({ kind }) => kind === 're-export')
    return [...vague, ...again.map(({ specifier, line }) => `${file.path}:${line} passes on ${specifier}`)]
  })

/** No `any`, and nothing left for later. */
export const noAny: Rule = (files) =>
  grep(files.filter(isSource), /(?<![.\w])any\b(?!\s*\()/g, 'is not a type', codeOnly)
export const noLeftovers: Rule = (files) =>
  grep(files.filter(isSource), /\b(?:TODO|FIXME|XXX|HACK)\b/g, 'is left for later', (text) => text)

/** `import * as z` lets the bundler drop what is unused: 23 KiB instead of 91. */
export const zodAsNamespace: Rule = (files) =>
  grep(
    files.filter(isSource),
    /\bimport\s+(?!(?:type\s+)?\*\s+as\s+z\s)[^'";()]*from\s*'zod(?:\/[^']*)?'/g,
    'import * as z',
    withoutComments,
  )

const ON_DEMAND = /^(?:csv-parse|xss)(?:\/|$)/

/** Parsers that few requests need are loaded by the request that needs them, not by every cold isolate. */
export const parsersOnDemand: Rule = (files) =>
  files.filter(isSource).flatMap((file) =>
    importsOf(file)
      .filter(({ specifier, kind }) => ON_DEMAND.test(specifier) && kind !== 'dynamic' && kind !== 'type')
      .map(({ specifier, line }) => `${file.path}:${line} loads ${specifier} at start-up`),
  )

/** The limits of wrangler.toml are those the headers speak of, in every environment. */
export const rateLimits: Rule = (files) => {
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? ''
  const limits = [...textOf('src/platform/http/rate-limit.ts').matchAll(/'(RL_\w+)', quota: ([\d_]+), seconds: (\d+)/g)]
  const expected = limits.map(([, name, quota, seconds]) => `${name} ${Number(quota?.replaceAll('_', ''))}/${seconds}`)
  const blocks = [...textOf('wrangler.toml').matchAll(/^\[\[((?:env\.\w+\.)?)ratelimits\]\]\n([^[]*)/gm)]
  return [...new Set(['', ...blocks.map(([, environment = '']) => environment)])].flatMap((environment) => {
    const actual = blocks
      .filter(([, here]) => here === environment)
      .map(([, , block = '']) => {
        const [, name] = /^name = "(\w+)"/m.exec(block) ?? []
        const [, limit, period] = /limit = (\d+), period = (\d+)/.exec(block) ?? []
        return `${name} ${limit}/${period}`
      })
    return [
      ...expected
        .filter((limit) => !actual.includes(limit))
        .map((limit) => `wrangler.toml lacks ${environment}${limit}`),
      ...actual
        .filter((limit) => !expected.includes(limit))
        .map((limit) => `rate-limit.ts lacks ${environment}${limit}`),
    ]
  })
}

/** Migrations switch no check off, and no row goes because another one went: a rebuilt table would take them along. */
export const migrationsKeepRows: Rule = (files) =>
  grep(
    files.filter(({ path }) => path.startsWith('migrations/')),
    /foreign_keys\s*=\s*(?:OFF|0|false|no)\b|ON\s+DELETE\s+(?:CASCADE|SET\s+\w+)/gi,
    'a migration must not',
    (text) => text.replace(/--[^\n]*/g, ''),
  )
