// npm run import -- FILE.csv|FILE.jsonl [--dry-run] [--stock=overwrite] [--resume imp_...] [--url http://127.0.0.1:8787] [--key sk_...]
// Imports products into a running shop, from Shopify's CSV export or from JSON Lines, of any size: see docs/imports.md. Without
// --key it uses the one of .dev.vars.

import { parseArgs } from 'node:util'
import { type Server, Stop } from './import/client.ts'
import { type ImportState, type Order, type Told, upload } from './import/upload.ts'
import { readDevVars } from './local/dev-vars.ts'

const USAGE =
  'Usage: npm run import -- FILE.csv|FILE.jsonl [--dry-run] [--stock=overwrite] [--resume imp_...] [--url http://127.0.0.1:8787] [--key sk_...]'
const SHOWN_ERRORS = 50
const LONGEST_WAIT = 60_000

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** Whether something was imported, or is there already. */
async function run(args: string[]): Promise<boolean> {
  const { server, order } = await readOptions(args)
  const state = await upload(server, order, toldOn(order))
  const { created, updated, unchanged, refused } = state.products
  console.log(state.dry_run ? `Dry run, no product was changed: ${state.rows} rows` : `${state.id}: ${state.rows} rows`)
  console.log(`  created    ${created}\n  updated    ${updated}\n  unchanged  ${unchanged}\n  refused    ${refused}`)
  if (state.error_count > 0) console.log(`  errors     ${state.error_count}`)
  return created + updated + unchanged > 0
}

/** Progress on the console: how to go on once it breaks off, what each part has come to, and the first errors. */
function toldOn({ file }: Order): Told {
  const started = Date.now()
  let errors = 0
  let done = 0
  let isRepeated = false
  return {
    opened({ id, parts, products: { created, updated, unchanged, refused } }: ImportState) {
      done = created + updated + unchanged + refused
      isRepeated = parts.done > 0
      if (isRepeated) console.log(`Goes on after ${done} products, with the last part that was done`)
      console.log(`If it breaks off: npm run import -- ${file} --resume ${id}`)
    },
    part(number, state, offset) {
      if (!isRepeated) done += state.products.total
      isRepeated = false
      const { created, updated, unchanged, refused } = state.products
      const seconds = (Date.now() - started) / 1000
      console.log(
        `part ${number}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused; ${done} products in ${seconds.toFixed(0)} s`,
      )
      for (const { line, column, detail } of state.errors) {
        errors += 1
        if (errors <= SHOWN_ERRORS) console.log(`  line ${line + offset}${column ? `, ${column}` : ''}: ${detail}`)
        if (errors === SHOWN_ERRORS + 1)
          console.log('  further errors are counted; GET /v1/admin/imports/{id} lists the first 1,000')
      }
    },
  }
}

async function readOptions(args: string[]): Promise<{ server: Server; order: Order }> {
  const { values, positionals } = readArguments(args)
  const [file] = positionals
  if (!file || positionals.length > 1) throw new Stop(USAGE)
  const stock = values.stock ?? 'keep'
  if (stock !== 'keep' && stock !== 'overwrite') throw new Stop(`--stock is keep or overwrite, not ${stock}.\n${USAGE}`)
  const url = values.url ?? 'http://127.0.0.1:8787'
  if (!URL.canParse(url)) throw new Stop(`--url is not an address: ${url}`)
  const key = values.key ?? (await readDevVars()).DEV_ADMIN_KEY
  if (!key)
    throw new Stop('No staff key: give one with --key, or run `npm run dev` once, which makes one in .dev.vars.')
  const order = { file, dryRun: values['dry-run'] ?? false, stock, resume: values.resume ?? null }
  return { server: { url, key, longestWait: LONGEST_WAIT }, order }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        stock: { type: 'string' },
        resume: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Stop(`${(error as Error).message}\n${USAGE}`)
  }
}
