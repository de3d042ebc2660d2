import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { q } from '../../../src/platform/db/client.ts'
import { outbox } from '../../../src/platform/db/schema/platform.ts'

it.each([
  ['a select', () => q.select().from(outbox)],
  ['an update', () => q.update(outbox).set({ topic: 'a' })],
  ['a delete', () => q.delete(outbox)],
  ['a read in SQL', () => q.all(sql`SELECT 1`)],
  ['a write in SQL', () => q.run(sql`DELETE FROM outbox`)],
])('is told that nothing runs by itself: %s', async (_, build) => {
  // drizzle wraps what comes out of a builder.
  const error = await Promise.resolve()
    .then((): PromiseLike<unknown> => build())
    .catch((reason: Error) => reason.cause ?? reason)
  expect(error).toMatchObject({ message: expect.stringMatching(/awaited by itself/) })
})
