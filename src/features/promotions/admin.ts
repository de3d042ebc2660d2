import * as z from 'zod'
import { audit } from '../../platform/audit.ts'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import { claimKey } from '../../platform/http/idempotency.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { commitShown } from '../../platform/http/shown-change.ts'
import { mustBe } from '../../platform/http/staff-change.ts'
import {
  CreatePromotion,
  isPeriod,
  PromotionParams,
  PromotionView,
  toPpm,
  toPromotionView,
  UpdatePromotion,
} from './contract.ts'
import {
  findPromotion,
  insertPromotion,
  listCodes,
  listPromotions,
  type PromotionRow,
  updatePromotion,
} from './queries.ts'

async function reply({ db }: Context, id: string, status: number) {
  const headers: Record<string, string> = status === 201 ? { Location: `/v1/admin/promotions/${id}` } : {}
  const [[row], codes] = await db.read(findPromotion(id), listCodes([id]))
  if (!row) throw new Problem('promotion_not_found')
  return {
    status,
    body: toPromotionView(
      row,
      codes.map(({ code }) => code),
    ),
    version: row.version,
    headers,
  }
}

export const promotionAdminRoutes = [
  route(
    {
      id: 'createPromotion',
      method: 'post',
      path: '/v1/admin/promotions',
      summary: 'Create a promotion, automatic or by code',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      body: CreatePromotion,
      returns: PromotionView,
      statuses: [201],
      problems: ['code_taken'],
      replay: (context, id) => reply(context, id, 201),
    },
    async (context, { body }) => {
      const { now, mint, caller, requestId, idempotency } = context
      const id = mint('promotion')
      const minimums = body.conditions.minimum_subtotal.map(({ currency, amount }) => [currency, amount])
      const row: PromotionRow = {
        id,
        title: body.title,
        status: 'active',
        method: body.method,
        priority: body.priority,
        effect: { type: 'percent', target: 'order', rate_ppm: toPpm(body.effect.percent) },
        conditions: { minimum_subtotal: Object.fromEntries(minimums) },
        startsAt: body.starts_at ?? null,
        endsAt: body.ends_at ?? null,
        usageLimit: body.usage_limit ?? null,
        customerLimit: body.customer_limit ?? null,
        used: 0,
        version: 1,
        createdAt: now.getTime(),
        updatedAt: now.getTime(),
      }
      const entry = { actor: actorOf(caller), action: 'promotion.created', subjectId: id, requestId }
      await commitShown(context, {
        writes: [
          ...claimKey(idempotency, now, id, 201),
          ...insertPromotion(row, body.codes),
          audit(mint, now, { ...entry, change: { title: body.title, method: body.method } }),
        ],
        reads: [],
        tags: [],
      })
      const headers = { Location: `/v1/admin/promotions/${id}` }
      return { status: 201, body: toPromotionView(row, body.codes), version: row.version, headers }
    },
  ),
  route(
    {
      id: 'listPromotions',
      method: 'get',
      path: '/v1/admin/promotions',
      summary: 'Promotions, newest first, with how often they were used',
      access: { staff: 'promotions:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(PromotionView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/promotions', query.cursor, ['text'])
      const [rows] = await db.read(listPromotions(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/promotions', ({ id }) => [id])
      const [codes] = await db.read(listCodes(page.rows.map(({ id }) => id)))
      const codesOf = (id: string) => codes.filter(({ promotionId }) => promotionId === id).map(({ code }) => code)
      return {
        body: { data: page.rows.map((row) => toPromotionView(row, codesOf(row.id))), next_cursor: page.nextCursor },
      }
    },
  ),
  route(
    {
      id: 'getPromotion',
      method: 'get',
      path: '/v1/admin/promotions/:promotion',
      summary: 'A promotion',
      access: { staff: 'promotions:read' },
      limit: 'staff',
      params: PromotionParams,
      returns: PromotionView,
      problems: ['promotion_not_found'],
    },
    (context, { params }) => reply(context, params.promotion, 200),
  ),
  route(
    {
      id: 'updatePromotion',
      method: 'patch',
      path: '/v1/admin/promotions/:promotion',
      summary: 'Pause, end, rename or limit a promotion; what it gives never changes under a running cart',
      access: { staff: 'promotions:write' },
      limit: 'staff',
      params: PromotionParams,
      body: UpdatePromotion,
      returns: PromotionView,
      problems: ['promotion_not_found', 'version_mismatch', 'promotion_exhausted'],
    },
    async (context, { params, body, ifMatch }) => {
      const { db, now, mint, caller, requestId } = context
      const [[found]] = await db.read(findPromotion(params.promotion))
      const row = mustBe(found, 'promotion_not_found', ifMatch)
      const changes = {
        ...(body.title === undefined ? {} : { title: body.title }),
        ...(body.status === undefined ? {} : { status: body.status }),
        ...(body.starts_at === undefined ? {} : { startsAt: body.starts_at }),
        ...(body.ends_at === undefined ? {} : { endsAt: body.ends_at }),
        ...(body.usage_limit === undefined ? {} : { usageLimit: body.usage_limit }),
        ...(body.customer_limit === undefined ? {} : { customerLimit: body.customer_limit }),
      }
      const merged = { ...row, ...changes }
      if (!isPeriod(merged.startsAt, merged.endsAt)) throw invalid('/ends_at', 'must be after starts_at')
      const entry = { actor: actorOf(caller), action: 'promotion.updated', subjectId: row.id, requestId }
      const [[saved], codes] = await commitShown(context, {
        writes: [
          ...updatePromotion(row.id, row.version, changes, now),
          audit(mint, now, { ...entry, change: changes }),
        ],
        reads: [findPromotion(row.id), listCodes([row.id])],
        tags: [],
      })
      if (!saved) throw new Problem('promotion_not_found')
      return {
        body: toPromotionView(
          saved,
          codes.map(({ code }) => code),
        ),
        version: saved.version,
      }
    },
  ),
]
