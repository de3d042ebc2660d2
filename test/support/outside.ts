import { Webhook } from 'standardwebhooks'

/** What a service of the operator's has been asked: the JSON of one signed question. */
export interface Question {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: as it came over the wire
  data: any
}

export const OUTSIDE_SECRET = `whsec_${btoa('a secret of thirty-two bytes.....')}`

/**
 * A service outside as the contract documents it: it checks the signature before it reads, and answers what the test says.
 * @param answers by host; a function may be slow, or throw as a connection that breaks.
 */
export function fakeServices(answers: Record<string, (question: Question) => Promise<Response> | Response>) {
  const asked: Question[] = []
  return {
    asked,
    async fetch(request: Request): Promise<Response> {
      const answer = answers[new URL(request.url).host]
      if (!answer) throw new Error(`nobody is at ${request.url}`)
      const text = await request.text()
      const header = (name: string) => request.headers.get(`webhook-${name}`) ?? ''
      // Not `verify`, which reads the clock of the machine: tests move theirs.
      const signed = new Webhook(OUTSIDE_SECRET).sign(header('id'), new Date(Number(header('timestamp')) * 1000), text)
      if (header('id') === '' || signed !== header('signature')) return new Response(null, { status: 401 })
      const question = JSON.parse(text) as Question
      asked.push(question)
      return answer(question)
    },
  }
}
