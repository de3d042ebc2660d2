import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { cutCsv, cutLines, type Part, textOf, Uncuttable } from '../scripts/import/cut.ts'
import { randomFrom } from './support/random.ts'

const SMALL = { products: 2, bytes: 1_000_000 }

/** The file as it is read from a disk, `step` bytes at once. */
function fileOf(text: string, step = 7): AsyncIterable<string> {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  )
  return textOf(Readable.from(pieces))
}

async function all(parts: AsyncGenerator<Part>): Promise<Part[]> {
  const found: Part[] = []
  for await (const part of parts) found.push(part)
  return found
}

const cut = (text: string, step?: number) => all(cutCsv(fileOf(text, step), SMALL))

describe('a table that is cut', () => {
  it('keeps the rows of a product together, under the heading', async () => {
    const parts = await cut('Title,Handle\nA,a\n,a\nB,b\n,B \nC,c\n')
    expect(parts).toEqual([
      { text: 'Title,Handle\nA,a\n,a\nB,b\n,B \n', products: 2, offset: 0 },
      { text: 'Title,Handle\nC,c\n', products: 1, offset: 4 },
    ])
  })

  it('takes line ends and commas between quotes for what they are', async () => {
    const [first, second] = await cut('Handle,Body\n"a","x, ""y""\nz"\nb,2\n"c","\n\n"\nd,4\n')
    expect(first?.text).toBe('Handle,Body\n"a","x, ""y""\nz"\nb,2\n')
    expect(second?.text).toBe('Handle,Body\n"c","\n\n"\nd,4\n')
    // "c" stands on line 5 of the file and on line 2 of its part.
    expect(second?.offset).toBe(3)
  })

  it('is the same by any line end, with or without a byte order mark, in pieces of any size', async () => {
    const text = 'Handle,Body\na,"é\n👻"\nb,2\nc,3\n'
    const expected = await cut(text)
    for (const end of ['\n', '\r\n', '\r']) {
      for (const step of [1, 2, 3, 1000]) {
        expect(await cut(`\uFEFF${text.replaceAll('\n', end)}`, step)).toEqual(expected)
      }
    }
  })

  it('is whole when it is put together again, at any size of its parts', async () => {
    const below = randomFrom(5)
    for (let run = 0; run < 30; run += 1) {
      const rows = Array.from(
        { length: below(40) },
        (_, at) => `p${Math.floor(at / (1 + below(3)))},"${'x\n'.repeat(below(3))}"\n`,
      )
      const size = { products: 1 + below(5), bytes: 1 + below(200) }
      const parts = await all(cutCsv(fileOf(`Handle,Body\n${rows.join('')}`, 1 + below(50)), size))
      const together = parts.map(({ text }) => text.replace('Handle,Body\n', '')).join('')
      expect(together).toBe(rows.join(''))
    }
  })

  it('refuses a quote that is never closed, and says where it stands', async () => {
    const endless = `Handle,Body\na,1\nb,"${'x'.repeat(3_600_000)}`
    await expect(cut(endless, 100_000)).rejects.toThrow(
      new Uncuttable('Line 3 goes on for more than 3500000 characters: its quote is never closed.'),
    )
  })
})

describe('lines that are cut', () => {
  it('are counted without those that are blank', async () => {
    expect(await all(cutLines(fileOf('{"a":1}\n\n{"b":"\\""}\n{"c":3}'), SMALL))).toEqual([
      { text: '{"a":1}\n\n{"b":"\\""}\n', products: 2, offset: 0 },
      { text: '{"c":3}\n', products: 1, offset: 3 },
    ])
  })
})
