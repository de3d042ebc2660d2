// npm run apple-pay
// Fetches the file that proves to Apple that a domain may show Apple Pay through Stripe, and puts it where it is served from:
// https://docs.stripe.com/payments/payment-methods/pmd-registration. It is the same for every shop, and it expires: run this again
// when Stripe says that it is outdated. See docs/payments/stripe.md.

import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

const NAME = 'apple-developer-merchantid-domain-association'
const SOURCE = `https://stripe.com/files/apple-pay/${NAME}`
const TARGET = path.join(import.meta.dirname, '..', 'public', '.well-known', NAME)
const MAX_BYTES = 64 * 1024

const response = await fetch(SOURCE).catch((error: Error) => {
  console.error(`${SOURCE} was not reached: ${error.message}`)
  process.exit(1)
})
const bytes = new Uint8Array(await response.arrayBuffer())
// A page that explains something is not the file.
const isFile = response.ok && bytes.byteLength > 0 && bytes.byteLength <= MAX_BYTES && bytes[0] !== '<'.charCodeAt(0)
if (!isFile) {
  console.error(`${SOURCE} answered ${response.status} with ${bytes.byteLength} bytes that are not the file.`)
  process.exit(1)
}
await mkdir(path.dirname(TARGET), { recursive: true })
await writeFile(TARGET, bytes)
console.log(
  `${path.relative(process.cwd(), TARGET)}: ${bytes.byteLength} bytes. Commit it and deploy, then register the`,
)
console.log('domain at https://dashboard.stripe.com/settings/payment_method_domains.')
