import type * as z from 'zod'
import { formatGiftCode, GIFT_CODE_BYTES, MAX_GIFT_CARD_AMOUNT, toGiftCode } from '../../domain/gift-card.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Write } from '../../platform/db/client.ts'
import { actorOf, type Context } from '../../platform/http/context.ts'
import type { ProblemError } from '../../platform/http/problem.ts'
import { changedFields, commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { customerKey } from '../promotions/customer.ts'
import type { AdjustGiftCard, IssueGiftCard, LedgeredCard, UpdateGiftCard } from './contract.ts'
import {
  adjustGiftCard,
  findGiftCard,
  type GiftCardRow,
  issueGiftCard,
  listEntries,
  updateGiftCard,
} from './queries.ts'

/** A card with the end of its ledger. @throws {Problem} gift_card_not_found, version_mismatch */
export async function mustFindGiftCard(
  { db }: Context,
  id: string,
  ifMatch: number | null = null,
): Promise<LedgeredCard> {
  const [[found], entries] = await db.read(findGiftCard(id), listEntries(id))
  return { ...mustBe(found, 'gift_card_not_found', ifMatch), entries }
}

/** Issues a card. @returns it with its code as it is printed: the one time that anybody sees it. */
export async function issueCard(
  context: Context,
  input: z.output<ReturnType<typeof IssueGiftCard>>,
): Promise<{ card: LedgeredCard; code: string }> {
  const code = toGiftCode(context.random(GIFT_CODE_BYTES))
  const at = context.now.getTime()
  const { amount, currency } = input.amount
  const row: GiftCardRow = {
    id: context.mint('giftCard'),
    kind: input.kind,
    codeHash: await sha256Hex(code),
    last4: code.slice(-4),
    currency,
    initialAmount: amount,
    balance: amount,
    status: 'active',
    customerKey: await customerKey(input.email ?? null),
    expiresAt: input.expires_at ?? null,
    note: input.note ?? null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
  const card = await commitCard(context, row.id, {
    writes: issueGiftCard(row, actorOf(context.caller)),
    action: 'gift_card.issued',
    change: { kind: row.kind, amount, currency },
    status: 201,
  })
  return { card, code: formatGiftCode(code) }
}

/** @throws {Problem} gift_card_not_found, version_mismatch */
export async function editCard(
  context: Context,
  id: string,
  input: z.output<ReturnType<typeof UpdateGiftCard>>,
  ifMatch: number | null,
): Promise<LedgeredCard> {
  const old = await mustFindGiftCard(context, id, ifMatch)
  const { status = old.status, expires_at: expiresAt = old.expiresAt, note = old.note } = input
  const changes = { status, expiresAt, note }
  const fields = changedFields({ status: old.status, expiresAt: old.expiresAt, note: old.note }, changes)
  if (fields.length === 0) return old
  return commitCard(context, id, {
    writes: updateGiftCard(old, { ...changes, updatedAt: context.now.getTime() }),
    action: 'gift_card.updated',
    change: { fields, version: old.version + 1 },
    status: null,
  })
}

/** Adds to a card or takes from it. @throws {Problem} gift_card_not_found, invalid_request past what it holds or may hold */
export async function adjustCard(
  context: Context,
  giftCardId: string,
  { amount, reason }: z.output<ReturnType<typeof AdjustGiftCard>>,
): Promise<LedgeredCard> {
  await mustFindGiftCard(context, giftCardId)
  const id = context.mint('adjustment')
  const adjustment = { id, giftCardId, amount, reason, actor: actorOf(context.caller) }
  return commitCard(context, giftCardId, {
    writes: adjustGiftCard(adjustment, MAX_GIFT_CARD_AMOUNT, context.now),
    action: 'gift_card.adjusted',
    change: { amount, reason },
    status: 201,
    faults: {
      gift_card_balance: { pointer: '/amount', detail: 'takes more than the card holds' },
      gift_card_too_full: { pointer: '/amount', detail: 'adds more than a card may hold' },
    },
  })
}

interface CardChange {
  writes: readonly Write[]
  action: string
  change: Record<string, unknown>
  status: number | null
  faults?: Readonly<Record<string, ProblemError>>
}

// Without tags: carts read balances where they stand, and nothing of a card is in a public answer or a cache.
async function commitCard(context: Context, id: string, change: CardChange): Promise<LedgeredCard> {
  const reads = [findGiftCard(id), listEntries(id)] as const
  const [[saved], entries] = await commitStaffChange(context, { ...change, reads, subjectId: id, tags: null })
  if (!saved) throw new Error('the gift card just saved is gone')
  return { ...saved, entries }
}
