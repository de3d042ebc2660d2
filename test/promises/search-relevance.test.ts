import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { fillJudged } from '../../bench/search/judged/filled.ts'
import { HELD_OUT, HELD_OUT_MISSPELT } from '../../bench/search/judged/held-out.ts'
import { BARS, type Judgement, judge, shareMet, tellMissed } from '../../bench/search/judged/judge.ts'
import { JUDGED_PRODUCTS } from '../../bench/search/judged/products.ts'
import { type Judged, MISSPELT, SPELT } from '../../bench/search/judged/queries.ts'
import { defaultDeps } from '../../src/app.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'
import { FORGETFUL } from '../support/scale.ts'

// All of them take their time: every so many is asked for.
const SAMPLED = 7

// A database of its own: what other tests sell would be found too.
const { JUDGED, MIGRATIONS } = env as unknown as { JUDGED: D1Database; MIGRATIONS: D1Migration[] }
const bindings = { ...testEnv(), DB: JUDGED, CACHE: FORGETFUL }
const api = createApi({ bindings })

async function search(query: string): Promise<string[]> {
  const { status, body } = await api.get(`/v1/products?limit=10&q=${encodeURIComponent(query)}`)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body.data.map(({ handle }: { handle: string }) => handle)
}

const flat = (groups: Readonly<Record<string, Judged>>): Judged => Object.assign({}, ...Object.values(groups))

function expectShare(judgements: readonly Judgement[], bar: number): void {
  expect(shareMet(judgements), tellMissed(judgements).join('\n')).toBeGreaterThanOrEqual(bar)
}

describe('a shopper who searches finds what is wanted among the first three', () => {
  let spelt: Judgement[] = []
  let misspelt: Judgement[] = []

  beforeAll(async () => {
    await applyD1Migrations(JUDGED, MIGRATIONS)
    await fillJudged(systemContext('test', bindings, defaultDeps(), () => {}))
    spelt = await judge(flat(SPELT), search)
    misspelt = await judge(flat(MISSPELT), search)
  }, 60_000)

  it('nine times of ten', () => expectShare([...spelt, ...misspelt], BARS.all))

  it('nearly as often when it is misspelt', () => expectShare(misspelt, BARS.misspelt))

  it('as often with queries that nothing was tuned by', async () => {
    const [right, wrong] = [await judge(HELD_OUT, search), await judge(HELD_OUT_MISSPELT, search)]
    expectShare([...right, ...wrong], BARS.all)
    expectShare(wrong, BARS.misspelt)
  })

  it('by its whole SKU every time, and by its whole title in any language', async () => {
    for (const { handle, title, sku, translations } of JUDGED_PRODUCTS.filter((_, index) => index % SAMPLED === 0)) {
      expect((await search(sku))[0], sku).toBe(handle)
      for (const text of [title, ...Object.values(translations)])
        expect((await search(text)).slice(0, 3), text).toContain(handle)
    }
  }, 60_000)
})

describe('the judged catalog', () => {
  it('has a good many of both', () => {
    const [all, wrong] = [flat(SPELT), flat(MISSPELT)].map((judged) => Object.keys(judged).length)
    expect(JUDGED_PRODUCTS.length).toBeGreaterThanOrEqual(150)
    expect(all).toBeGreaterThanOrEqual(50)
    expect(wrong).toBeGreaterThanOrEqual(30)
  })

  it('has every product that is wanted', () => {
    const handles = JUDGED_PRODUCTS.map(({ handle }) => handle)
    const wanted = [flat(SPELT), flat(MISSPELT), HELD_OUT, HELD_OUT_MISSPELT].flatMap((judged) => Object.values(judged))
    expect(wanted.flatMap((each) => each.split(' ')).filter((handle) => !handles.includes(handle))).toEqual([])
  })
})
