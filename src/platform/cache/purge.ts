import type { Log } from '../log.ts'

/** What travels on the queue of purges: tags of answers that are out of date in the cache in front of the Worker. */
export interface PurgeMessage {
  tags: string[]
}

/** Drops what carries one of `tags` from the cache in front. @throws {Error} when the platform refused. */
export type PurgeFront = (tags: readonly string[], execution: Pick<ExecutionContext, 'cache'>) => Promise<void>

/** The tag that every catalog answer carries. */
export const CATALOG_TAG = 'catalog'

// The platform's bounds: so many tags a call, and few calls a minute for a whole account.
const MAX_TAGS = 100

/** One call's worth of tags: each once, and instead of too many of them the one that all answers have. */
export function mergeTags(messages: readonly PurgeMessage[]): string[] {
  const tags = [...new Set(messages.flatMap(({ tags }) => tags))]
  return tags.length > MAX_TAGS ? [CATALOG_TAG] : tags
}

/** Asks for a purge. Best effort: when it is lost, the answers' own time ends them. Never throws. */
export async function requestPurge(queue: Queue, tags: readonly string[], log: Log): Promise<void> {
  if (tags.length === 0) return
  try {
    await queue.send({ tags: mergeTags([{ tags: [...tags] }]) } satisfies PurgeMessage)
  } catch (error) {
    log.error('purge_not_sent', error, { tags: tags.slice(0, 10).join(',') })
  }
}

/** The platform's purge. Where there is no cache in front (locally, in tests) there is nothing to do. */
export const purgeFront: PurgeFront = async (tags, { cache }) => {
  if (!cache) return
  const { success, errors } = await cache.purge({ tags: [...tags] })
  if (!success) throw new Error(`purge refused: ${errors.map(({ code, message }) => `${code} ${message}`).join('; ')}`)
}
