import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildWorker } from '../scripts/build/worker.ts'
import { inScratchFolder } from '../scripts/local/bundle.ts'
import { routes } from '../src/app.ts'
import { testBindings } from './support/bindings.ts'

type Worker = { fetch(request: Request, bindings: object, execution: object): Promise<Response> }

// What it does with a database is shown by the crash drill, whose server runs the same build, and by the tour.
describe('the built Worker', () => {
  let text: string
  let worker: Worker
  beforeAll(() =>
    inScratchFolder(async (folder) => {
      await buildWorker(folder)
      const file = path.join(folder, 'worker.js')
      text = await readFile(file, 'utf8')
      worker = (await import(pathToFileURL(file).href)).default
    }),
  )

  // Here it is asked only what needs no database.
  const bindings = { ...testBindings(), DB: { withSession: () => ({}) } }
  const ask = (route: string, init?: RequestInit) =>
    worker.fetch(new Request(`http://shop.test${route}`, init), bindings, { waitUntil() {}, props: {} })

  it('answers', async () => {
    const response = await ask('/healthz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  it('checks what it is sent by the contract, and says where it is wrong', async () => {
    const response = await ask('/v1/carts', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ lines: [{ sku: 'a', quantity: 0 }], colour: 'red' }),
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{}, {}] })
  })

  it('holds no text that only the document of the API has', () => {
    const telling = routes.flatMap(({ summary }) => (summary.length > 20 ? [summary] : []))
    expect(telling.filter((summary) => text.includes(summary))).toEqual([])
  })
})
