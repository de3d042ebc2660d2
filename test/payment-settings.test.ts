import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const SOURCE = 'src/features/payments'
const PREFIXES = ['STRIPE', 'PAYPAL', 'ADYEN', 'MOLLIE', 'MANUAL', 'STANDARD_WEBHOOKS']

/** Names of variables that stand as keys in a provider's settings. */
function variables(): string[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const key = new RegExp(`^ +((?:${PREFIXES.join('|')})_[A-Z_]+): z\\b`, 'gm')
  return files.flatMap((file) =>
    [...readFileSync(`${SOURCE}/${file}`, 'utf8').matchAll(key)].map(([, name = '']) => name),
  )
}

it('every variable of a payment provider is named in .dev.vars.example, and told of in docs', () => {
  const names = variables()
  expect(PREFIXES.filter((prefix) => !names.some((name) => name.startsWith(`${prefix}_`)))).toEqual([])
  const example = readFileSync('.dev.vars.example', 'utf8')
  const pages = ['payments.md', ...readdirSync('docs/payments').map((page) => `payments/${page}`)]
  const docs = pages.map((page) => readFileSync(`docs/${page}`, 'utf8')).join('\n')
  expect(names.filter((name) => !new RegExp(`^(?:# )?${name}=`, 'm').test(example))).toEqual([])
  expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([])
})
