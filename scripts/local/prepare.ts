import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { insertStaffKey } from '../../src/features/sessions/queries.ts'
import { readStaffKey } from '../../src/features/sessions/staff-key.ts'
import { ConstraintError } from '../../src/platform/db/errors.ts'
import type { Context } from '../../src/platform/http/context.ts'
import { ROOT, runWrangler } from './wrangler.ts'

/**
 * Brings the local database up to date: migrations, demo shop, the developer's staff key. Each of them leaves alone what
 * is there already. A stamp beside the database says what it was prepared for, so that the next start need not look.
 */
export async function prepareState(stateDir: string, adminKey: string, say: (done: string) => void): Promise<void> {
  const database = path.join(stateDir, 'v3/d1')
  const stamp = path.join(database, 'prepared.json')
  const migrations = (await readdir(path.join(ROOT, 'migrations'))).filter((name) => name.endsWith('.sql')).sort()
  const key = await readStaffKey(adminKey)
  if (!key) throw new Error('DEV_ADMIN_KEY in .dev.vars is not a staff key: remove the line, and a new one is made.')
  const wanted = JSON.stringify({ migrations, key: key.keyId })
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return

  const loading = import('./bindings.ts')
  await runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', stateDir])
  say(`${migrations.length} migrations are applied`)
  const shop = await (await loading).openLocalShop(stateDir)
  try {
    const { seedDemo } = await import('../../demo/seed.ts')
    const seeded = await seedDemo(shop.context('seed'))
    if (seeded) say(`the demo shop stands: ${seeded.products} products, ${seeded.variants} variants`)
    await ensureAdminKey(shop.context('seed'), key)
  } finally {
    await shop.close()
  }
  await mkdir(database, { recursive: true })
  await writeFile(stamp, wanted)
}

/** The row of the key in .dev.vars, in a database that may be newer than the key. */
async function ensureAdminKey({ db, now }: Context, key: { keyId: string; secretHash: string }): Promise<void> {
  const row = { id: key.keyId, secretHash: key.secretHash, name: 'development', scopes: ['*'] }
  try {
    await db.commit([insertStaffKey({ ...row, createdAt: now.getTime(), expiresAt: null, revokedAt: null })])
  } catch (error) {
    // Its primary key: the row is there.
    if (!(error instanceof ConstraintError)) throw error
  }
}
