import type { ChildProcess } from 'node:child_process'

/** What wrangler says again at every start and reload, and a warning about what scripts/dev.ts does itself. */
const NOISE = [
  /Your Worker has access to the following bindings:\n[\s\S]*?\n\n/g,
  /[^\n]*Connection status updated\n/g,
  /[^\n]*Scheduled Workers are not automatically triggered[\s\S]*?For more details[^\n]*\n+/g,
]

/**
 * Keeps what a starting server says to itself. Its warnings are let out when it is ready, all of it when it fails, and
 * from then on everything but the noise as it comes.
 * @returns call it when the server is ready or has ended.
 */
export function holdBack({ stdout, stderr }: ChildProcess): (outcome: 'ready' | 'failed') => void {
  let said = ''
  let warned = ''
  let open = false
  stdout?.on('data', (chunk) => {
    const text = withoutNoise(String(chunk))
    if (open) process.stdout.write(text)
    else said += text
  })
  stderr?.on('data', (chunk) => {
    const text = withoutNoise(String(chunk))
    if (open) process.stderr.write(text)
    else warned += text
  })
  return (outcome) => {
    if (open) return
    open = true
    if (outcome === 'failed') process.stderr.write(said)
    if (warned.trim() !== '') process.stderr.write(warned)
  }
}

function withoutNoise(text: string): string {
  return NOISE.reduce((rest, noise) => rest.replace(noise, ''), text)
}
