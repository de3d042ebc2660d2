// npm run import -- FILE.csv [--dry-run] [--stock=overwrite] [--url http://127.0.0.1:8787] [--key sk_...]
// Imports products from Shopify's CSV export into a running shop. Without --key it uses the one of .dev.vars.

import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readDevVars } from './local/dev-vars.ts'

const USAGE =
  'Usage: npm run import -- FILE.csv [--dry-run] [--stock=overwrite] [--url http://127.0.0.1:8787] [--key sk_...]'
const SHOWN_ERRORS = 50

/** The answer of POST /v1/admin/imports. */
interface Report {
  id: string | null
  dry_run: boolean
  rows: number
  products: { created: number; updated: number; unchanged: number }
  errors: { line: number; column: string | null; detail: string }[]
}

interface Refusal {
  title?: string
  detail?: string
  request_id?: string
  errors?: { pointer: string; detail: string }[]
}

/** Ends the script with a sentence instead of a stack. */
class Stop extends Error {}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  if (!(error instanceof Stop)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** Whether something was imported, or is there already. */
async function run(args: string[]): Promise<boolean> {
  const { file, url, key, query } = await readOptions(args)
  const csv = await readFile(file).catch((error: Error) => {
    throw new Stop(`${file} cannot be read: ${error.message}`)
  })
  const response = await post(new URL(`/v1/admin/imports?${query}`, url), key, csv)
  const text = await response.text()
  if (!response.ok) throw new Stop(describeRefusal(response, text))
  const report = JSON.parse(text) as Report
  print(report)
  const { created, updated, unchanged } = report.products
  return created + updated + unchanged > 0
}

async function readOptions(args: string[]) {
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
  return { file, url, key, query: new URLSearchParams({ dry_run: String(values['dry-run'] ?? false), stock }) }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        stock: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Stop(`${(error as Error).message}\n${USAGE}`)
  }
}

async function post(url: URL, key: string, csv: Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'text/csv' }
  try {
    return await fetch(url, { method: 'POST', headers, body: csv })
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code
    const why = cause ? ` (${cause})` : ''
    throw new Stop(
      cause === 'ECONNREFUSED'
        ? `No server answers at ${url.origin}. Start it with \`npm run dev\`, or name another one with --url.`
        : `The connection to ${url.origin} failed${why}. What was imported until then stays; importing the file again goes on from there.`,
    )
  }
}

function describeRefusal({ status }: Response, text: string): string {
  const refusal = parseRefusal(text)
  const lines = (refusal.errors ?? []).map(({ pointer, detail }) =>
    pointer === '/' ? `  ${detail}` : `  ${pointer} ${detail}`,
  )
  const id = refusal.request_id ? ` [${refusal.request_id}]` : ''
  return [`Refused: ${status} ${refusal.title ?? text.slice(0, 200)}. ${refusal.detail ?? ''}${id}`, ...lines].join(
    '\n',
  )
}

function parseRefusal(text: string): Refusal {
  try {
    return JSON.parse(text) as Refusal
  } catch {
    return {}
  }
}

function print({ id, dry_run, rows, products, errors }: Report): void {
  console.log(dry_run ? `Dry run, nothing was changed: ${rows} rows` : `Import ${id}: ${rows} rows`)
  console.log(`  created    ${products.created}\n  updated    ${products.updated}\n  unchanged  ${products.unchanged}`)
  if (errors.length === 0) return
  console.log(`  problems   ${errors.length}`)
  for (const { line, column, detail } of errors.slice(0, SHOWN_ERRORS)) {
    console.log(`    line ${line}${column ? `, ${column}` : ''}: ${detail}`)
  }
  if (errors.length > SHOWN_ERRORS) console.log(`    and ${errors.length - SHOWN_ERRORS} more`)
}
