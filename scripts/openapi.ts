import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toHtml, toMarkdown } from './openapi/catalogue.ts'
import { createOpenApi } from './openapi/document.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** What is made from the route declarations and committed, by path from the root of the repository. */
export function generatedFiles(): Record<string, string> {
  return {
    'public/openapi.json': `${JSON.stringify(createOpenApi(), null, 2)}\n`,
    'public/docs/problems.html': toHtml(),
    'docs/problems.md': toMarkdown(),
  }
}

/** The generated files that are missing or not what the code says today. */
export async function listOutdated(): Promise<string[]> {
  const checked = Object.entries(generatedFiles()).map(async ([file, wanted]) => {
    const found = await readFile(path.join(ROOT, file), 'utf8').catch(() => null)
    return found === wanted ? [] : [file]
  })
  return (await Promise.all(checked)).flat()
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--check')) {
    const outdated = await listOutdated()
    for (const file of outdated) console.error(`${file} is not current: run \`node scripts/openapi.ts\` and commit it`)
    if (outdated.length > 0) process.exitCode = 1
  } else {
    for (const [file, text] of Object.entries(generatedFiles())) await writeFile(path.join(ROOT, file), text)
  }
}
