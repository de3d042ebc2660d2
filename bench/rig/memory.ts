import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * A folder for databases while `work` runs, in memory where there is any to be had: local D1 waits for the disk at every
 * query, and memory has no disk to wait for.
 */
export async function inMemory(name: string, work: (stateDir: string) => Promise<void>): Promise<void> {
  const memory = await access('/dev/shm').then(
    () => '/dev/shm',
    () => tmpdir(),
  )
  const stateDir = await mkdtemp(path.join(memory, `${name}-`))
  try {
    await work(stateDir)
  } finally {
    await rm(stateDir, { recursive: true, force: true })
  }
}
