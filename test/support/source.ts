import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A file of the repository, as text. Paths start at its root: `src/domain/money.ts`. */
export interface SourceFile {
  path: string
  text: string
}

export interface Import {
  /** As it is written: `../money.ts`, `zod`. */
  specifier: string
  /** The file it names, or null for a package. */
  file: string | null
  kind: 'static' | 'type' | 'dynamic' | 're-export'
  line: number
}

/** The files under `folder` whose name ends with one of `endings`. */
export function readTree(root: string, folder: string, endings: readonly string[]): SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => readSource(root, path.relative(root, path.join(entry.parentPath, entry.name))))
    .sort((left, right) => (left.path < right.path ? -1 : 1))
}

export function readSource(root: string, file: string): SourceFile {
  return { path: file.replaceAll(path.sep, '/'), text: readFileSync(path.join(root, file), 'utf8') }
}

/** The line a position of `text` stands on, from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

const IMPORT =
  /\bimport\s+(type\s)?[\w*{][^'"();=]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*['"]([^'"]+)['"]|(\btypeof\s+)?\bimport\(\s*['"]([^'"]+)['"]|\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"]([^'"]+)['"]/g

/** Everything a file imports, types too: a circle of types is a circle of understanding. */
export function importsOf(file: SourceFile): Import[] {
  const text = withoutComments(file.text)
  return [...text.matchAll(IMPORT)].map((match) => {
    const [, type, from, bare, typeOf, dynamic, exported] = match
    const specifier = from ?? bare ?? dynamic ?? exported ?? ''
    const kind = exported ? 're-export' : type || typeOf ? 'type' : dynamic ? 'dynamic' : 'static'
    const resolved = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file.path), specifier) : null
    return { specifier, file: resolved, kind, line: lineAt(text, match.index) }
  })
}

/** Comments turned into blanks; every other letter keeps its place. */
export function withoutComments(text: string): string {
  return blank(text, new Set(['comment']))
}

/** Comments and the insides of strings turned into blanks: what is left is code. `${...}` stays. */
export function codeOnly(text: string): string {
  return blank(text, new Set(['comment', 'string']))
}

type Part = 'comment' | 'string' | 'code'

function blank(text: string, gone: ReadonlySet<Part>): string {
  let out = ''
  for (const [part, from, to] of partsOf(text)) {
    const piece = text.slice(from, to)
    out += gone.has(part) ? piece.replace(/[^\n]/g, ' ') : piece
  }
  return out
}

// A slash begins a regular expression where a value may begin: after one of these, or at the start of a line.
const BEFORE_VALUE = /(?:^|[=(,:[!&|?{};+\-*%<>~^]|\breturn)\s*$/

/** Cuts TypeScript into comments, strings (regular expressions among them) and code; templates give both of the last. */
function* partsOf(text: string): Generator<[Part, from: number, to: number]> {
  const pieces: [Part, RegExp][] = [
    ['comment', /\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
    ['string', /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y],
    ['string', /`(?:\\[\s\S]|(?!\$\{)[^`\\])*(?:`|\$\{)/y],
  ]
  const regex = /\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
  const restOfTemplate = /\}(?:\\[\s\S]|(?!\$\{)[^`\\])*(?:`|\$\{)/y
  // One entry an open `${`: how many braces have opened inside it.
  const depth: number[] = []
  let at = 0
  let codeFrom = 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const letter = text[at]
    let found = pieces
      .map(([part, pattern]) => [part, match(pattern)] as const)
      .find(([, piece]) => piece !== undefined)
    if (!found && letter === '/' && BEFORE_VALUE.test(text.slice(Math.max(0, at - 40), at))) {
      found = ['string', match(regex)]
    }
    if (!found?.[1] && letter === '}' && depth.at(-1) === 0) {
      depth.pop()
      found = ['string', match(restOfTemplate)]
    }
    const [part, piece] = found ?? []
    if (!part || !piece) {
      if (depth.length > 0 && letter === '{') depth.push((depth.pop() ?? 0) + 1)
      if (depth.length > 0 && letter === '}') depth.push((depth.pop() ?? 0) - 1)
      at += 1
      continue
    }
    // Delimiters stay code, so that sql`` is still seen as a template where its text is blank.
    const isTemplate = part === 'string' && (piece.startsWith('`') || piece.startsWith('}'))
    const open = isTemplate || part === 'string' ? 1 : 0
    const close = isTemplate && piece.endsWith('${') ? 2 : part === 'string' ? 1 : 0
    yield ['code', codeFrom, at + open]
    yield [part, at + open, Math.max(at + open, at + piece.length - close)]
    at += piece.length
    codeFrom = Math.max(at - close, at - piece.length + open)
    if (isTemplate && piece.endsWith('${')) depth.push(0)
  }
  yield ['code', codeFrom, text.length]
}
