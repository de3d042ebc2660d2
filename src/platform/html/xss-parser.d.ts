// The tokenizer of `xss` by itself: the package's entry would bring its CSS filter and defaults, 5 KiB that nobody uses.
declare module 'xss/lib/parser.js' {
  import type { parseAttr, parseTag } from 'xss'

  const parser: { parseTag: typeof parseTag; parseAttr: typeof parseAttr }
  export default parser
}
