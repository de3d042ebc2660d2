import { sha256Hex } from '../crypto/hash.ts'
import { Problem } from './problem.ts'

/** The strong validator of a versioned resource. */
export function versionTag(version: number): string {
  return `"${version}"`
}

/** The strong validator of a body: equal bytes, equal tag. */
export async function bodyTag(body: string): Promise<string> {
  return `"${(await sha256Hex(body)).slice(0, 24)}"`
}

/**
 * The version `If-Match` asks for, or null when any will do (no header, or `*`). Compared strongly (RFC 9110, 13.1.1),
 * so that a weak tag, a list without a version of ours or an unreadable one matches nothing.
 * @throws {Problem} version_mismatch when nothing can match.
 */
export function expectedVersion(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null
  const match = /^"(0|[1-9]\d{0,14})"$/.exec(header.trim())
  if (!match) throw new Problem('version_mismatch')
  return Number(match[1])
}

/** Whether `If-None-Match` names `tag`, compared weakly (RFC 9110, 13.1.2). */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag)
}
