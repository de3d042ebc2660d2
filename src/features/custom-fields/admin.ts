import * as z from 'zod'
import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf, pageQuery } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import {
  CreateCustomField,
  CustomFieldParams,
  CustomFieldView,
  toCustomFieldView,
  UpdateCustomField,
} from './contract.ts'
import { createField, deleteField, editField, mustFindField } from './edit.ts'
import { pageOfCustomFields } from './queries.ts'

const reply = replyWith('/v1/admin/custom-fields', toCustomFieldView)

export const customFieldAdminRoutes = [
  route(
    {
      id: 'createCustomField',
      method: 'post',
      path: '/v1/admin/custom-fields',
      summary: 'Define a typed field that products or collections may have',
      access: { staff: 'products:write' },
      limit: 'staff',
      body: CreateCustomField,
      returns: CustomFieldView,
      statuses: [201],
      problems: ['key_taken'],
      replay: async (context, id) => reply(await mustFindField(context, id), 201),
    },
    async (context, { body }) => reply(await createField(context, body), 201),
  ),
  route(
    {
      id: 'listCustomFields',
      method: 'get',
      path: '/v1/admin/custom-fields',
      summary: 'Custom fields by subject and key',
      access: { staff: 'products:read' },
      limit: 'staff',
      query: shape(() => z.strictObject(pageQuery())),
      returns: shape(() => listOf(CustomFieldView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const position = await openCursor('admin/custom-fields', query.cursor, ['text', 'text'])
      const [rows] = await db.read(pageOfCustomFields(position, query.limit + 1))
      const page = await cutPage(rows, query.limit, 'admin/custom-fields', ({ subject, key }) => [subject, key])
      return { body: { data: page.rows.map(toCustomFieldView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getCustomField',
      method: 'get',
      path: '/v1/admin/custom-fields/:field',
      summary: 'A custom field',
      access: { staff: 'products:read' },
      limit: 'staff',
      params: CustomFieldParams,
      returns: CustomFieldView,
      problems: ['custom_field_not_found'],
    },
    async (context, { params }) => reply(await mustFindField(context, params.field)),
  ),
  route(
    {
      id: 'updateCustomField',
      method: 'patch',
      path: '/v1/admin/custom-fields/:field',
      summary: 'Rename, show, hide or limit a custom field; key and type stay',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: CustomFieldParams,
      body: UpdateCustomField,
      returns: CustomFieldView,
      problems: ['custom_field_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editField(context, params.field, body, ifMatch)),
  ),
  route(
    {
      id: 'deleteCustomField',
      method: 'delete',
      path: '/v1/admin/custom-fields/:field',
      summary: 'Remove a custom field; its values stay stored and are not shown any more',
      access: { staff: 'products:write' },
      limit: 'staff',
      params: CustomFieldParams,
      returns: null,
      statuses: [204],
      problems: ['custom_field_not_found', 'version_mismatch'],
    },
    async (context, { params, ifMatch }) => {
      await deleteField(context, params.field, ifMatch)
      return { body: null }
    },
  ),
]
