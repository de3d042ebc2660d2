import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { defaultDeps } from '../../src/app.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { handleBatch } from '../../src/jobs/queues.ts'
import { type PurgeFront, type PurgeMessage, purgeFront } from '../../src/platform/cache/purge.ts'
import { testEnv } from '../support/env.ts'

const quiet = { ...testEnv(), LOG_LEVEL: 'off' }

/** Hands a batch of purges to the Worker. @returns what it asked the platform for, and what became of the messages. */
async function deliver(bodies: readonly PurgeMessage[], purge: PurgeFront = async () => {}) {
  const calls: (readonly string[])[] = []
  const messages = bodies.map((body, index) => ({ id: `m${index}`, timestamp: new Date(0), attempts: 1, body }))
  const batch = createMessageBatch<PurgeMessage>('edge-commerce-purges', messages)
  const execution = createExecutionContext()
  const record: PurgeFront = async (tags, from) => {
    calls.push(tags)
    await purge(tags, from)
  }
  await handleBatch(batch, quiet, defaultDeps({ purgeFront: record }), execution)
  return { calls, result: await getQueueResult(batch, execution) }
}

const tagsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `product:p${index}`)

describe('a batch of purges', () => {
  it('becomes one call with every tag once', async () => {
    const bodies = [{ tags: ['product:a', 'collection:x'] }, { tags: ['product:b'] }, { tags: ['product:a'] }]
    const { calls, result } = await deliver(bodies)
    expect(calls).toEqual([['product:a', 'collection:x', 'product:b']])
    expect(result).toMatchObject({ ackAll: true, retryBatch: { retry: false } })
  })

  it.each([
    [100, tagsUpTo(100)],
    [101, ['catalog']],
  ])('with %i tags asks for what one call may name', async (count, expected) => {
    const { calls } = await deliver(tagsUpTo(count).map((tag) => ({ tags: [tag] })))
    expect(calls).toEqual([expected])
  })

  it('without a tag asks for nothing', async () => {
    expect((await deliver([{ tags: [] }])).calls).toEqual([])
  })

  it('that was refused comes again', async () => {
    const refuse: PurgeFront = (tags) => purgeFront(tags, frontOf({ success: false }))
    const { result } = await deliver([{ tags: ['product:a'] }], refuse)
    expect(result).toMatchObject({ ackAll: false, retryBatch: { retry: true } })
  })
})

/** An execution context with a cache in front that answers `result`. */
function frontOf(result: { success: boolean }, purged: unknown[] = []): Pick<ExecutionContext, 'cache'> {
  const purge = async (options: unknown) => {
    purged.push(options)
    return { ...result, errors: result.success ? [] : [{ code: 1134, message: 'rate limited' }] }
  }
  return { cache: { purge, invalidate: purge } }
}

describe('the platform’s purge', () => {
  it('is asked by tags, and its refusal is an error', async () => {
    const purged: unknown[] = []
    await purgeFront(['product:a'], frontOf({ success: true }, purged))
    expect(purged).toEqual([{ tags: ['product:a'] }])
    await expect(purgeFront(['product:a'], frontOf({ success: false }))).rejects.toThrow('1134 rate limited')
  })

  it('is left out where there is no cache in front', async () => {
    await expect(purgeFront(['product:a'], {})).resolves.toBeUndefined()
  })
})

describe('context.purge', () => {
  async function purge(tags: readonly string[], send: (body: unknown) => Promise<void>): Promise<void> {
    const work: Promise<unknown>[] = []
    const PURGES = { send } as unknown as Queue
    systemContext('test', { ...quiet, PURGES }, defaultDeps(), (promise) => work.push(promise)).purge(tags)
    await Promise.all(work)
  }

  it('sends its tags behind the answer, and the one tag of all instead of too many', async () => {
    const sent: unknown[] = []
    const send = async (body: unknown) => {
      sent.push(body)
    }
    await purge(['product:a', 'product:a', 'product:b'], send)
    await purge(tagsUpTo(101), send)
    await purge([], send)
    expect(sent).toEqual([{ tags: ['product:a', 'product:b'] }, { tags: ['catalog'] }])
  })

  it('fails nobody when the queue does not take it', async () => {
    const send = () => Promise.reject(new Error('Queue sends are over the limit'))
    await expect(purge(['product:a'], send)).resolves.toBeUndefined()
  })

  it('has a queue in wrangler.toml', async () => {
    await expect(testEnv().PURGES.send({ tags: ['product:none'] })).resolves.toBeDefined()
  })
})

it('the other queue is consumed as before', async () => {
  const event = { id: 'e1', topic: 'order.paid', subject_id: 'ord_1', payload: {}, created_at: '' }
  const messages = [{ id: 'm1', timestamp: new Date(0), attempts: 1, body: event }]
  const batch = createMessageBatch<typeof event>('edge-commerce-events', messages)
  const execution = createExecutionContext()
  const nobody: PurgeFront = () => Promise.reject(new Error('no purge was asked for'))
  await handleBatch(batch, quiet, defaultDeps({ purgeFront: nobody }), execution)
  expect(await getQueueResult(batch, execution)).toMatchObject({ explicitAcks: ['m1'] })
})
