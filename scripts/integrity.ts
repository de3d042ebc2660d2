// npm run integrity [-- --url https://api.shop.example --key sk_...]: recomputes every invariant of money and stock from the
// ledgers. Ends with 1 where something is violated, with 2 where that cannot be asked.

import { parseArgs, styleText } from 'node:util'
import { readDevVars } from './local/dev-vars.ts'

const TIME_LIMIT_MS = 60_000

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:8787' }, key: { type: 'string' } },
})
const key = values.key ?? (await readDevVars()).DEV_ADMIN_KEY
if (key === undefined) giveUp('Name a staff key that may read integrity: npm run integrity -- --key sk_...')
const { checked, violations } = await ask(values.url, key)

const violated = Map.groupBy(violations, ({ invariant }) => invariant)
for (const name of checked) {
  const found = violated.get(name) ?? []
  console.log(`${found.length === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${name}`)
  for (const { subject, detail } of found) console.log(`    ${subject}: ${detail}`)
}
console.log(
  violations.length === 0
    ? `\n${styleText('green', `${checked.length} invariants hold`)} at ${values.url}.`
    : `\n${styleText('red', `${violated.size} of ${checked.length} invariants are violated`)} at ${values.url}, ${violations.length} times.`,
)
process.exit(violations.length === 0 ? 0 : 1)

interface Integrity {
  checked: string[]
  violations: { invariant: string; subject: string; detail: string }[]
}

async function ask(origin: string, token: string): Promise<Integrity> {
  const url = `${origin.replace(/\/+$/, '')}/v1/admin/integrity`
  try {
    const headers = { Authorization: `Bearer ${token}` }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIME_LIMIT_MS) })
    const text = await response.text()
    if (!response.ok) giveUp(`${url} answered ${response.status}:\n${text}`)
    return JSON.parse(text) as Integrity
  } catch (error) {
    giveUp(`${url} does not answer: ${error instanceof Error ? `${error.message} ${error.cause ?? ''}`.trim() : error}`)
  }
}

function giveUp(message: string): never {
  console.error(message)
  process.exit(2)
}
