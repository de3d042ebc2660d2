import type * as z from 'zod'
import type { Context } from '../../platform/http/context.ts'
import { invalid, Problem, type ProblemError } from '../../platform/http/problem.ts'
import { commitStaffChange, mustBe } from '../../platform/http/staff-change.ts'
import { drainAtOnce } from '../listings/drain.ts'
import { relistOrMark } from '../listings/relist.ts'
import { tagsOf } from './edit.ts'
import type { UpdateMembers } from './inputs.ts'
import { addMembers, listMemberships, moveBehind, moveToFront, removeMembers } from './member-queries.ts'
import { type Collection, findCollection, touchCollection } from './queries.ts'

type Input = z.output<ReturnType<typeof UpdateMembers>>

/**
 * Takes products out of a manual collection, puts others in and moves them, in this order and in one commit. Lists show
 * the new places at once.
 * @throws {Problem} collection_not_found, version_mismatch, invalid_request.
 */
export async function changeMembers(
  context: Context,
  id: string,
  input: Input,
  ifMatch: number | null,
): Promise<Collection> {
  const { db, now } = context
  const { move } = input
  const named = [
    ...input.add,
    ...input.remove,
    ...(move ? [...move.ids, ...(move.after === null ? [] : [move.after])] : []),
  ]
  const [[found], memberships] = await db.read(findCollection(id), listMemberships(id, [...new Set(named)]))
  const collection = mustBe(found, 'collection_not_found', ifMatch)
  if (collection.kind === 'rules') throw invalid('/', 'the rules of this collection choose its products')
  const faults = faultsOf(input, memberships)
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  const members = new Set(memberships.flatMap(({ id: productId, isMember }) => (isMember ? [productId] : [])))
  const add = input.add.filter((productId) => !members.has(productId))
  const remove = input.remove.filter((productId) => members.has(productId))
  const touched = [...add, ...remove]
  if (touched.length === 0 && !move) return collection
  const lists = relistOrMark(touched, now)
  const [[saved]] = await commitStaffChange(context, {
    writes: [
      // First, because what was read of its products is true of this version alone.
      ...touchCollection(id, collection.version, now),
      ...removeMembers(id, remove),
      ...addMembers(id, add),
      ...(move ? (move.after === null ? moveToFront(id, move.ids) : moveBehind(id, move.after, move.ids)) : []),
      ...lists.writes,
    ],
    reads: [findCollection(id)],
    action: 'collection.products_changed',
    subjectId: id,
    change: {
      added: add.length,
      removed: remove.length,
      moved: move?.ids.length ?? 0,
      version: collection.version + 1,
    },
    status: null,
    tags: tagsOf(id),
  })
  if (!saved) throw new Error('the collection just changed is gone')
  if (lists.left) await drainAtOnce(context)
  return saved
}

function faultsOf(
  { add, remove, move }: Input,
  memberships: readonly { id: string; exists: number; isMember: number }[],
) {
  const existing = new Set(memberships.flatMap(({ id, exists }) => (exists ? [id] : [])))
  const members = new Set(memberships.flatMap(({ id, isMember }) => (isMember ? [id] : [])))
  const stays = (productId: string) =>
    (members.has(productId) || add.includes(productId)) && !remove.includes(productId)
  const faults: ProblemError[] = []
  const check = (ids: readonly string[], pointer: string, isRight: (id: string) => boolean, detail: string) => {
    ids.forEach((productId, index) => {
      if (!isRight(productId)) faults.push({ pointer: `${pointer}/${index}`, detail })
    })
  }
  const isKnown = (productId: string) => existing.has(productId)
  check(add, '/add', isKnown, 'is not a product')
  check(remove, '/remove', isKnown, 'is not a product')
  check(remove, '/remove', (productId) => !add.includes(productId), 'is added here as well')
  if (!move) return faults
  check(move.ids, '/move/ids', stays, 'is not in the collection')
  if (move.after === null) return faults
  if (move.ids.includes(move.after)) faults.push({ pointer: '/move/after', detail: 'is moved itself' })
  else if (!stays(move.after)) faults.push({ pointer: '/move/after', detail: 'is not in the collection' })
  return faults
}
