import { describe, expect, it } from 'vitest'
import { type Answer, Answers } from '../../../src/platform/cache/answers.ts'

const basis = { entries: [], floor: 0, until: 0, changesAt: null, oldestAt: null }
const answer = (letters: number): Answer => ({ body: 'x'.repeat(letters), tag: '"x"', headers: {}, basis })
const MEBIBYTE = 1024 * 1024

describe('the answers of an isolate', () => {
  it('are bounded in number, the least recently used out first', () => {
    const answers = new Answers(2)
    answers.set('/a', answer(1))
    answers.set('/b', answer(1))
    answers.get('/a')
    answers.set('/c', answer(1))
    expect(['/a', '/b', '/c'].map((url) => answers.get(url) !== undefined)).toEqual([true, false, true])
  })

  it('are bounded in bytes, however they are replaced', () => {
    const answers = new Answers(1000, MEBIBYTE)
    for (let index = 0; index < 500; index += 1) answers.set(`/${index % 50}`, answer(30_000))
    // 60,000 bytes and 2,000 around them.
    expect(answers.size).toBe(Math.floor(MEBIBYTE / 62_000))
    for (let index = 0; index < 50; index += 1) answers.delete(`/${index}`)
    expect(answers.size).toBe(0)
    answers.set('/a', answer(30_000))
    expect(answers.size).toBe(1)
  })

  it('do not give way to one that is very large', () => {
    const answers = new Answers(1000, MEBIBYTE)
    answers.set('/a', answer(1))
    answers.set('/sitemap', answer(100_000))
    expect([answers.get('/a') !== undefined, answers.get('/sitemap')]).toEqual([true, undefined])
  })
})
