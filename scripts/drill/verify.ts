import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Json, Send } from './ask.ts'
import { REFUND, type Visit } from './visit.ts'

/** What integrity finds, as lines. */
export async function findViolations(send: Send, staffKey: string): Promise<string[]> {
  const { status, body } = await send('GET', '/v1/admin/integrity', { token: staffKey })
  if (status !== 200) throw new Error(`integrity answered ${status}: ${JSON.stringify(body)}`)
  return body.violations.map(({ invariant, subject, detail }: Json) => `${invariant}: ${subject} (${detail})`)
}

/** A shopper who has paid has one order, over exactly that less what staff gave back; one who was refused has none. */
export async function judgeVisit(visit: Visit, send: Send): Promise<string[]> {
  const { token, outcome, cart } = visit
  if (!token) return []
  const confirmed = (await send('GET', '/v1/orders', { token })).body.data as Json[]
  const who = `${cart?.id} ${visit.way}, ${outcome}, ${visit.sequel}`
  if (confirmed.length !== (outcome === 'paid' ? 1 : 0)) return [`${who}: ${confirmed.length} confirmed orders`]
  if (outcome !== 'paid') return []
  const order = (await send('GET', `/v1/orders/${confirmed[0].id}`, { token })).body
  const kept = order.payments.reduce((sum: number, each: Json) => sum + each.captured.amount - each.refunded.amount, 0)
  const due = order.totals.amount_due.amount
  const total = { nothing: due, refund: due - REFUND, cancel: 0 }[visit.sequel]
  const status = { nothing: 'paid', refund: 'partially_refunded', cancel: 'refunded' }[visit.sequel]
  return [
    ...(order.payment_status === status ? [] : [`${who}: the order is ${order.payment_status}`]),
    ...(kept === total ? [] : [`${who}: ${kept} is kept of ${total}`]),
    ...(visit.orderId === null || visit.orderId === order.id ? [] : [`${who}: was told of ${visit.orderId} before`]),
  ]
}

/** Payments that the provider's own book says were made, and that are neither an order's nor given back. */
export function findUnorderedPayments(stateDir: string): string[] {
  const folder = path.join(stateDir, 'v3/d1/miniflare-D1DatabaseObject')
  const file = existsSync(folder) && readdirSync(folder).find((name) => /^[0-9a-f]+\.sqlite$/.test(name))
  if (!file) throw new Error(`no database is in ${folder}`)
  const database = new DatabaseSync(path.join(folder, file), { readOnly: true })
  try {
    const rows = database.prepare(UNORDERED).all() as { payment: string; status: string }[]
    return rows.map(({ payment, status }) => `${payment} was paid, and is ${status} here`)
  } finally {
    database.close()
  }
}

const UNORDERED = `SELECT t.payment_id AS payment, coalesce(p.status || ' for an order ' || o.status, 'unknown') AS status
  FROM test_payments AS t LEFT JOIN payments AS p ON p.id = t.payment_id LEFT JOIN orders AS o ON o.id = p.order_id
  WHERE t.status = 'succeeded' AND NOT coalesce(p.captured > 0 AND
    (p.captured = p.refunded OR (o.status IN ('confirmed', 'completed') AND o.number IS NOT NULL)), 0)`
