import { randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { createStaffKey } from '../../src/features/sessions/staff-key.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { makeSessionKeys } from './session-keys.ts'
import { ROOT } from './wrangler.ts'

const FILE = path.join(ROOT, '.dev.vars')
const HEADER =
  '# Secrets of this checkout, made by `npm run dev`. Ignored by git; good for nothing outside this machine.\n'

const MAKERS = {
  SESSION_KEYS: () => makeSessionKeys(),
  TEST_PAYMENT_WEBHOOK_SECRET: async () => `whsec_${randomBytes(32).toString('base64')}`,
  DEV_ADMIN_KEY: makeAdminKey,
}

/** What .dev.vars says; no file says nothing. */
export async function readDevVars(): Promise<Record<string, string>> {
  const text = await readFile(FILE, 'utf8').catch(() => '')
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']))
}

/** Makes what .dev.vars lacks and leaves the rest of it alone. */
export async function ensureDevVars(): Promise<Record<string, string> & Record<keyof typeof MAKERS, string>> {
  const vars = await readDevVars()
  const fresh = Object.keys(vars).length === 0
  for (const [name, make] of Object.entries(MAKERS)) {
    if (vars[name]) continue
    const value = await make()
    vars[name] = value
    const header = fresh && name === 'SESSION_KEYS' ? HEADER : ''
    // Single quotes: taken literally by wrangler and by a shell, and none of the values has one.
    await appendFile(FILE, `${header}${name}='${value}'\n`, { mode: 0o600 })
  }
  return vars as Awaited<ReturnType<typeof ensureDevVars>>
}

/** A staff key's text. Its row is written where a database is prepared, so that it survives a reset. */
async function makeAdminKey(): Promise<string> {
  const now = new Date()
  const init = { name: 'development', scopes: ['*'], expiresAt: null }
  const { text } = await createStaffKey(init, { now, mint: createMint(now, cryptoRandom), random: cryptoRandom })
  return text
}
