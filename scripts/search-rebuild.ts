// npm run search:rebuild [-- --url https://api.shop.example --key sk_...]: makes the search index anew, chunk by chunk, while
// searches go on. What is cut short goes on where it was, by itself or when this is run again.

import { parseArgs } from 'node:util'
import { readDevVars } from './local/dev-vars.ts'

const TIME_LIMIT_MS = 60_000
const TRIES = 5

interface Rebuild {
  done: number
  total: number
  phase: string
  finished: boolean
}

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:8787' }, key: { type: 'string' } },
})
const key = values.key ?? (await readDevVars()).DEV_ADMIN_KEY
if (key === undefined) giveUp('Name a staff key that may write products: npm run search:rebuild -- --key sk_...')

const started = performance.now()
for (let failed = 0; ; ) {
  try {
    const { done, total, phase, finished } = await goOn(values.url, key)
    failed = 0
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.log(`${done} of ${total} products, ${finished ? 'finished' : phase}, ${seconds} s`)
    if (finished) break
  } catch (error) {
    failed += 1
    if (failed === TRIES)
      giveUp(error instanceof Error ? `${error.message} ${error.cause ?? ''}`.trim() : String(error))
    await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** failed))
  }
}

async function goOn(origin: string, token: string): Promise<Rebuild> {
  const url = `${origin.replace(/\/+$/, '')}/v1/admin/search/rebuild`
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  })
  const text = await response.text()
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    giveUp(`${url} answered ${response.status}:\n${text}`)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return JSON.parse(text) as Rebuild
}

function giveUp(message: string): never {
  console.error(message)
  process.exit(2)
}
