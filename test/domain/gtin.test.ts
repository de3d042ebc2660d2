import { describe, expect, it } from 'vitest'
import { isGtin } from '../../src/domain/gtin.ts'

describe('isGtin', () => {
  it.each(['4006381333931', '036000291452', '96385074', '10036000291459', '0036000291452'])('takes %s', (text) => {
    expect(isGtin(text)).toBe(true)
  })

  it.each([
    ['a wrong check digit', '4006381333932'],
    ['two digits that changed places', '4006383133931'],
    ['a wrong length', '40063813339'],
    ['a letter', '400638133393X'],
    ['nothing', ''],
    ['a space', '4006381333931 '],
    ['digits of another script', '４００６３８１３３３９３１'],
    ['zeros alone', '0000000000000'],
    ['a number inside of a company, 02', '0212345678909'],
    ['a number inside of a company, 2', '2012345678903'],
    ['a number inside of a company, UPC', '412345678903'],
    ['a number inside of a company, 2 in eight digits', '20123451'],
  ])('refuses %s', (_, text) => {
    expect(isGtin(text)).toBe(false)
  })

  it('finds every change of a single digit', () => {
    const good = '4006381333931'
    for (let index = 0; index < good.length; index += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const changed = good.slice(0, index) + digit + good.slice(index + 1)
        expect(isGtin(changed)).toBe(changed === good)
      }
    }
  })
})
