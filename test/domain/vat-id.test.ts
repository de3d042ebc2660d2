import { describe, expect, it } from 'vitest'
import type { TaxZone } from '../../src/domain/tax.ts'
import { countryOfVatId, isExempt, normaliseVatId } from '../../src/domain/vat-id.ts'

/** Prefix -> ids that are right, and ids that are not: of another length, with other letters, with a digit mistyped. */
const TABLE: Record<string, { country?: string; right: string[]; wrong: string[] }> = {
  AT: { right: ['ATU13585627', 'ATU12011204'], wrong: ['ATU13585626', 'AT13585627', 'ATU1358562', 'ATU99999999'] },
  BE: { right: ['BE0428759497', 'BE0403019261'], wrong: ['BE0428759496', 'BE428759497', 'BE2428759497'] },
  BG: { right: ['BG131134023', 'BG7523169263'], wrong: ['BG13113402', 'BG13113402A', 'BG13113402345'] },
  CY: { right: ['CY10259033P'], wrong: ['CY10259033', 'CY102590334', 'CYX0259033P'] },
  CZ: { right: ['CZ25123891', 'CZ7103192745', 'CZ640903926'], wrong: ['CZ2512389', 'CZ25123891234', 'CZ2512389A'] },
  DE: { right: ['DE136695976', 'DE129273398'], wrong: ['DE136695978', 'DE036695976', 'DE13669597', 'DE1366959760'] },
  DK: { right: ['DK13585628'], wrong: ['DK13585627', 'DK1358562', 'DK03585628'] },
  EE: { right: ['EE100931558', 'EE100594102'], wrong: ['EE100594103', 'EE10093155', 'EE1009315580'] },
  EL: { country: 'GR', right: ['EL094259216', 'EL023456780'], wrong: ['EL094259217', 'EL94259216', 'GR094259216'] },
  ES: { right: ['ESA13585625', 'ES54362315K', 'ESX2482300W', 'ESJ99216582'], wrong: ['ES13585625', 'ESA1358562'] },
  FI: { right: ['FI20774740'], wrong: ['FI20774741', 'FI2077474', 'FI207747400'] },
  FR: { right: ['FR40303265045', 'FRK7399859412'], wrong: ['FR41303265045', 'FRO7399859412', 'FR4030326504'] },
  HR: { right: ['HR33392005961'], wrong: ['HR33392005962', 'HR3339200596'] },
  HU: { right: ['HU12892312'], wrong: ['HU12892313', 'HU1289231'] },
  IE: {
    right: ['IE6433435F', 'IE6433435OA', 'IE8D79739I', 'IE8D79738J'],
    wrong: ['IE643343F', 'IE6433435', 'IE64334355'],
  },
  IT: { right: ['IT00743110157'], wrong: ['IT00743110158', 'IT0074311015'] },
  LT: { right: ['LT119511515', 'LT100001919017'], wrong: ['LT11951151', 'LT1195115150', 'LT10000191901'] },
  LU: { right: ['LU15027442'], wrong: ['LU15027443', 'LU1502744'] },
  LV: { right: ['LV40003521600', 'LV16117519997'], wrong: ['LV4000352160', 'LV400035216000'] },
  MT: { right: ['MT11679112'], wrong: ['MT11679113', 'MT1167911'] },
  NL: {
    right: ['NL004495445B01', 'NL002455799B11', 'NL123456789B13'],
    wrong: ['NL004495446B01', 'NL004495445A01', 'NL4495445B01'],
  },
  PL: { right: ['PL8567346215'], wrong: ['PL8567346216', 'PL856734621'] },
  PT: { right: ['PT501964843'], wrong: ['PT501964842', 'PT50196484'] },
  RO: { right: ['RO18547290'], wrong: ['RO18547291', 'RO1', 'RO08547290', 'RO18547290123'] },
  SE: { right: ['SE123456789701', 'SE556188840401'], wrong: ['SE123456789101', 'SE1234567897', 'SE12345678970'] },
  SI: { right: ['SI50223054'], wrong: ['SI50223055', 'SI5022305', 'SI05022305'] },
  SK: { right: ['SK2022749619'], wrong: ['SK2022749618', 'SK202274961', 'SK0022749619'] },
  XI: { country: 'GB', right: ['XI980780684', 'XIGD001', 'XIHA500'], wrong: ['XI802311781', 'XIGD500', 'XI98078068'] },
  GB: {
    right: ['GB980780684', 'GB980780684001', 'GBGD499', 'GBHA999'],
    wrong: ['GB802311781', 'GBHA499', 'GB9807806'],
  },
  CH: {
    right: ['CHE107787577MWST', 'CHE107787577TVA', 'CHE107787577IVA'],
    wrong: ['CHE107787578MWST', 'CHE107787577', 'CHE107787577VAT'],
  },
  NO: { right: ['NO995525828MVA'], wrong: ['NO995525829MVA', 'NO995525828'] },
}

const MEMBERS = 'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

describe.each(Object.entries(TABLE))('a VAT id of %s', (prefix, { country = prefix, right, wrong }) => {
  it.each(right)('%s is one', (id) => {
    expect(countryOfVatId(id)).toBe(country)
  })

  it.each(wrong)('%s is none', (id) => {
    expect(countryOfVatId(id)).toBeNull()
  })

  it('is none with something before or behind it', () => {
    for (const id of right)
      for (const text of [`${id} `, ` ${id}`, `${id}\n`, id.toLowerCase(), `${id}00000000000`]) {
        expect(countryOfVatId(text), JSON.stringify(text)).toBeNull()
      }
  })
})

it('is known of every member state', () => {
  expect(MEMBERS).toHaveLength(27)
  expect(Object.keys(TABLE)).toEqual(expect.arrayContaining(MEMBERS))
})

it.each(['', 'X', 'US123456789', '__proto__', 'constructor', 'EU372000000', '123456789', 'ⅮE136695976', 'DE١٣٦٦٩٥٩٧٦'])(
  '%j is none',
  (id) => {
    expect(countryOfVatId(id)).toBeNull()
  },
)

it.each([
  ['de 136 695 976', 'DE136695976'],
  ['BE 0428.759.497', 'BE0428759497'],
  ['CHE-107.787.577 MWST', 'CHE107787577MWST'],
  ['GR 094259216', 'EL094259216'],
  ['\tfr40-303265045\n', 'FR40303265045'],
])('%j is kept as %s', (text, id) => {
  expect(normaliseVatId(text)).toBe(id)
  expect(normaliseVatId(id)).toBe(id)
})

describe('a buyer is exempt', () => {
  const zone = (reverseCharge: boolean): TaxZone => ({
    ...{ id: 'tax', name: 'Z', areas: [], included: true, reverseCharge, rates: [] },
    shipping: { rule: 'untaxed' },
    rounding: { mode: 'half_up', level: 'line' },
  })

  it.each<[string, string | null, boolean]>([
    ['DE', 'DE136695976', true],
    ['FR', 'DE136695976', false],
    ['GR', 'EL094259216', true],
    ['GB', 'XI980780684', true],
    ['MC', 'FR40303265045', true],
    ['IM', 'GB980780684', true],
    ['DE', 'DE136695978', false],
    ['DE', null, false],
  ])('in %s with %s: %s', (country, vatId, exempt) => {
    expect(isExempt(zone(true), country, vatId)).toBe(exempt)
    expect(isExempt(zone(false), country, vatId)).toBe(false)
    expect(isExempt(null, country, vatId)).toBe(false)
  })
})
