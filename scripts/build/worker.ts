import path from 'node:path'
import { build } from 'rolldown'
import { ROOT } from '../local/wrangler.ts'
import { leftOut } from './left-out.ts'
import { sideBySide } from './side-by-side.ts'
import { withoutOtherProducts } from './stripe.ts'
import { withoutDocument } from './without-document.ts'

const SRC = path.join(ROOT, 'src')

/**
 * Builds the Worker into `folder` as worker.js, with its source map beside it.
 * @param entry another Worker, to be built in the same way.
 */
export async function buildWorker(folder: string, entry = path.join(SRC, 'worker.ts')): Promise<void> {
  await build({
    cwd: ROOT,
    input: { worker: entry },
    platform: 'browser',
    external: /^(cloudflare|node):/,
    resolve: { conditionNames: ['workerd', 'worker', 'browser', 'import'] },
    plugins: [withoutDocument(), withoutOtherProducts(), leftOut(), sideBySide(SRC)],
    output: { dir: folder, format: 'esm', codeSplitting: false, minify: true, sourcemap: true },
  })
}
