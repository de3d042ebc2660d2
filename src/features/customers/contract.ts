import * as z from 'zod'
import { idPattern } from '../../domain/id.ts'
import { idSchema, shape } from '../../platform/http/schema.ts'
import { isDistinct, timestamp } from '../../platform/http/shapes.ts'
import type { CustomerGroupRow } from './queries.ts'

const title = () => z.string().trim().min(1).max(255)

export const CreateCustomerGroup = shape(() => z.strictObject({ title: title() }).meta({ id: 'CreateCustomerGroup' }))

export const UpdateCustomerGroup = shape(() =>
  z.strictObject({ title: title() }).partial().meta({ id: 'UpdateCustomerGroup' }),
)

export const CustomerGroupParams = shape(() => z.object({ group: idSchema('customerGroup') }))

/** Who owns a session: a guest, or a customer with an account. */
const OwnerId = shape(() =>
  z
    .string()
    .refine(
      (text) => idPattern('guest').test(text) || idPattern('customer').test(text),
      'must be an id like gst_01h... or cus_01h...',
    ),
)

const owners = () => z.array(OwnerId()).max(500).refine(isDistinct, 'must name each owner once').default([])

export const ChangeMembers = shape(() =>
  z
    .strictObject({ add: owners(), remove: owners() })
    .refine(({ add, remove }) => !remove.some((id) => add.includes(id)), {
      path: ['remove'],
      message: 'must not name who is added',
    })
    .meta({ id: 'ChangeMembers' }),
)

export const CustomerGroupView = shape(() =>
  z
    .object({
      id: z.string(),
      title: z.string(),
      version: z.int(),
      created_at: z.string(),
      updated_at: z.string(),
    })
    .meta({ id: 'CustomerGroup' }),
)

export function toCustomerGroupView({ id, title: name, version, createdAt, updatedAt }: CustomerGroupRow) {
  return { id, title: name, version, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}

export const MemberView = shape(() =>
  z.object({ owner_id: z.string(), added_at: z.string() }).meta({ id: 'CustomerGroupMember' }),
)

export function toMemberView({ ownerId, addedAt }: { ownerId: string; addedAt: number }) {
  return { owner_id: ownerId, added_at: timestamp(addedAt) }
}
