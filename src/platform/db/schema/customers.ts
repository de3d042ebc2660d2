import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const customerGroups = sqliteTable('customer_groups', {
  id: text().primaryKey(),
  title: text().notNull(),
  version: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

export const customerGroupMembers = sqliteTable(
  'customer_group_members',
  {
    ownerId: text('owner_id').notNull(),
    groupId: text('group_id').notNull(),
    addedAt: integer('added_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.ownerId, table.groupId] })],
)
