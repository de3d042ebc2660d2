import type * as z from 'zod'
import type { Random } from '../../platform/crypto/mint.ts'
import { ConstraintError } from '../../platform/db/errors.ts'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem } from '../../platform/http/problem.ts'
import { commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import type { AddCodes } from './code-contract.ts'
import { deleteCodeRow, findCode, insertCodes, listTakenCodes } from './code-queries.ts'
import { commitPromotion, mustFindPromotion, type PromotionChange } from './commit.ts'
import { findPromotion, type StaffPromotion } from './queries.ts'

// Crockford's base 32 without vowels: nothing that is read for another, and no words.
const ALPHABET = '0123456789BCDFGHJKMNPQRSTVWXYZ'
const MAX_TRIES = 5

type Add = z.output<ReturnType<typeof AddCodes>>

/**
 * Gives a promotion more codes, all of them or none: those that are sent, or as many random ones.
 * @throws {Problem} promotion_not_found, version_mismatch, code_taken, invalid_request (an automatic promotion).
 */
export async function addCodes(
  context: Context,
  promotionId: string,
  input: Add,
  ifMatch: number | null,
): Promise<StaffPromotion> {
  const { method } = await mustFindPromotion(context, promotionId, ifMatch)
  if (method !== 'code') throw invalid(input.codes ? '/codes' : '/generate', 'an automatic promotion has no codes')
  const known = { id: promotionId, version: ifMatch }
  const commit = (codes: readonly string[], sent: readonly string[]) =>
    commitCodes(context, sent, promotionId, {
      writes: insertCodes(known, codes, input.usage_limit ?? null, context.now),
      action: 'promotion.codes_added',
      change: { codes: codes.length, usage_limit: input.usage_limit ?? null },
      status: 201,
      shows: false,
    })
  if (!input.generate) return commit(input.codes ?? [], input.codes ?? [])
  // Among 30^10 codes hardly one is ever taken; then nothing has been written, and all of them are drawn anew.
  for (let tries = 1; ; tries += 1) {
    try {
      return await commit(drawCodes(input.generate, context.random), [])
    } catch (error) {
      if (tries >= MAX_TRIES || !(error instanceof Problem && error.code === 'code_taken')) throw error
    }
  }
}

/** `count` different codes: the prefix and `length` random letters and digits. */
function drawCodes(
  { count, prefix, length }: { count: number; prefix: string; length: number },
  random: Random,
): string[] {
  const drawn = new Set<string>()
  while (drawn.size < count) drawn.add(prefix + drawText(length, random))
  return [...drawn]
}

function drawText(length: number, random: Random): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length)) {
      // Of 256 values the last 16 are dropped, because they would favour the first letters.
      if (byte < 240 && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}

/**
 * Commits a change that brings codes.
 * @param sent the codes as they stand in the body's `codes`, for the pointers. @throws {Problem} code_taken
 */
export async function commitCodes(
  context: Context,
  sent: readonly string[],
  promotionId: string,
  change: PromotionChange,
): Promise<StaffPromotion> {
  try {
    return await commitPromotion(context, promotionId, change)
  } catch (error) {
    if (!(error instanceof ConstraintError) || error.constraint !== 'promotion_codes.code') throw error
    const [rows] = await context.db.read(listTakenCodes(sent))
    const taken = new Set(rows.map(({ code }) => code))
    const errors = sent.flatMap((code, index) =>
      taken.has(code) ? [{ pointer: `/codes/${index}`, detail: `${code} is taken` }] : [],
    )
    throw new Problem('code_taken', errors.length > 0 ? { errors } : {})
  }
}

/**
 * Takes a code away that no order has used.
 * @throws {Problem} promotion_not_found, code_not_found, version_mismatch, code_in_use
 */
export async function removeCode(
  context: Context,
  promotionId: string,
  code: string,
  ifMatch: number | null,
): Promise<void> {
  const [[promotion], [found]] = await context.db.read(findPromotion(promotionId), findCode(promotionId, code))
  mustBe(promotion, 'promotion_not_found', ifMatch)
  if (!found) throw new Problem('code_not_found')
  await commitStaffChange(context, {
    writes: deleteCodeRow({ id: promotionId, version: ifMatch }, code, context.now),
    reads: [],
    action: 'promotion.code_removed',
    subjectId: promotionId,
    change: { code },
    status: null,
    tags: [],
  })
}
