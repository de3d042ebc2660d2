import { createReadStream } from 'node:fs'
import { type Ask, ask, type Server, Stop } from './client.ts'
import { cutCsv, cutLines, type Part, type PartSize, textOf, Uncuttable } from './cut.ts'

export interface Counts {
  created: number
  updated: number
  unchanged: number
  refused: number
}

/** An import as the API shows it, as far as it is told. */
export interface ImportState {
  id: string
  status: string
  dry_run: boolean
  stock: string
  parts: { received: number; done: number }
  rows: number
  products: Counts
  error_count: number
}

interface PartState {
  products: Counts & { done: number; total: number }
  error_count: number
  errors: { line: number; column: string | null; detail: string }[]
}

/** What is told while it goes on. */
export interface Told {
  opened(state: ImportState): void
  /** Errors with lines of the file. */
  part(number: number, state: PartState, offset: number): void
}

export interface Order {
  file: string
  dryRun: boolean
  stock: string
  /** An import to go on with, or null for a new one. */
  resume: string | null
  size?: PartSize
}

const TYPES: readonly [ending: string, type: string, cut: typeof cutCsv][] = [
  ['.csv', 'text/csv', cutCsv],
  ['.jsonl', 'application/jsonl', cutLines],
  ['.ndjson', 'application/jsonl', cutLines],
]

/**
 * Imports a file of any size, part by part, one after the other, holding no more than a part of it. Whoever resumes sends the
 * last part that was done once more: a file that is another one by now is noticed by it.
 * @throws {Stop} with what to tell. What was imported until then stays.
 */
export async function upload(server: Server, order: Order, told: Told): Promise<ImportState> {
  const [, type, cut] = TYPES.find(([ending]) => order.file.toLowerCase().endsWith(ending)) ?? []
  if (!type || !cut) throw new Stop(`${order.file} is neither .csv nor .jsonl.`)
  const parts = cut(textOf(createReadStream(order.file)), order.size)
  const first = await readPart(order.file, parts)
  const opened = await open(server, order)
  told.opened(opened)
  const path = `/v1/admin/imports/${opened.id}`
  let number = 0
  for (let part = first; part; part = await readPart(order.file, parts)) {
    number += 1
    if (number < opened.parts.done) continue
    const state = await put(server, { method: 'PUT', path: `${path}/parts/${number}`, body: part.text, type })
    told.part(number, state, part.offset)
  }
  if (number === 0) throw new Stop(`${order.file} is empty.`)
  const body = JSON.stringify({ parts: number })
  const ended = await ask(server, { method: 'POST', path: `${path}/finish`, body, type: 'application/json' })
  return ended.body as ImportState
}

async function readPart(file: string, parts: AsyncGenerator<Part>): Promise<Part | null> {
  try {
    const next = await parts.next()
    return next.done ? null : next.value
  } catch (error) {
    if (error instanceof Uncuttable) throw new Stop(`${file}: ${error.message}`)
    throw new Stop(`${file} cannot be read: ${(error as Error).message}`)
  }
}

async function open(server: Server, { resume, dryRun, stock }: Order): Promise<ImportState> {
  const query = new URLSearchParams({ dry_run: String(dryRun), stock })
  const request: Ask = resume
    ? { method: 'GET', path: `/v1/admin/imports/${encodeURIComponent(resume)}` }
    : { method: 'POST', path: `/v1/admin/imports?${query}` }
  return (await ask(server, request)).body as ImportState
}

/** Sends a part until it is done: one request saves as much of it as one request may. */
async function put(server: Server, request: Ask): Promise<PartState> {
  for (;;) {
    const { status, body } = await ask(server, request)
    if (status !== 202) return body as PartState
  }
}
