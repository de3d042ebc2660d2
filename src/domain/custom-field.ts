import { isCurrency } from './money.ts'
import { escapePointer } from './pointer.ts'

/** What a custom field holds. `list_of_text` is an array of strings; `json` is any JSON value. */
export const CUSTOM_FIELD_TYPES = [
  'text',
  'integer',
  'number',
  'boolean',
  'date',
  'url',
  'money',
  'list_of_text',
  'json',
] as const
export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number]

/** Limits of one field. `choices` are the only texts allowed; bounds are for numbers, and for the length of texts. */
export interface CustomFieldOptions {
  choices?: readonly string[]
  minimum?: number
  maximum?: number
}

export interface CustomFieldDefinition {
  key: string
  type: CustomFieldType
  visibility: 'public' | 'private'
  options: CustomFieldOptions
}

/**
 * What is wrong with the limits of a field, each with a pointer into its options: choices are for texts, bounds for
 * numbers and the length of a text, and the lower one is not above the upper one.
 */
export function checkOptions(
  type: CustomFieldType,
  options: CustomFieldOptions,
): { pointer: string; detail: string }[] {
  const { choices, minimum, maximum } = options
  const faults: { pointer: string; detail: string }[] = []
  if (choices !== undefined && type !== 'text' && type !== 'list_of_text') {
    faults.push({ pointer: '/choices', detail: 'goes with text and list_of_text alone' })
  }
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && type !== 'text' && type !== 'integer' && type !== 'number') {
      faults.push({ pointer: `/${name}`, detail: 'goes with text, integer and number alone' })
    }
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    faults.push({ pointer: '/minimum', detail: 'must not be above maximum' })
  }
  return faults
}

/** Values by the field's key; what is absent is not set. */
export type CustomFieldValues = Readonly<Record<string, unknown>>

const MAX_TEXT_LENGTH = 5000
const MAX_JSON_LENGTH = 10_000
const MAX_LIST_LENGTH = 100

/**
 * What is wrong with `values`, each with a pointer below `pointer`. Null values are allowed: they unset a field.
 * @param definitions of this kind of subject; a key without one is refused.
 */
export function checkCustomFields(
  values: CustomFieldValues,
  definitions: readonly CustomFieldDefinition[],
  pointer: string,
): { pointer: string; detail: string }[] {
  const byKey = new Map(definitions.map((definition) => [definition.key, definition]))
  return Object.entries(values).flatMap(([key, value]) => {
    const definition = byKey.get(key)
    const known = definitions.map((each) => each.key).join(', ')
    const fault = definition
      ? value === null
        ? null
        : faultOf(value, definition)
      : `is not a custom field; there are: ${known || 'none'}`
    // An unknown key may hold anything.
    return fault ? [{ pointer: `${pointer}/${escapePointer(key)}`, detail: fault }] : []
  })
}

/**
 * Fields that are set and that everybody may see, with their types. A value that is left of a field that was removed, and
 * had the key of this one with another type, is nobody's to see.
 */
export function publicFields(
  values: CustomFieldValues,
  definitions: readonly CustomFieldDefinition[],
): Record<string, { type: CustomFieldType; value: unknown }> {
  return Object.fromEntries(
    definitions
      .filter(({ key, visibility }) => visibility === 'public' && Object.hasOwn(values, key))
      // Its limits may have been changed since: those are the next change's.
      .filter((definition) => faultOf(values[definition.key], { ...definition, options: {} }) === null)
      .map(({ key, type }) => [key, { type, value: values[key] }]),
  )
}

function faultOf(value: unknown, { type, options }: CustomFieldDefinition): string | null {
  const { choices, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = options
  const within = (number: number) => number >= minimum && number <= maximum
  const bounds = `must be between ${minimum} and ${maximum}`
  switch (type) {
    case 'text':
      if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH)
        return `must be a text of at most ${MAX_TEXT_LENGTH}`
      if (choices && !choices.includes(value)) return `must be one of ${choices.join(', ')}`
      return within(value.length) ? null : `its length ${bounds}`
    case 'integer':
      if (!Number.isSafeInteger(value)) return 'must be a whole number'
      return within(value as number) ? null : bounds
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
      return within(value) ? null : bounds
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false'
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : 'must be a date such as 2026-11-24'
    case 'url':
      return typeof value === 'string' && /^https?:\/\/\S+$/.test(value) && value.length <= 2000 && URL.canParse(value)
        ? null
        : 'must be an http(s) address'
    case 'money':
      return isMoney(value) ? null : 'must be {amount, currency} in whole minor units'
    case 'list_of_text':
      if (!Array.isArray(value) || value.length > MAX_LIST_LENGTH)
        return `must be a list of at most ${MAX_LIST_LENGTH} texts`
      if (value.some((item) => typeof item !== 'string' || item.length > MAX_TEXT_LENGTH))
        return 'must hold texts alone'
      return choices && value.some((item) => !choices.includes(item)) ? `must be of ${choices.join(', ')}` : null
    case 'json':
      return JSON.stringify(value).length <= MAX_JSON_LENGTH
        ? null
        : `must be at most ${MAX_JSON_LENGTH} characters long`
  }
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const date = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])))
  return date.toISOString().slice(0, 10) === text
}

function isMoney(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { amount, currency, ...rest } = value as Record<string, unknown>
  return (
    Number.isSafeInteger(amount) &&
    typeof currency === 'string' &&
    isCurrency(currency) &&
    Object.keys(rest).length === 0
  )
}
