import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { mustBe, replyWith } from '../../platform/http/staff-change.ts'
import {
  ChangeMembers,
  CreateCustomerGroup,
  CustomerGroupParams,
  CustomerGroupView,
  MemberView,
  toCustomerGroupView,
  toMemberView,
  UpdateCustomerGroup,
} from './contract.ts'
import { changeMembers, createGroup, deleteGroup, mustFindGroup, renameGroup } from './edit.ts'
import { findGroup, listGroups, listMembers } from './queries.ts'

const reply = replyWith('/v1/admin/customer-groups', toCustomerGroupView)

export const customerAdminRoutes = [
  route(
    {
      id: 'createCustomerGroup',
      method: 'post',
      path: '/v1/admin/customer-groups',
      summary: 'Create a customer group, which price lists may be for',
      access: { staff: 'customers:write' },
      limit: 'staff',
      body: CreateCustomerGroup,
      returns: CustomerGroupView,
      statuses: [201],
      problems: [],
      replay: async (context, id) => reply(await mustFindGroup(context, id), 201),
    },
    async (context, { body }) => reply(await createGroup(context, body.title), 201),
  ),
  route(
    {
      id: 'listCustomerGroups',
      method: 'get',
      path: '/v1/admin/customer-groups',
      summary: 'Customer groups, newest first',
      access: { staff: 'customers:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(CustomerGroupView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/customer-groups', query.cursor, ['text'])
      const [rows] = await db.read(listGroups(position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/customer-groups', ({ id }) => [id])
      return { body: { data: page.rows.map(toCustomerGroupView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getCustomerGroup',
      method: 'get',
      path: '/v1/admin/customer-groups/:group',
      summary: 'A customer group',
      access: { staff: 'customers:read' },
      limit: 'staff',
      params: CustomerGroupParams,
      returns: CustomerGroupView,
      problems: ['customer_group_not_found'],
    },
    async (context, { params }) => reply(await mustFindGroup(context, params.group)),
  ),
  route(
    {
      id: 'updateCustomerGroup',
      method: 'patch',
      path: '/v1/admin/customer-groups/:group',
      summary: 'Rename a customer group',
      access: { staff: 'customers:write' },
      limit: 'staff',
      params: CustomerGroupParams,
      body: UpdateCustomerGroup,
      returns: CustomerGroupView,
      problems: ['customer_group_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await renameGroup(context, params.group, body.title, ifMatch)),
  ),
  route(
    {
      id: 'deleteCustomerGroup',
      method: 'delete',
      path: '/v1/admin/customer-groups/:group',
      summary: 'End a customer group and its memberships, unless a price list is for it',
      access: { staff: 'customers:write' },
      limit: 'staff',
      params: CustomerGroupParams,
      returns: null,
      statuses: [204],
      problems: ['customer_group_not_found', 'version_mismatch', 'customer_group_in_use'],
    },
    async (context, { params, ifMatch }) => {
      await deleteGroup(context, params.group, ifMatch)
      return { body: null }
    },
  ),
  route(
    {
      id: 'listCustomerGroupMembers',
      method: 'get',
      path: '/v1/admin/customer-groups/:group/members',
      summary: 'The members of a customer group, by their ids',
      access: { staff: 'customers:read' },
      limit: 'staff',
      params: CustomerGroupParams,
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(MemberView())),
      versioned: true,
      problems: ['customer_group_not_found', 'invalid_cursor'],
    },
    async ({ db }, { params, query }) => {
      const list = `admin/customer-groups/${params.group}/members`
      const position = await openCursor(list, query.cursor, ['text'])
      const after = position?.[0] ?? null
      const [[found], rows] = await db.read(findGroup(params.group), listMembers(params.group, after, query.limit + 1))
      const { version } = mustBe(found, 'customer_group_not_found')
      const page = await cutPage(rows, query.limit, list, ({ ownerId }) => [ownerId])
      return { body: { data: page.rows.map(toMemberView), next_cursor: page.nextCursor }, version }
    },
  ),
  route(
    {
      id: 'changeCustomerGroupMembers',
      method: 'patch',
      path: '/v1/admin/customer-groups/:group/members',
      summary: 'Put guests or customers into a group, and take others out of it',
      access: { staff: 'customers:write' },
      limit: 'staff',
      params: CustomerGroupParams,
      body: ChangeMembers,
      returns: CustomerGroupView,
      problems: ['customer_group_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await changeMembers(context, params.group, body, ifMatch)),
  ),
]
