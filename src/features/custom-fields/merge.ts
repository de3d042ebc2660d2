import { type CustomFieldDefinition, type CustomFieldValues, checkCustomFields } from '../../domain/custom-field.ts'
import { Problem } from '../../platform/http/problem.ts'

/** Fields of `old` with those of `input`; null takes one away. @throws {Problem} invalid_request */
export function mergeFields(
  old: CustomFieldValues,
  input: CustomFieldValues,
  definitions: readonly CustomFieldDefinition[],
): CustomFieldValues {
  const faults = checkCustomFields(input, definitions, '/custom_fields')
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })
  return Object.fromEntries(Object.entries({ ...old, ...input }).filter(([, value]) => value !== null))
}
