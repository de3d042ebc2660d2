import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomFrom } from '../../test/support/random.ts'
import { ensureDevVars } from '../local/dev-vars.ts'
import { createSend, Interrupted, type Send } from './ask.ts'
import { findFreePort, type Server, startServer } from './server.ts'
import { findUnorderedPayments, findViolations, judgeVisit } from './verify.ts'
import { goOn, newVisit, SEQUELS, type Visit, WAYS } from './visit.ts'

const SHOPPERS = 8
// Sold out in the first rounds: from then on some are refused.
const SCARCE = 20
const PLENTY = 100_000

export interface DrillOptions {
  rounds: number
  /** Fixes who buys what and after how many answers the server is killed; the rest is up to the machine. */
  seed: number
  say: (line: string) => void
}

/** What a drill works with. */
interface Ground {
  stateDir: string
  port: number
  staffKey: string
  skus: string[]
  below: (limit: number) => number
  say: (line: string) => void
}

/**
 * Kills the server with SIGKILL in mid-load, starts it again, lets the cron run, has everybody who was cut off ask again
 * by the same keys, and recomputes everything, round after round on the same database.
 * @returns what is not as promised; empty is good.
 */
export async function runDrill({ rounds, seed, say }: DrillOptions): Promise<string[]> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'drill-crash-'))
  const { DEV_ADMIN_KEY } = await ensureDevVars()
  const ground: Ground = {
    ...{ stateDir, port: await findFreePort(), staffKey: DEV_ADMIN_KEY, skus: [] },
    ...{ below: randomFrom(seed), say },
  }
  let server: Server | null = null
  const faults: string[] = []
  try {
    server = await startServer(stateDir, ground.port)
    ground.skus = await makeGoods(sendTo(server), ground.staffKey)
    for (let round = 1; round <= rounds; round += 1) {
      const { visits, answers } = await loadAndKill(server, ground)
      server = await startServer(stateDir, ground.port)
      const found = await pickUpThePieces(server, visits, ground)
      const cut = visits.cut.length
      say(
        `${round}/${rounds}: killed after ${answers} answers, ${visits.all.length} visits, ${cut} cut off: ${verdict(found)}`,
      )
      faults.push(...found)
    }
    // Long after every session and hold has ended.
    await server.runCron(120)
    faults.push(...(await findViolations(sendTo(server), ground.staffKey)))
    faults.push(...(await findHolds(sendTo(server), ground)))
  } finally {
    await server?.kill()
    await rm(stateDir, { recursive: true, force: true })
  }
  return faults
}

function verdict(found: readonly string[]): string {
  return found.length === 0 ? 'all is as promised' : `${found.length} faults\n  ${found.join('\n  ')}`
}

const sendTo = ({ origin }: Server): Send => createSend(origin, () => false)

async function makeGoods(send: Send, staffKey: string): Promise<string[]> {
  const names = ['SCARCE', 'FIRST', 'SECOND', 'THIRD'].map((name) => `DRILL-${name}`)
  for (const [index, sku] of names.entries()) {
    const inventory = { policy: 'deny', on_hand: index === 0 ? SCARCE : PLENTY }
    const variants = [{ sku, prices: [{ currency: 'USD', amount: 1999 + index }], inventory }]
    const product = { title: `Drill ${sku}`, status: 'active', variants }
    const { status, body } = await send('POST', '/v1/admin/products', { body: product, token: staffKey, key: sku })
    if (status !== 201) throw new Error(`no goods: ${status} ${JSON.stringify(body)}`)
  }
  return names
}

interface Visits {
  all: Visit[]
  /** Those in the middle of which the server died. */
  cut: Visit[]
}

/** Shoppers come one after the other, several at a time, until the server is killed in the middle of it. */
async function loadAndKill(server: Server, ground: Ground): Promise<{ visits: Visits; answers: number }> {
  const { below } = ground
  const last = 20 + below(200)
  let answers = 0
  let killed = false
  let dead = Promise.resolve()
  const strike = () => {
    killed = true
    dead = server.kill()
  }
  const send = createSend(server.origin, () => killed)
  const counted: Send = async (...request) => {
    const answer = await send(...request)
    answers += 1
    if (answers === last) setTimeout(strike, below(30))
    return answer
  }
  const visits: Visits = { all: [], cut: [] }
  const comeAndGo = async () => {
    while (!killed) {
      const way = WAYS[below(WAYS.length)] ?? 'at once'
      const sequel = SEQUELS[below(SEQUELS.length)] ?? 'nothing'
      const visit = newVisit({ way, sequel, lines: wishList(ground) })
      visits.all.push(visit)
      try {
        await goOn(visit, counted, ground.staffKey)
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error
        visits.cut.push(visit)
      }
    }
  }
  await Promise.all(Array.from({ length: SHOPPERS }, comeAndGo))
  await dead
  return { visits, answers }
}

/** One to three products; every other cart has one of what there is little of. */
function wishList({ below, skus: [scarce = '', ...plenty] }: Ground): Visit['lines'] {
  const lines = plenty.slice(0, 1 + below(plenty.length - 1)).map((sku) => ({ sku, quantity: 1 + below(3) }))
  return below(2) === 0 ? [{ sku: scarce, quantity: 1 }, ...lines] : lines
}

async function pickUpThePieces(server: Server, { all, cut }: Visits, ground: Ground): Promise<string[]> {
  const send = sendTo(server)
  const { staffKey, stateDir } = ground
  const found = await findViolations(send, staffKey)
  await server.runCron(2)
  found.push(...(await findViolations(send, staffKey)))
  const finish = async (visit: Visit): Promise<string[]> => {
    try {
      await goOn(visit, send, staffKey)
      return []
    } catch (error) {
      return [`${visit.cart?.id ?? 'no cart'} ${visit.way}, then ${visit.sequel}: ${error}`]
    }
  }
  found.push(...(await Promise.all(cut.map(finish))).flat())
  found.push(...(await findViolations(send, staffKey)), ...findUnorderedPayments(stateDir))
  for (const visit of all) found.push(...(await judgeVisit(visit, send)))
  return [...new Set(found)]
}

async function findHolds(send: Send, { skus, staffKey }: Ground): Promise<string[]> {
  const levels = await Promise.all(
    skus.map((sku) => send('GET', `/v1/admin/inventory?sku=${sku}`, { token: staffKey })),
  )
  return levels
    .flatMap(({ body }) => body.data)
    .filter(({ held, on_hand }) => held !== 0 || on_hand < 0)
    .map(({ sku, held, on_hand }) => `${sku}: ${on_hand} on hand, ${held} still held`)
}
