/**
 * The source of what a bare Worker needs to make recorded batches again, each time for another order: `cut(text)`, to be
 * filled by `fill(cut, fresh)`; `toTemplates(batches)`, to be sent by `send(env, templates, fresh)`. `fresh` has what
 * stands in the places of `replaced` instead, in their order. Times move on by themselves.
 * @param recordedAt Unix milliseconds at which the batches were sent.
 */
export function replaySource(replaced: readonly string[], recordedAt: number): string {
  return `const replaced = ${JSON.stringify(replaced)}
const isTime = (param) => typeof param === 'number' && param > 1_000_000_000_000
const places = new RegExp(replaced.map((text) => text.replace(/[^\\w]/g, '\\\\$&')).join('|'), 'g')
/** A text in pieces: what stays, and between them which of the replaced ones stood there. */
const cut = (text) => ({ pieces: text.split(places), used: [...text.matchAll(places)].map(([id]) => replaced.indexOf(id)) })
const toTemplates = (batches) => batches.map((statements) => statements.map(([text, params]) => ({
  text,
  params: params.map((param) => (typeof param === 'string' && param.search(places) >= 0 ? cut(param) : param)),
})))
const fill = ({ pieces, used }, fresh) => {
  let text = pieces[0]
  for (let index = 0; index < used.length; index += 1) text += fresh[used[index]] + pieces[index + 1]
  return text
}
/** Every batch is a trip: the next one is sent when the one before is there. */
const send = async (env, templates, fresh) => {
  const later = Date.now() - ${recordedAt}
  const bound = (param) => (isTime(param) ? param + later : param?.pieces ? fill(param, fresh) : param)
  const session = env.DB.withSession('first-primary')
  for (const statements of templates) {
    const results = await session.batch(statements.map(({ text, params }) => session.prepare(text).bind(...params.map(bound))))
    if (results.length !== statements.length) throw new Error('a batch is not answered')
  }
}
let made = 0
/** An id like \`id\` that was not there before: they ascend as the shop's own do. */
const mint = (id) => id.slice(0, -12) + (Date.now() * 1000 + (made++ % 1000)).toString(32).padStart(12, '0')
`
}
