import { describe, expect, it } from 'vitest'
import { runDrill } from '../scripts/drill/drill.ts'

describe('the crash drill', () => {
  // Twenty rounds are npm run drill:crash. The time is for a machine that is busy with everything else.
  it('kills the server once in mid-load, and after its restart nothing is lost', { timeout: 600_000 }, async () => {
    const said: string[] = []
    const faults = await runDrill({ rounds: 1, seed: 5, say: (line) => said.push(line) })
    expect(faults).toEqual([])
    expect(said).toEqual([expect.stringMatching(/^1\/1: killed after \d+ answers, .*: all is as promised$/)])
  })
})
