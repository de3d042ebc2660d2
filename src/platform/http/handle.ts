import { toHandle } from '../../domain/handle.ts'
import { invalid } from './problem.ts'

/** The handle that staff give, or the one that the title suggests. @throws {Problem} invalid_request */
export function chooseHandle(given: string | undefined, title: string): string {
  const handle = given ?? toHandle(title)
  if (handle === '') throw invalid('/handle', 'must be given, because the title has no letter or digit')
  return handle
}
