import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ROOT, runWrangler } from './wrangler.ts'

export interface Bundle {
  code: string
  gzipKib: number
}

/** The compatibility date of wrangler.toml. */
export async function compatibilityDate(): Promise<string> {
  const config = await readFile(path.join(ROOT, 'wrangler.toml'), 'utf8')
  return /^compatibility_date = "(.*)"$/m.exec(config)?.[1] ?? ''
}

/** Runs `work` in a folder that is removed afterwards: inside the project, so that a Worker in it finds the same hono. */
export async function inScratchFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  await mkdir(path.join(ROOT, '.wrangler'), { recursive: true })
  const folder = await mkdtemp(path.join(ROOT, '.wrangler/scratch-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Bundles the shop's Worker as a deployment would. @param folder takes the output. */
export function bundleOwn(folder: string): Promise<Bundle> {
  return bundle(ROOT, path.join(folder, 'own'))
}

/** Bundles another Worker in the same way. @param files by name; worker.js is the entry. */
export async function bundleOther(folder: string, files: Readonly<Record<string, string>>): Promise<Bundle> {
  const config = `name = "bare"
main = "worker.js"
minify = true
keep_names = false
compatibility_date = "${await compatibilityDate()}"
`
  for (const [name, text] of Object.entries({ ...files, 'wrangler.toml': config })) {
    await writeFile(path.join(folder, name), text)
  }
  return bundle(folder, path.join(folder, 'bare'))
}

async function bundle(cwd: string, outdir: string): Promise<Bundle> {
  const said = await runWrangler(['deploy', '--dry-run', '--outdir', outdir], { cwd })
  const gzip = /gzip: ([\d.]+) KiB/.exec(said)?.[1]
  if (gzip === undefined) throw new Error(`wrangler no longer says how large a bundle is:\n${said}`)
  return { code: await readFile(path.join(outdir, 'worker.js'), 'utf8'), gzipKib: Number(gzip) }
}
