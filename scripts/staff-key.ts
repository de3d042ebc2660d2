// npm run staff-key -- --name "Ops" --scopes products:write,orders:read [--days 90] [--remote | --persist-to <folder>]
// Makes a staff key, writes its hash to the database and prints the key, once. No endpoint can do this.

import { parseArgs } from 'node:util'
import { routes } from '../src/app.ts'
import { createStaffKey } from '../src/features/sessions/staff-key.ts'
import { createMint, cryptoRandom } from '../src/platform/crypto/mint.ts'
import { readLocalOptions } from './local/options.ts'
import { runWrangler } from './local/wrangler.ts'

const DAY_MS = 24 * 3600 * 1000

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: '' },
    scopes: { type: 'string', default: '' },
    days: { type: 'string' },
    remote: { type: 'boolean', default: false },
    'persist-to': { type: 'string' },
  },
})
const areas = new Set(routes.flatMap(({ access }) => (typeof access === 'object' ? [access.staff.split(':')[0]] : [])))
const known = ['*', ...[...areas].flatMap((area) => [`${area}:read`, `${area}:write`])]
const scopes = values.scopes.split(',').filter((scope) => scope !== '')
const unknown = scopes.filter((scope) => !known.includes(scope))
const days = values.days === undefined ? null : Number(values.days)
if (values.name === '' || scopes.length === 0 || unknown.length > 0 || (days !== null && !(days > 0))) {
  if (unknown.length > 0) console.error(`No such scope: ${unknown.join(', ')}`)
  console.error('npm run staff-key -- --name "Ops" --scopes products:write,orders:read [--days 90] [--remote]')
  console.error(`Scopes (write includes read, * is all of them): ${known.join(' ')}`)
  process.exit(1)
}

const now = new Date()
const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY_MS)
const mint = createMint(now, cryptoRandom)
const { text, writes } = await createStaffKey(
  { name: values.name, scopes, expiresAt },
  { now, mint, random: cryptoRandom },
)
const { stateDir } = readLocalOptions(process.argv.slice(2))
const where = values.remote ? ['--remote'] : ['--local', '--persist-to', stateDir]
await runWrangler(['d1', 'execute', 'DB', ...where, '--yes', '--command', writes.map(toSql).join('; ')])

const id = `key_${text.split('_')[1]}`
const until = expiresAt === null ? 'until it is revoked' : `until ${expiresAt.toISOString()}`
console.log(`${text}\n`)
console.log(`Good ${until}, for ${scopes.join(', ')}. It is not shown again: the database has its hash only.`)
console.log(`To revoke it: UPDATE staff_keys SET revoked_at = ${now.getTime()} WHERE id = '${id}'`)

/** A statement as text, because wrangler's command line takes no parameters. */
function toSql(write: (typeof writes)[number]): string {
  const { sql, params } = (write as unknown as { toSQL(): { sql: string; params: unknown[] } }).toSQL()
  const literals = params.map((param) => {
    if (param === null || typeof param === 'number') return String(param)
    return `'${String(param).replaceAll("'", "''")}'`
  })
  let next = 0
  return sql.replace(/\?/g, () => literals[next++] ?? 'NULL')
}
