import { isPrivate } from '../../platform/private-fields.ts'
import { REMOVED, redactText } from '../../platform/redact-text.ts'

/** Longer than any id, amount or status: what is longer is prose, or worse. */
const MAX_VALUE_LENGTH = 1000
/** Of a body that is no JSON, in characters: enough to see what it was. */
const MAX_TEXT_LENGTH = 4000
/** Events are nested less than ten deep. */
const MAX_DEPTH = 32

/**
 * What is kept of a signed body: secrets, card data and personal data are removed by the names of their fields and by their
 * look. Ids, amounts, currencies, statuses and metadata stay, so that a stored event is read as it was when it came. A body
 * without anything to remove is kept to the letter.
 * @param payload what was signed; it need not be JSON.
 */
export function redact(payload: string): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(payload)
  } catch {
    return redactProse(payload)
  }
  if (typeof parsed !== 'object' || parsed === null) {
    const kept = redactValue(parsed)
    return kept === parsed ? payload : JSON.stringify(kept)
  }
  return redactInside(parsed as Record<string, unknown>, 0) ? JSON.stringify(parsed) : payload
}

// Adyen's ids of payments once had 16 digits, of which one in ten looks like a card. Nobody but Adyen writes them.
const OWN_REFERENCES = new Set(['pspReference', 'originalReference', 'paymentPspReference'])

/** Removes from an object or list, in place. @returns whether it had anything to remove. */
function redactInside(node: Record<string, unknown>, depth: number): boolean {
  const isList = Array.isArray(node)
  let changed = false
  for (const name of Object.keys(node)) {
    const value = node[name]
    // At the top a name is that of the event, not of a person.
    if (!isList && value !== null && lookAt(name) === 'private' && !(depth === 0 && name === 'name')) {
      node[name] = REMOVED
      changed = true
    } else if (typeof value === 'object' && value !== null) {
      if (depth < MAX_DEPTH) changed = redactInside(value as Record<string, unknown>, depth + 1) || changed
      else {
        node[name] = REMOVED
        changed = true
      }
    } else {
      const kept = OWN_REFERENCES.has(name) ? value : redactValue(value)
      if (kept !== value) {
        node[name] = kept
        changed = true
      }
    }
    if (!isList && lookAt(name) === 'secret') {
      delete node[name]
      changed = true
    }
  }
  return changed
}

// A service uses the same names every time; one that makes them up must not fill the memory.
const MAX_NAMES = 2000
const names = new Map<string, 'private' | 'secret' | 'plain'>()

/** Whether what a name stands for is to be kept from everybody, or the name is itself. */
function lookAt(name: string): 'private' | 'secret' | 'plain' {
  const known = names.get(name)
  if (known) return known
  const look = isPrivate(name) ? 'private' : redactText(name) === name ? 'plain' : 'secret'
  if (names.size < MAX_NAMES) names.set(name, look)
  return look
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') {
    const kept = redactText(value)
    return kept.length > MAX_VALUE_LENGTH ? `${kept.slice(0, MAX_VALUE_LENGTH)}…` : kept
  }
  // The number of a card may be written as a number; one that is too large for ours is no amount.
  if (typeof value !== 'number' || value < 1e12) return value
  return Number.isSafeInteger(value) && redactText(String(value)) === String(value) ? value : REMOVED
}

/** A body of `name=value` pairs, JSON that is broken, or anything else. */
function redactProse(text: string): string {
  const named = text.replace(
    /([A-Za-z_][\w.-]{0,60})(["']?\s{0,9}[=:]\s{0,9})("(?:[^"\\]|\\.)*"?|[^\s,&;}\]]+)/g,
    (pair, name: string, between: string) => (isPrivate(name) ? `${name}${between}${REMOVED}` : pair),
  )
  const kept = redactText(named)
  return kept.length > MAX_TEXT_LENGTH ? `${kept.slice(0, MAX_TEXT_LENGTH)}…` : kept
}
